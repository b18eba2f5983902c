// SPDX-License-Identifier: Apache-2.0
#include "app/tool/root_view.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "nlinit/base/append.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::app {
namespace {

constexpr int kMostLinksOfPath = 40;  // of one path (path_resolution(7))

std::string link_at(const std::string& path) {
    std::string target(PATH_MAX, '\0');
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    target.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return target;
}

// A root that starts read-only, as far as the config tells.
bool starts_read_only(const BootConfig& boot_config) {
    const auto& root = boot_config.config.root;
    const bool is_told = !root.device.empty() || boot_config.sources.contains("root.read_only");
    const bool can_only_be_read = root.type == "erofs" || root.type == "squashfs";
    return root.overlay.empty() && (can_only_be_read || (is_told && root.read_only));
}

}  // namespace

Seen::Seen(const std::string& path) : code(::stat(path.c_str(), &what) == 0 ? 0 : errno) {}

bool Seen::is_unknown() const {
    return code != 0 && code != ENOENT && code != ENOTDIR;
}

std::string Seen::why_not() const {
    return is_unknown() ? concat({"cannot be looked at: ", std::strerror(code)}) : "is not there";
}

RootView::RootView(const BootConfig& boot_config)
    : config_(boot_config.config), is_read_only_(starts_read_only(boot_config)) {}

bool RootView::is_under_mount(std::string_view path) const {
    return std::ranges::any_of(covers_, [&](const auto& place) { return path == place || is_below(path, place); });
}

bool RootView::can_be_written(std::string_view path) const {
    return !is_read_only_ || is_under_mount(path) ||
           std::ranges::any_of(writable_, [&](const auto& place) { return is_below(path, place); });
}

bool RootView::is_covered(std::string_view path) const {
    const auto makes = [&](const auto& row) {
        return (row.path == path || is_below(row.path, path)) && can_be_written(row.path);
    };
    const auto links = [&](const auto& row) {
        return makes(row) || (is_below(path, row.path) && can_be_written(row.path));
    };
    return is_under_mount(path) || std::ranges::any_of(config_.files, makes) ||
           std::ranges::any_of(config_.directories, makes) || std::ranges::any_of(config_.symlinks, links);
}

bool RootView::leads_to_covered(const std::string& path) const {
    return is_covered(path) || is_link_covered(path);
}

// As the kernel walks, a part at a time: what is behind a covered place cannot be seen.
bool RootView::is_link_covered(const std::string& path) const {
    std::string done, rest = path;
    for (int links = 0; !rest.empty() && links < kMostLinksOfPath;) {
        const auto part = std::string(first_field(rest, '/'));
        rest.erase(0, part.size() + 1);
        if (part == "..") done.resize(done.empty() ? 0 : done.rfind('/'));
        if (part.empty() || part == "." || part == "..") continue;
        const auto next = concat({done, "/", part});
        if (is_covered(rest.empty() ? next : concat({next, "/", rest}))) return true;
        const auto target = link_at(next);
        if (target.empty()) {
            done = next;
            continue;
        }
        if (target.starts_with('/')) done.clear();
        rest = concat({target, "/", rest});
        ++links;
    }
    return false;
}

}  // namespace nlinit::app
