// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/file.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/file/safe_path.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    const auto at = kernel_place(path.c_str());
    const bool is_kernels = path.starts_with("/proc/") || path.starts_with("/sys/");
    auto content = read_file_at(at.directory, at.name, limit, is_kernels ? Reading::of_kernel : Reading::any_link);
    if (content.ok() || at.directory == AT_FDCWD || content.error().code == 0) return content;
    return Error{content.error().code, "read " + path};
}

Result<> write_kernel_file(const std::string& path, std::string_view content) {
    const UniqueFd fd(open_kernel_file(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.valid()) return Error{errno, "write " + path};
    ssize_t put;
    do {
        put = ::write(fd.get(), content.data(), content.size());
    } while (put < 0 && errno == EINTR);
    if (put < 0) return Error{errno, "write " + path};
    if (static_cast<std::size_t>(put) < content.size()) return Error{EIO, "write " + path};
    return {};
}

Result<std::string> read_file_of_root(const std::string& path, std::size_t limit, Walls walls) {
    const auto place = find_place(path, {.walls = walls, .deed = "read"});
    if (!place.ok()) return about("read " + path, place.error());
    if (!place->there.valid()) return Error{ENOENT, "read " + path};
    if (place->name.empty()) return Error{EISDIR, "read " + path};
    const bool is_hosts = walls == Walls::not_on_shares && is_on_share(place->there);
    auto content =
        read_file_at(place->directory.get(), place->name, limit, is_hosts ? Reading::no_link : Reading::of_root);
    if (content.ok()) return content;
    const std::string of_name = "read " + place->name;
    if (content.error().code != 0) return Error{content.error().code, "read " + path};
    const auto& what = content.error().what;
    return Error{0, what.starts_with(of_name) ? concat({"read ", path, what.substr(of_name.size())})
                                              : concat({path, ": ", what})};
}

Result<> check_program_of_root(const std::string& path) {
    const auto place = find_place(path, {.deed = "run"});
    if (!place.ok() && place.error().code == 0) return place.error();
    struct stat there {};
    if (!place.ok() || !place->there.valid() || ::fstat(place->there.get(), &there) != 0) return {};
    const auto fault = fault_of(there);
    if (fault.empty()) return {};
    return Error{0, concat({path, ": ", in_quotes(place->name, kMaxPrinted, '"'), " ", fault,
                            ", who could lead root astray: it is not run"})};
}

Result<> write_file(const std::string& path, std::string_view content, std::uint32_t mode, Walls walls) {
    const std::string what = "write " + path;
    const auto place = find_place(path, {.last_link = LastLink::keep, .walls = walls, .deed = "written"});
    if (!place.ok()) return about(what, place.error());
    if (place->name.empty()) return Error{EISDIR, what};
    const auto written = write_file_at(place->directory.get(), place->name, content, mode);
    if (written.ok()) return {};
    if (written.error().code != 0) return Error{written.error().code, what};
    return Error{0, concat({path, ": ", written.error().what})};
}

Result<> make_directories(const std::string& path, std::uint32_t mode) {
    const std::string what = "make directory " + path;
    const auto place = find_place(path, {.missing = Missing::make, .deed = "made"});
    if (!place.ok()) return about(what, place.error());
    const int at = place->directory.get();
    if (place->there.valid()) return S_ISDIR(place->kind) ? Result<>() : Error{ENOTDIR, what};
    if (::mkdirat(at, place->name.c_str(), 0700) != 0) return Error{errno, what};
    // mkdir(2) leaves out what the umask says.
    const UniqueFd made(::openat(at, place->name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!made.valid() || ::fchmod(made.get(), mode) != 0) return Error{errno, what};
    return {};
}

Result<> set_directory_mode(const std::string& path, std::uint32_t mode) {
    const std::string what = "set the mode of directory " + path;
    const auto place = find_place(path, {.deed = "changed"});
    if (!place.ok()) return about(what, place.error());
    const char* name = place->name.empty() ? "." : place->name.c_str();
    const UniqueFd there(::openat(place->directory.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat now {};
    if (!there.valid() || ::fstat(there.get(), &now) != 0) return Error{errno, what};
    if ((now.st_mode & ALLPERMS) != mode && ::fchmod(there.get(), mode) != 0) return Error{errno, what};
    return {};
}

Result<> make_symlink(const std::string& path, const std::string& target) {
    const std::string what = concat({"link ", path, " to ", target});
    const auto place = find_place(path, {.missing = Missing::make, .last_link = LastLink::keep, .deed = "made"});
    if (!place.ok()) return about(what, place.error());
    if (::symlinkat(target.c_str(), place->directory.get(), place->name.c_str()) == 0) return {};
    const Error error{errno, what};
    std::string there(target.size() + 1, '\0');
    const ssize_t size = ::readlinkat(place->there.get(), "", there.data(), there.size());
    if (size == static_cast<ssize_t>(target.size()) && there.starts_with(target)) return {};
    return error;
}

Result<> remove_file(const std::string& path, LastLink last_link) {
    const auto place = find_place(path, {.last_link = last_link, .deed = "removed"});
    if (!place.ok() && place.error().code == ENOENT) return {};
    if (!place.ok()) return about("remove " + path, place.error());
    if (::unlinkat(place->directory.get(), place->name.c_str(), 0) == 0 || errno == ENOENT) return {};
    return Error{errno, "remove " + path};
}

bool exists(const std::string& path) noexcept {
    return kernel_file_exists(path.c_str());
}

bool exists_in(const std::string& root, const std::string& path) noexcept {
    const UniqueFd directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT;
    const UniqueFd found(static_cast<int>(::syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how)));
    return found.valid() || (errno != ENOENT && errno != ENOTDIR && errno != ELOOP);
}

bool is_on_read_only(const std::string& path) {
    // What is at path itself may be a link to elsewhere; the directory decides.
    auto directory = directory_of(path);
    while (!exists(directory) && directory.size() > 1) directory = directory_of(directory);
    return ::access(directory.c_str(), W_OK) != 0 && errno == EROFS;
}

}  // namespace nlinit::sys
