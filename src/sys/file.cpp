#include "nlinit/sys/file.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kFirstRead = 4096;

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

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// Removes itself unless it has been renamed into place.
class TemporaryFile {
  public:
    // `prefix`: "", or a path with the slash at its end. Whoever can write there may have taken a name: then another.
    TemporaryFile(int at, const std::string& prefix) : at_(at) {
        for (int i = 0; i < kTries && !fd_.valid() && (i == 0 || errno == EEXIST); ++i) {
            path_ = prefix + ".nlinit-" + std::to_string(BootClock::now().time_since_epoch().count());
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

bool overwrite(int at, const std::string& path, std::string_view content, mode_t mode) noexcept {
    const UniqueFd fd(::openat(at, path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
    return fd.valid() && write_all(fd.get(), content) && ::fchmod(fd.get(), mode) == 0;
}

bool is_directory(const std::string& path) noexcept {
    struct stat there {};
    return ::stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
}

// Asked before the file is opened: to open a FIFO waits for a writer, to open a watchdog starts it. Whoever changes the
// file in between meets O_NONBLOCK.
Result<std::string> read_at(int at, const std::string& path, std::size_t limit, bool follow) {
    struct stat there {};
    if (::fstatat(at, path.c_str(), &there, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return Error{errno, "read " + path};
    if (S_ISDIR(there.st_mode)) return Error{EISDIR, "read " + path};
    if (!S_ISREG(there.st_mode)) return Error{0, "read " + path + ": it is no regular file, and could wait for ever"};
    constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    const UniqueFd fd(::openat(at, path.c_str(), kFlags | (follow ? 0 : O_NOFOLLOW)));
    if (!fd.valid()) return Error{errno, "read " + path};
    std::string content;
    std::size_t used = 0;
    while (true) {
        // One byte more than allowed: to see that there is more.
        content.resize(std::min(std::max(kFirstRead, used * 2), limit + 1));
        if (used == content.size()) return Error{EFBIG, "read " + path};
        const ssize_t got = read_some(fd.get(), content.data() + used, content.size() - used);
        if (got < 0) return Error{errno, "read " + path};
        used += static_cast<std::size_t>(got);
        if (got == 0) break;
    }
    content.resize(used);
    return content;
}

// Looks at a regular file only: a symlink is to be replaced, and opening a pipe or a device could wait or do harm.
bool is_right_already(int at, const std::string& path, std::string_view content, mode_t mode) {
    struct stat there {};
    if (::fstatat(at, path.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(there.st_mode)) return false;
    if ((there.st_mode & ALLPERMS) != mode) return false;
    if (there.st_size != static_cast<off_t>(content.size())) return false;
    const auto read = read_at(at, path, content.size(), false);
    return read.ok() && *read == content;
}

Result<> write_at(int at, const std::string& path, std::string_view content, std::uint32_t mode) {
    if (is_right_already(at, path, content, mode)) return {};
    const auto slash = path.rfind('/');
    TemporaryFile temporary(at, slash == std::string::npos ? std::string() : path.substr(0, slash + 1));
    if (temporary.fill(content, mode) && temporary.rename_to(path)) return {};
    // A file that is a mount point, as container runtimes make resolv.conf, can only be written where it is; its
    // directory may be read-only when it is not.
    const Error error{errno, "write " + path};
    if ((error.code == EBUSY || error.code == EROFS) && overwrite(at, path, content, mode)) return {};
    return error;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    return read_at(AT_FDCWD, path, limit, true);
}

Result<std::string> read_file_at(int directory, const std::string& name, std::size_t limit) {
    return read_at(directory, name, limit, false);
}

Result<> write_kernel_file(const std::string& path, std::string_view content) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.valid()) return Error{errno, "write " + path};
    const ssize_t put = write_some(fd.get(), content);
    if (put < 0) return Error{errno, "write " + path};
    if (static_cast<std::size_t>(put) < content.size()) return Error{EIO, "write " + path};
    return {};
}

Result<> write_file(const std::string& path, std::string_view content, std::uint32_t mode) {
    return write_at(AT_FDCWD, path, content, mode);
}

Result<> write_file_at(int directory, const std::string& name, std::string_view content, std::uint32_t mode) {
    return write_at(directory, name, content, mode);
}

Result<> make_directories(const std::string& path, std::uint32_t mode) {
    if (is_directory(path)) return {};
    if (path.size() > 1 && path.ends_with('/')) return make_directories(path.substr(0, path.size() - 1), mode);
    int error = 0;
    for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        if (::mkdir(path.substr(0, slash).c_str(), 0755) != 0 && errno != EEXIST && error == 0) error = errno;
    }
    // mkdir(2) leaves out what the umask says.
    if (::mkdir(path.c_str(), mode) == 0 && ::chmod(path.c_str(), mode) == 0) return {};
    if (error == 0) error = errno;
    if (error == EEXIST && is_directory(path)) return {};
    if (error == EEXIST) error = ENOTDIR;
    return Error{error, "make directory " + path};
}

Result<> make_symlink(const std::string& path, const std::string& target) {
    if (::symlink(target.c_str(), path.c_str()) == 0) return {};
    const Error error{errno, "link " + path + " to " + target};
    std::string there(target.size() + 1, '\0');
    const ssize_t size = ::readlink(path.c_str(), there.data(), there.size());
    if (size == static_cast<ssize_t>(target.size()) && there.starts_with(target)) return {};
    return error;
}

bool exists(const std::string& path) noexcept {
    return ::access(path.c_str(), F_OK) == 0;
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
