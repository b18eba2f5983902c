// SPDX-License-Identifier: Apache-2.0
// A directory that is being read: opendir(3), closed when it goes.
#pragma once

#include <dirent.h>

#include <cerrno>
#include <memory>
#include <string_view>

namespace nlinit::sys {

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// The next entry but "." and ".."; nullptr with errno 0 at the end, with another where it cannot be read (readdir(3)).
inline const dirent* next_entry(const Directory& directory) noexcept {
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(directory.get());
        if (entry == nullptr) return nullptr;
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") return entry;
    }
}

}  // namespace nlinit::sys
