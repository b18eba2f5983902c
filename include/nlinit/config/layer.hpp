// SPDX-License-Identifier: Apache-2.0
// Laying rows of one layer over those of the layer below: the same place is replaced, a new one comes last.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "nlinit/config/config.hpp"

namespace nlinit::config {

inline const std::string& place_of(const MountWords& mount) noexcept {
    return mount.target;
}
inline const std::string& place_of(const File& file) noexcept {
    return file.path;
}
inline const std::string& place_of(const Directory& directory) noexcept {
    return directory.path;
}
inline const std::string& place_of(const Symlink& symlink) noexcept {
    return symlink.path;
}
inline const std::string& place_of(const Binfmt& binfmt) noexcept {
    return binfmt.name;
}
inline const std::string& place_of(const Rlimit& rlimit) noexcept {
    return rlimit.name;
}
inline const std::string& place_of(const ProcessLimit& limit) noexcept {
    return limit.name;
}

template <class Row>
void put(std::vector<Row>& rows, Row row) {
    const auto same_place = [&](const Row& other) { return place_of(other) == place_of(row); };
    const auto found = std::ranges::find_if(rows, same_place);
    if (found == rows.end()) {
        rows.push_back(std::move(row));
    } else {
        *found = std::move(row);
    }
}

// For a place that something of another kind takes.
template <class Row>
void drop(std::vector<Row>& rows, const std::string& place) {
    std::erase_if(rows, [&](const Row& row) { return place_of(row) == place; });
}

}  // namespace nlinit::config
