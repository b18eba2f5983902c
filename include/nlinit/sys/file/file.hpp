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

// A reader sees the old content or the new, never half: a temporary file in the same directory, then rename(2). A
// symlink of root's at path is replaced, not followed; what is neither that nor a regular file stays, and so does a
// file of somebody else's that has another name elsewhere. Untouched when content and mode are already right.
[[nodiscard]] Result<> write_file(const std::string& path, std::string_view content, std::uint32_t mode = 0644,
                                  Walls walls = Walls::everywhere);

// Like mkdir -p; a directory that exists is left as it is, its mode too.
[[nodiscard]] Result<> make_directories(const std::string& path, std::uint32_t mode = 0755);

// A symlink that already points to target is fine; anything else at path is an error, and stays.
[[nodiscard]] Result<> make_symlink(const std::string& path, const std::string& target);

// A missing file is no error.
[[nodiscard]] Result<> remove_file(const std::string& path);

[[nodiscard]] bool exists(const std::string& path) noexcept;  // follows links
// As seen from within a directory that is to be the root (openat2(2)); taken for there when it cannot be found out.
[[nodiscard]] bool exists_in(const std::string& root, const std::string& path) noexcept;

// Whether nothing can be made, written or replaced at path, because the filesystem that it is on is read-only.
[[nodiscard]] bool is_on_read_only(const std::string& path);

}  // namespace nlinit::sys
