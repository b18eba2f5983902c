// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/path.hpp"

#include <algorithm>

#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

// limits.h: PATH_MAX counts the final NUL, NAME_MAX does not.
constexpr std::size_t kMaxPath = 4095;
constexpr std::size_t kMaxName = 255;

}  // namespace

std::optional<std::string> absolute_path(std::string_view text) {
    if (!text.starts_with('/') || text.size() > kMaxPath || std::ranges::any_of(text, is_control)) return std::nullopt;
    std::string path;
    while (!text.empty()) {
        text.remove_prefix(1);
        const auto name = first_field(text, '/');
        text.remove_prefix(name.size());
        if (name == ".." || name.size() > kMaxName) return std::nullopt;
        if (name.empty() || name == ".") continue;
        path += '/';
        path += name;
    }
    return path.empty() ? "/" : path;
}

std::string place_of_target(std::string_view link, std::string_view target) {
    std::string path(target.starts_with('/') ? std::string_view() : link.substr(0, link.rfind('/')));
    for (const auto name : split(target, '/')) {
        if (name == "..") {
            path.resize(path.empty() ? 0 : path.rfind('/'));
        } else if (name != ".") {
            (path += '/') += name;
        }
    }
    return path.empty() ? "/" : path;
}

}  // namespace nlinit
