#include "nlinit/sys/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kFirstRead = 4096;
constexpr mode_t kPermissions = 07777;

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

// Looks at a regular file only: a symlink is to be replaced, and opening a pipe or a device could wait or do harm.
bool is_right_already(const std::string& path, std::string_view content, mode_t mode) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) != 0 || !S_ISREG(there.st_mode)) return false;
    if ((there.st_mode & kPermissions) != mode) return false;
    if (there.st_size != static_cast<off_t>(content.size())) return false;
    const auto read = read_file(path, content.size());
    return read.ok() && *read == content;
}

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// Removes itself unless it has been renamed into place.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& directory)
        : path_(directory + "/.nlinit-XXXXXX"), fd_(::mkostemp(path_.data(), O_CLOEXEC)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        const int kept = errno;
        if (fd_.valid() && !renamed_) ::unlink(path_.c_str());
        errno = kept;
    }

    // Not synced: a power cut may lose the file, but what nlinit writes is made anew by the next boot, or by its lease.
    bool fill(std::string_view content, mode_t mode) noexcept {
        return fd_.valid() && write_all(fd_.get(), content) && ::fchmod(fd_.get(), mode) == 0;
    }
    bool rename_to(const std::string& path) noexcept {
        renamed_ = ::rename(path_.c_str(), path.c_str()) == 0;
        return renamed_;
    }

  private:
    std::string path_;
    UniqueFd fd_;
    bool renamed_ = false;
};

bool overwrite(const std::string& path, std::string_view content, mode_t mode) noexcept {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
    return fd.valid() && write_all(fd.get(), content) && ::fchmod(fd.get(), mode) == 0;
}

bool is_directory(const std::string& path) noexcept {
    struct stat there {};
    return ::stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
}

// Asked before the file is opened: to open a FIFO waits for a writer, to open a watchdog starts it. Whoever changes the
// file in between meets O_NONBLOCK.
Result<> check_is_regular(const std::string& path) {
    struct stat there {};
    if (::stat(path.c_str(), &there) != 0) return Error{errno, "read " + path};
    if (S_ISDIR(there.st_mode)) return Error{EISDIR, "read " + path};
    if (!S_ISREG(there.st_mode)) return Error{0, "read " + path + ": it is no regular file, and could wait for ever"};
    return {};
}

// sysctl(8): a key whose first separator is a slash is a path already; otherwise dots separate, and a slash stands for
// a dot in a name.
std::string sysctl_path(std::string_view key) {
    std::string path(key);
    const auto separator = path.find_first_of("./");
    if (separator != std::string::npos && path[separator] == '.') {
        for (char& letter : path) letter = letter == '.' ? '/' : letter == '/' ? '.' : letter;
    }
    return path;
}

// ".." as it was given, or made of two slashes.
bool may_leave_its_directory(std::string_view key, std::string_view path) noexcept {
    return key.find("..") != std::string_view::npos || path.find("..") != std::string_view::npos;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    if (const auto kind = check_is_regular(path); !kind.ok()) return kind.error();
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
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

Result<> write_kernel_file(const std::string& path, std::string_view content) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.valid()) return Error{errno, "write " + path};
    const ssize_t put = write_some(fd.get(), content);
    if (put < 0) return Error{errno, "write " + path};
    if (static_cast<std::size_t>(put) < content.size()) return Error{EIO, "write " + path};
    return {};
}

Result<> write_file(const std::string& path, std::string_view content, std::uint32_t mode) {
    if (is_right_already(path, content, mode)) return {};
    TemporaryFile temporary(directory_of(path));
    if (temporary.fill(content, mode) && temporary.rename_to(path)) return {};
    // A file that is a mount point, as container runtimes make resolv.conf, can only be written where it is; its
    // directory may be read-only when it is not.
    const Error error{errno, "write " + path};
    if ((error.code == EBUSY || error.code == EROFS) && overwrite(path, content, mode)) return {};
    return error;
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

bool is_on_read_only(const std::string& path) {
    // What is at path itself may be a link to elsewhere; the directory decides.
    auto directory = directory_of(path);
    while (!exists(directory) && directory.size() > 1) directory = directory_of(directory);
    return ::access(directory.c_str(), W_OK) != 0 && errno == EROFS;
}

Result<> write_sysctl(std::string_view key, std::string_view value) {
    const std::string path = sysctl_path(key);
    if (path.empty() || may_leave_its_directory(key, path)) return Error{EINVAL, "set sysctl " + std::string(key)};
    const auto written = write_kernel_file("/proc/sys/" + path, value);
    if (!written.ok()) return Error{written.error().code, "set sysctl " + std::string(key)};
    return {};
}

}  // namespace nlinit::sys
