// SPDX-License-Identifier: Apache-2.0
#include "step_order.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "nlinit/base/path.hpp"
#include "nlinit/machine/mount_row.hpp"

namespace nlinit::plan {
namespace {

class NeedsFirst {
  public:
    explicit NeedsFirst(std::vector<Step> steps) : steps_(std::move(steps)), taken_(steps_.size()) {
        for (std::size_t i = 0; i < steps_.size(); ++i) of_path_.emplace(path_of(steps_[i].work), i);
    }

    std::vector<Step> take() && {
        for (std::size_t i = 0; i < steps_.size(); ++i) move(i, 0);
        std::vector<Step> ordered;
        for (const auto index : order_) ordered.push_back(std::move(steps_[index]));
        return ordered;
    }

  private:
    static constexpr int kDeepest = 64;  // of needs that have needs; links may be of any number

    void move(std::size_t index, int depth) {
        if (taken_[index]) return;
        taken_[index] = true;
        if (depth < kDeepest) {
            move_all_above(path_of(steps_[index].work), depth);
            for (const auto& other : other_paths_of(steps_[index].work)) {
                move_all_above(other, depth);
                move_all_at(other, depth);
            }
        }
        order_.push_back(index);
    }
    void move_all_above(std::string_view path, int depth) {
        for (auto end = path.find('/', 1); end < path.size(); end = path.find('/', end + 1))
            move_all_at(path.substr(0, end), depth);
    }
    void move_all_at(std::string_view path, int depth) {
        const auto [first, last] = of_path_.equal_range(path);
        std::vector<std::size_t> indices;
        for (auto i = first; i != last; ++i) indices.push_back(i->second);
        std::ranges::sort(indices);
        for (const auto index : indices) move(index, depth + 1);
    }
    // What a bind mount shows elsewhere, the layers of an overlay, and where a link leads to whoever goes through it.
    static std::vector<std::string> other_paths_of(const Work& work) {
        if (const auto* link = std::get_if<config::Symlink>(&work)) return {place_of_target(link->path, link->target)};
        const auto* row = std::get_if<MountRow>(&work);
        if (row == nullptr) return {};
        auto paths = overlay_layers(*row);
        if ((row->flags & (MS_BIND | MS_MOVE)) != 0) paths.push_back(row->source);
        std::erase_if(paths, [](const std::string& path) { return !path.starts_with('/'); });
        return paths;
    }

    std::vector<Step> steps_;
    std::vector<bool> taken_;
    std::unordered_multimap<std::string_view, std::size_t> of_path_;  // the paths are in steps_
    std::vector<std::size_t> order_;
};

}  // namespace

std::vector<Step> with_needs_first(std::vector<Step> steps) {
    return std::move(NeedsFirst(std::move(steps))).take();
}

}  // namespace nlinit::plan
