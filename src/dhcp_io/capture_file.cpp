#include "nlinit/dhcp_io/capture_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>

#include "nlinit/sys/log.hpp"

namespace nlinit::dhcp_io {
namespace {

std::chrono::nanoseconds wall_clock() noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// Asked before the file is opened: to open a watchdog starts it.
Result<> check_kind(const std::string& path) {
    struct stat there {};
    if (::stat(path.c_str(), &there) != 0) return {};  // to be made; open(2) knows better what is wrong if it cannot be
    if (S_ISREG(there.st_mode) || S_ISFIFO(there.st_mode)) return {};
    if (S_ISDIR(there.st_mode)) return Error{EISDIR, "capture to " + path};
    return Error{0, "capture to " + path + ": it is neither a file nor a FIFO"};
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
    if (const auto kind = check_kind(path); !kind.ok()) return kind.error();
    sys::UniqueFd fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, S_IRUSR | S_IWUSR));
    if (!fd.valid()) return Error{errno, "capture to " + path};
    if (const int error = write_whole(fd.get(), wire::pcap::file_header()); error != 0)
        return Error{error, "capture to " + path};
    return CaptureFile(std::move(fd), path);
}

void CaptureFile::write(PacketType type, std::uint16_t ether_type, const MacAddress& sender, ByteView packet) {
    if (!fd_.valid()) return;
    const int error = write_whole(fd_.get(), wire::pcap::record({wall_clock(), type, ether_type, sender, packet}));
    if (error == 0) return;
    fd_.reset();
    log::warning("dhcp", "the capture ends here: " + to_string(Error{error, "write " + path_}));
}

}  // namespace nlinit::dhcp_io
