// SPDX-License-Identifier: Apache-2.0
// Files by their name in an open directory, which may be one of O_PATH.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// `any_link` follows links, also those in a name that is a path. `of_root`: neither follows a link, nor reads what
// others than root may have written. `of_kernel`: follows links, and asks what the file is when it is open.
enum class Reading : std::uint8_t { no_link, any_link, of_root, of_kernel };

// The whole file, or an error when it is longer than limit bytes. Anything but a regular file is refused without being
// opened; a file of the kernel's is opened first.
[[nodiscard]] Result<std::string> read_file_at(int directory, const std::string& name, std::size_t limit,
                                               Reading how = Reading::no_link);

// A reader sees the old content or the new, never half. A file that is right already is not touched, unless it belongs
// to another user, who could change it. Directories, devices and FIFOs are not replaced, and neither are another user's
// links, nor another user's files with a second name.
[[nodiscard]] Result<> write_file_at(int directory, const std::string& name, std::string_view content,
                                     std::uint32_t mode = 0644);

}  // namespace nlinit::sys
