// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/copy_up.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

// A stream with an offset of its own: reading it does not move the caller's descriptor.
Directory open_directory(int at) noexcept {
    const int fd = ::openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return nullptr;
    Directory directory(::fdopendir(fd));
    if (directory == nullptr) ::close(fd);
    return directory;
}

class Copier {
  public:
    Copier(const CopyLimits& limits, int from, int to) noexcept : left_(limits), top_(to) {
        struct stat top {};
        if (::fstat(from, &top) == 0) device_ = top.st_dev;
    }

    // False, with errno, when the directory itself could not be read.
    bool copy_entries(int from, int to);
    [[nodiscard]] Result<> outcome() const;

  private:
    void copy_entry(int from, int to, const std::string& name);
    bool copy_node(int from, int to, const char* name, const struct stat& original);
    bool copy_directory(int from, int to, const char* name, const struct stat& original);
    bool copy_file(int from, int to, const char* name, const struct stat& original);
    bool copy_content(int from, int to);
    bool link_known(int to, const char* name, const struct stat& original);
    [[nodiscard]] bool is_copied(mode_t mode) const noexcept;
    void leave_out(const std::string& name);

    CopyLimits left_;
    int top_;                             // of the copy
    dev_t device_ = 0;                    // of the original's top
    std::map<ino_t, std::string> known_;  // files of several names, by the first that was copied
    std::string path_;                    // of the directory at work, below the top
    std::size_t left_out_ = 0;
    std::string first_left_out_;
    int first_error_ = 0;
};

bool set_owner_and_time(int at, const char* name, const struct stat& original) noexcept {
    const timespec times[] = {original.st_atim, original.st_mtim};
    return ::fchownat(at, name, original.st_uid, original.st_gid, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::utimensat(at, name, times, AT_SYMLINK_NOFOLLOW) == 0;
}

// After the owner, for chown(2) takes the set-user-ID bit away.
bool set_attributes(int at, const char* name, const struct stat& original) noexcept {
    return set_owner_and_time(at, name, original) && ::fchmodat(at, name, original.st_mode & ALLPERMS, 0) == 0;
}

bool copy_symlink(int from, int to, const char* name, const struct stat& original) noexcept {
    std::array<char, PATH_MAX> target{};
    if (::readlinkat(from, name, target.data(), target.size() - 1) < 0) return false;
    return ::symlinkat(target.data(), to, name) == 0 && set_owner_and_time(to, name, original);
}

bool copy_special(int to, const char* name, const struct stat& original) noexcept {
    return ::mknodat(to, name, original.st_mode, original.st_rdev) == 0 && set_attributes(to, name, original);
}

bool Copier::is_copied(mode_t mode) const noexcept {
    return left_.special_files || S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode);
}

bool Copier::copy_entries(int from, int to) {
    const Directory directory = open_directory(from);
    if (directory == nullptr) return false;
    while (const dirent* entry = next_entry(directory)) copy_entry(from, to, entry->d_name);
    return errno == 0;
}

void Copier::copy_entry(int from, int to, const std::string& name) {
    struct stat original {};
    if (::fstatat(from, name.c_str(), &original, AT_SYMLINK_NOFOLLOW) != 0) return leave_out(name);
    if (!is_copied(original.st_mode)) return;
    errno = EFBIG;
    if (left_.entries == 0) return leave_out(name);
    --left_.entries;
    if (copy_node(from, to, name.c_str(), original)) return;
    if (!left_.keep_existing || errno != EEXIST) leave_out(name);
}

bool Copier::copy_node(int from, int to, const char* name, const struct stat& original) {
    if (S_ISDIR(original.st_mode)) return copy_directory(from, to, name, original);
    if (S_ISLNK(original.st_mode)) return copy_symlink(from, to, name, original);
    if (left_.special_files && original.st_nlink > 1 && link_known(to, name, original)) return true;
    const bool copied =
        S_ISREG(original.st_mode) ? copy_file(from, to, name, original) : copy_special(to, name, original);
    if (copied && left_.special_files && original.st_nlink > 1) known_.emplace(original.st_ino, path_ + name);
    return copied;
}

// busybox has a name for each of its programs.
bool Copier::link_known(int to, const char* name, const struct stat& original) {
    const auto first = known_.find(original.st_ino);
    return first != known_.end() && ::linkat(top_, first->second.c_str(), to, name, 0) == 0;
}

bool Copier::copy_directory(int from, int to, const char* name, const struct stat& original) {
    if (left_.depth == 0) return false;
    const UniqueFd inner_from(::openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner_from.valid()) return false;
    const bool is_made = ::mkdirat(to, name, 0700) == 0;
    if (!is_made && (!left_.keep_existing || errno != EEXIST)) return false;
    const UniqueFd inner_to(::openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner_to.valid()) {
        if (!is_made && (errno == ENOTDIR || errno == ELOOP)) errno = EEXIST;
        return false;
    }

    const auto finish = [&] { return !is_made || set_attributes(to, name, original); };
    if (left_.one_filesystem && original.st_dev != device_) return finish();
    const std::size_t outer = path_.size();
    path_.append(name).append("/");
    --left_.depth;
    const bool read = copy_entries(inner_from.get(), inner_to.get());
    ++left_.depth;
    path_.resize(outer);
    return finish() && read;
}

bool Copier::copy_file(int from, int to, const char* name, const struct stat& original) {
    if (static_cast<std::uint64_t>(original.st_size) > left_.bytes) return false;
    const UniqueFd source(::openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat opened {};
    if (!source.valid() || ::fstat(source.get(), &opened) != 0) return false;
    errno = ESTALE;  // it is no longer the file that was looked at
    if (!S_ISREG(opened.st_mode) || opened.st_ino != original.st_ino) return false;
    const UniqueFd copy(::openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!copy.valid()) return false;
    if (copy_content(source.get(), copy.get()) && set_attributes(to, name, original)) return true;
    const int error = errno;
    ::unlinkat(to, name, 0);  // half a file is worse than none
    errno = error;
    return false;
}

bool Copier::copy_content(int from, int to) {
    std::array<char, 16'384> buffer;
    while (true) {
        const ssize_t got = ::read(from, buffer.data(), buffer.size());
        if (got <= 0) return got == 0;
        const auto size = static_cast<std::uint64_t>(got);
        errno = EFBIG;
        if (size > left_.bytes) return false;
        left_.bytes -= size;
        errno = ENOSPC;  // what a short write to a tmpfs means
        if (::write(to, buffer.data(), size) != got) return false;
    }
}

void Copier::leave_out(const std::string& name) {
    const int error = errno;
    if (left_out_++ > 0) return;
    first_left_out_ = path_ + name;
    first_error_ = error;
}

Result<> Copier::outcome() const {
    if (left_out_ == 0) return {};
    std::string what = "copy " + first_left_out_;
    if (left_out_ > 1) append(what, {" and ", std::to_string(left_out_ - 1), " more, which are left out"});
    return Error{first_error_, what};
}

}  // namespace

Result<> copy_tree(int from, int to, const CopyLimits& limits) {
    Copier copier(limits, from, to);
    if (!copier.copy_entries(from, to)) return Error{errno, "read a directory to copy"};
    return copier.outcome();
}

}  // namespace nlinit::sys
