// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/file_at.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/base/unfilled.hpp"
#include "nlinit/sys/file/safe_path.hpp"
#include "nlinit/sys/file/status.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kFirstRead = 4096;  // a page: more than most files of the kernel's have

ssize_t read_some(int fd, char* to, std::size_t size) noexcept {
    ssize_t got;
    do {
        got = ::read(fd, to, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

ssize_t write_some(int fd, std::string_view from) noexcept {
    ssize_t put;
    do {
        put = ::write(fd, from.data(), from.size());
    } while (put < 0 && errno == EINTR);
    return put;
}

bool write_all(int fd, std::string_view content) noexcept {
    while (!content.empty()) {
        const ssize_t put = write_some(fd, content);
        if (put < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

// A temporary file that is removed unless it was renamed into place.
class TemporaryFile {
  public:
    // Another process that can write there may have taken the name; then the next one is tried.
    explicit TemporaryFile(int at) : at_(at) {
        for (int i = 0; i < kTries && !fd_.valid() && (i == 0 || errno == EEXIST); ++i) {
            path_ = ".nlinit-" + std::to_string(BootClock::now().time_since_epoch().count());
            fd_.reset(::openat(at, path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        }
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        const int kept = errno;
        if (fd_.valid() && !renamed_) ::unlinkat(at_, path_.c_str(), 0);
        errno = kept;
    }

    // Not synced: a power cut may lose the file, but what nlinit writes is made anew by the next boot, or by its lease.
    bool fill(std::string_view content, mode_t mode) noexcept {
        return fd_.valid() && write_all(fd_.get(), content) && ::fchmod(fd_.get(), mode) == 0;
    }
    bool rename_to(const std::string& path) noexcept {
        renamed_ = ::renameat(at_, path_.c_str(), at_, path.c_str()) == 0;
        return renamed_;
    }

  private:
    static constexpr int kTries = 64;
    int at_;
    std::string path_;
    UniqueFd fd_;
    bool renamed_ = false;
};

// Writes into a file that cannot be replaced. A file with a second name, or another user's, is left as it is.
bool overwrite(int at, const std::string& name, std::string_view content, mode_t mode) noexcept {
    const UniqueFd fd(::openat(at, name.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
    struct stat there {};
    if (!fd.valid() || !status_of(fd, there)) return false;
    if (!S_ISREG(there.st_mode) || there.st_nlink > 1 || !is_trusted_owner(there.st_uid)) return false;
    return ::ftruncate(fd.get(), 0) == 0 && write_all(fd.get(), content) && ::fchmod(fd.get(), mode) == 0;
}

Result<std::string> read_all(int fd, const std::string& path, std::size_t limit) {
    NLINIT_UNFILLED std::array<char, kFirstRead> page;
    std::string content;
    while (true) {
        // One byte more than allowed: to see that there is more.
        const std::size_t size = std::min(page.size(), limit + 1 - content.size());
        const ssize_t got = read_some(fd, page.data(), size);
        if (got < 0) return Error{errno, "read " + path};
        if (got == 0) return content;
        content.append(page.data(), static_cast<std::size_t>(got));
        if (content.size() > limit) return Error{EFBIG, "read " + path};
    }
}

Result<> check_kind(const struct stat& file, const std::string& path) {
    if (S_ISDIR(file.st_mode)) return Error{EISDIR, "read " + path};
    if (!S_ISREG(file.st_mode))
        return Error{0, concat({"read ", path, ": it is no regular file, and could wait for ever"})};
    return {};
}

// Looked at before the file is opened: opening a FIFO waits for a writer, and opening a watchdog starts it. O_NONBLOCK
// and a second look are for a file that is exchanged in between. The kernel's own files are none of these.
Result<std::string> read_at(int at, const std::string& path, std::size_t limit, Reading how) {
    const bool of_kernel = how == Reading::of_kernel, follow = of_kernel || how == Reading::any_link;
    struct stat there {};
    if (!of_kernel) {
        if (::fstatat(at, path.c_str(), &there, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
            return Error{errno, "read " + path};
        if (auto kind = check_kind(there, path); !kind.ok()) return kind.error();
    }
    constexpr int kOpenForReading = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    const UniqueFd fd(::openat(at, path.c_str(), kOpenForReading | (follow ? 0 : O_NOFOLLOW)));
    if (!fd.valid()) return Error{errno, "read " + path};
    if (of_kernel || how == Reading::of_root) {
        if (!status_of(fd, there)) return Error{errno, "read " + path};
        if (auto kind = check_kind(there, path); !kind.ok()) return kind.error();
        const auto fault = of_kernel ? std::string() : fault_of(there);
        if (!fault.empty())
            return Error{0, concat({"\"", path, "\" ", fault, ", who could lead root astray: it is not read"})};
    }
    return read_all(fd.get(), path, limit);
}

// Looks only at a regular file: a symlink is replaced anyway, and opening a pipe or a device could wait or do harm. A
// file that another user can change afterwards is not right.
bool is_right_already(int at, const std::string& name, std::string_view content, mode_t mode) {
    struct stat there {};
    if (::fstatat(at, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(there.st_mode)) return false;
    if ((there.st_mode & ALLPERMS) != mode || there.st_size != static_cast<off_t>(content.size())) return false;
    if (!is_trusted_owner(there.st_uid)) return false;
    const auto read = read_at(at, name, content.size(), Reading::no_link);
    return read.ok() && *read == content;
}

// What is there and is not to be replaced by a file.
Result<> check_replaced(int at, const std::string& name) {
    struct stat there {};
    if (::fstatat(at, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(there.st_mode)) return {};
    if (!S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode)) return Error{0, "it is no regular file"};
    if (is_trusted_owner(there.st_uid)) return {};
    const std::string whose =
        concat({in_quotes(name, kMaxPrinted, '"'), " belongs to user ", std::to_string(there.st_uid)});
    if (S_ISLNK(there.st_mode)) return Error{0, whose + ", and is a link: it is not replaced"};
    if (there.st_nlink > 1) return Error{0, whose + ", and has another name elsewhere: it is not replaced"};
    return {};
}

Result<> write_at(int at, const std::string& name, std::string_view content, std::uint32_t mode) {
    const std::string what = "write " + name;
    if (auto checked = check_replaced(at, name); !checked.ok()) return checked;
    if (is_right_already(at, name, content, mode)) return {};
    TemporaryFile temporary(at);
    if (temporary.fill(content, mode) && temporary.rename_to(name)) return {};
    // A file that is a mount point, as container runtimes make resolv.conf, can only be written where it is; its
    // directory may be read-only when it is not.
    const Error error{errno, what};
    if ((error.code == EBUSY || error.code == EROFS) && overwrite(at, name, content, mode)) return {};
    return error;
}

}  // namespace

Result<std::string> read_file_at(int directory, const std::string& name, std::size_t limit, Reading how) {
    return read_at(directory, name, limit, how);
}

Result<> write_file_at(int directory, const std::string& name, std::string_view content, std::uint32_t mode) {
    return write_at(directory, name, content, mode);
}

}  // namespace nlinit::sys
