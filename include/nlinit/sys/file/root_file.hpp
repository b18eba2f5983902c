// SPDX-License-Identifier: Apache-2.0
// Files of the root that an image may have made links of: /etc/resolv.conf leads into /run more often than not.
//
// Links are followed as sys/safe_path does, so that no user can make PID 1 write a file of his choice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// read_file() and write_file() for where the path leads. What is written is made with its directories, also where a
// link has led to nothing so far. A link that others made is neither followed nor replaced. What is no regular file, as
// /dev/null, stays and is an error.
[[nodiscard]] Result<std::string> read_root_file(const std::string& path, std::size_t limit);
[[nodiscard]] Result<> write_root_file(const std::string& path, std::string_view content, std::uint32_t mode = 0644);

// As write_root_file(), for a file that has to be right whatever the root is like. Where its place is read-only, what
// is there is covered by a bind mount of `cover`, which is written in its stead; and a link that leads to where nothing
// can be written is replaced by the file.
enum class Written : std::uint8_t { in_place, over_link, as_cover };
[[nodiscard]] Result<Written> write_or_cover(const std::string& path, std::string_view content,
                                             const std::string& cover);

}  // namespace nlinit::sys
