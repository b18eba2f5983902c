// SPDX-License-Identifier: Apache-2.0
// Absolute paths in normal form, and which of them must exist before which.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

// "/run//x/" → "/run/x". Gives nothing for a relative path, for a path with ".." or a control character, and for a path
// that is longer than the kernel accepts (PATH_MAX, NAME_MAX).
[[nodiscard]] std::optional<std::string> absolute_path(std::string_view text);

// Where a symbolic link at `link` leads by its words alone, in normal form: "/srv/a" to "../b" → "/b", and a target
// that is absolute → itself. Links on the way are not followed.
[[nodiscard]] std::string place_of_target(std::string_view link, std::string_view target);

// "/dev/pts" is below "/dev" and below "/", not below itself. Both in normal form.
[[nodiscard]] constexpr bool is_below(std::string_view path, std::string_view parent) noexcept {
    if (parent == "/") return path.size() > 1;
    return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '/';
}

// Whether each row of a mount table comes after the rows of its parent directories, so that no mount hides an earlier
// one.
template <class Rows>
[[nodiscard]] constexpr bool parents_come_first(const Rows& rows) {
    for (std::size_t later = 0; later < rows.size(); ++later)
        for (std::size_t earlier = 0; earlier < later; ++earlier)
            if (is_below(rows[earlier].target, rows[later].target)) return false;
    return true;
}

}  // namespace nlinit
