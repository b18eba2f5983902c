// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/capture_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/safe_path.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::dhcp_io {
namespace {

std::chrono::nanoseconds wall_clock() noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

constexpr int kOpen = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;

// Asked before the file is opened: to open a watchdog starts it. What another user has put there would be filled with
// what he may be after, or stand for a file of root's: a link, or a second name.
Result<> check(const struct stat& there, const std::string& path) {
    const std::string what = "capture to " + path;
    if (S_ISDIR(there.st_mode)) return Error{EISDIR, what};
    if (S_ISLNK(there.st_mode)) return Error{0, what + ": it is a link, which is not followed"};
    if (!S_ISREG(there.st_mode) && !S_ISFIFO(there.st_mode))
        return Error{0, what + ": it is neither a file nor a FIFO"};
    if (!sys::is_trusted_owner(there.st_uid))
        return Error{0, concat({what, ": it belongs to user ", std::to_string(there.st_uid)})};
    if (S_ISREG(there.st_mode) && there.st_nlink > 1) return Error{0, what + ": the file has another name elsewhere"};
    return {};
}

// What was looked at is what is emptied.
Result<sys::UniqueFd> open_existing(const sys::SafePlace& place, const std::string& path) {
    const Error failed{0, "capture to " + path};
    struct stat seen {};
    struct stat opened {};
    if (::fstat(place.there.get(), &seen) != 0) return Error{errno, failed.what};
    if (auto checked = check(seen, path); !checked.ok()) return checked.error();
    sys::UniqueFd fd(::openat(place.directory.get(), place.name.c_str(), kOpen));
    if (!fd.valid() || ::fstat(fd.get(), &opened) != 0) return Error{errno, failed.what};
    if (opened.st_dev != seen.st_dev || opened.st_ino != seen.st_ino)
        return Error{0, failed.what + ": the file has been replaced meanwhile"};
    if (S_ISREG(opened.st_mode) && ::ftruncate(fd.get(), 0) != 0) return Error{errno, failed.what};
    return fd;
}

// A directory may be its user's own, as under sudo(8).
Result<sys::UniqueFd> open_for(const std::string& path) {
    const auto place =
        sys::find_place(path, {.last_link = sys::LastLink::keep, .walls = sys::Walls::nowhere, .deed = "written"});
    if (!place.ok()) return sys::about("capture to " + path, place.error());
    if (place->there.valid()) return open_existing(*place, path);
    sys::UniqueFd fd(
        ::openat(place->directory.get(), place->name.c_str(), kOpen | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR));
    if (!fd.valid()) return Error{errno, "capture to " + path};
    return fd;
}

// A FIFO whose reader has gone raises SIGPIPE at the thread that writes. It would end a tool, and PID 1 would pass it
// on to its payload: so it is held back, and taken away if it came.
class WithoutSigpipe {
  public:
    WithoutSigpipe() noexcept {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
    ~WithoutSigpipe() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    void take() const noexcept {
        const timespec at_once{};
        while (sigtimedwait(&sigpipe_, nullptr, &at_once) < 0 && errno == EINTR) continue;
    }

  private:
    sigset_t sigpipe_{}, before_{};
};

// 0, or the errno. Half a record is as bad as none.
int write_whole(int fd, ByteView data) noexcept {
    const WithoutSigpipe guard;
    ssize_t put;
    do {
        put = ::write(fd, data.data(), data.size());
    } while (put < 0 && errno == EINTR);
    const int error = put < 0 ? errno : static_cast<std::size_t>(put) < data.size() ? ENOSPC : 0;
    if (error == EPIPE) guard.take();
    return error;
}

}  // namespace

Result<CaptureFile> CaptureFile::create(const std::string& path) {
    auto fd = open_for(path);
    if (!fd.ok()) return fd.error();
    if (const int error = write_whole(fd->get(), wire::pcap::file_header()); error != 0)
        return Error{error, "capture to " + path};
    return CaptureFile(*std::move(fd), path);
}

void CaptureFile::write(PacketType type, std::uint16_t ether_type, const MacAddress& sender, ByteView packet) {
    if (!fd_.valid()) return;
    const int error = write_whole(fd_.get(), wire::pcap::record({wall_clock(), type, ether_type, sender, packet}));
    if (error == 0) return;
    fd_.reset();
    log::warning("dhcp", {"the capture ends here: ", to_string(Error{error, "write " + path_})});
}

}  // namespace nlinit::dhcp_io
