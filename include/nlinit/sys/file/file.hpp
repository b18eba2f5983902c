// SPDX-License-Identifier: Apache-2.0
// Files, directories and links, as PID 1 needs them: idempotent, atomic where a reader may look meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/file/file_at.hpp"    // IWYU pragma: export
#include "nlinit/sys/file/safe_path.hpp"  // IWYU pragma: export
#include "nlinit/sys/machine/sysctl.hpp"  // IWYU pragma: export

namespace nlinit::sys {

// The whole file, or an error when it is longer than limit bytes. Works on /proc and /sys, whose sizes are 0. A path
// may come from the kernel command line: anything but a regular file is refused unopened.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);

// Writes into what is there, in one write(2): for /proc/sys and other kernel files.
[[nodiscard]] Result<> write_kernel_file(const std::string& path, std::string_view content);

// The functions below make, replace and remove files only in directories that root alone controls (sys/file/safe_path).

// As read_file(), for files that decide what root does: fails unless root alone controls the file and the directories
// that lead to it. With `not_on_shares` the host's users are trusted with files on a share.
[[nodiscard]] Result<std::string> read_file_of_root(const std::string& path, std::size_t limit,
                                                    Walls walls = Walls::everywhere);

// Whether root alone controls a program's file and the directories that lead to it. A missing program counts as
// controlled.
[[nodiscard]] Result<> check_program_of_root(const std::string& path);

// A reader sees the old content or the new, never half: this writes a temporary file in the same directory and renames
// it. It replaces a regular file or a symlink of root's (it does not follow the link), and leaves everything else, also
// another user's file with a second name. A file whose content and mode are right already is not touched.
[[nodiscard]] Result<> write_file(const std::string& path, std::string_view content, std::uint32_t mode = 0644,
                                  Walls walls = Walls::everywhere);

// Like mkdir -p; a directory that exists is left as it is, its mode too.
[[nodiscard]] Result<> make_directories(const std::string& path, std::uint32_t mode = 0755);

// Of one that is there. A mode that is right already is not touched.
[[nodiscard]] Result<> set_directory_mode(const std::string& path, std::uint32_t mode);

// Makes the directories on the way too. A symlink that already points to target is fine; anything else at path is an
// error, and stays.
[[nodiscard]] Result<> make_symlink(const std::string& path, const std::string& target);

// A missing file is no error. A link is removed itself, or what it leads to.
[[nodiscard]] Result<> remove_file(const std::string& path, LastLink last_link = LastLink::keep);

[[nodiscard]] bool exists(const std::string& path) noexcept;  // follows links
// The same with `root` as the root directory (openat2(2)). True when it cannot be found out.
[[nodiscard]] bool exists_in(const std::string& root, const std::string& path) noexcept;

// Whether the filesystem of path is read-only, so that nothing can be made, written or replaced there.
[[nodiscard]] bool is_on_read_only(const std::string& path);

}  // namespace nlinit::sys
