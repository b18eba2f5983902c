// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/log/log_console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>

#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::log {
namespace {

constexpr const char* kLevels = "/proc/sys/kernel/printk";
constexpr int kQuiet = 4;

// Open until the process ends: where nobody else has the terminal open, its close would wait for it to take what was
// written.
constinit int console_fd = -1;

bool open_console() noexcept {
    if (console_fd < 0)
        console_fd = sys::open_kernel_file("/dev/console", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return console_fd >= 0;
}

// How much was taken.
std::string_view::size_type put(std::string_view line) noexcept {
    std::string_view::size_type taken = 0;
    while (taken < line.size()) {
        const ssize_t written = ::write(console_fd, line.data() + taken, line.size() - taken);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        taken += static_cast<std::string_view::size_type>(written);
    }
    return taken;
}

}  // namespace

bool kernel_shows(int priority) noexcept {
    const sys::UniqueFd levels(sys::open_kernel_file(kLevels, O_RDONLY | O_CLOEXEC));
    char text[16];
    const ssize_t size = levels.valid() ? ::read(levels.get(), text, sizeof text) : -1;
    if (size <= 0) return priority < kQuiet;
    int shown = 0;
    for (ssize_t i = 0; i < size && i < 4 && text[i] >= '0' && text[i] <= '9'; ++i) shown = shown * 10 + text[i] - '0';
    return priority < shown;
}

void have_the_kernel_show_all() noexcept {
    if (sys::is_the_machines_alone(kLevels)) return;
    const sys::UniqueFd levels(sys::open_kernel_file(kLevels, O_WRONLY | O_CLOEXEC));
    if (levels.valid()) std::ignore = ::write(levels.get(), "8", 1);
}

bool write_to_console(std::string_view line) noexcept {
    if (!open_console()) return false;
    if (put(line) > 0) return true;
    if (errno != EIO) return false;
    ::close(console_fd);  // it was hung up, as by a getty; what is opened now is the same terminal anew
    console_fd = -1;
    return open_console() && put(line) > 0;
}

void write_to_standard_error(std::string_view line) noexcept {
    pollfd end{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&end, 1, 0) == 1 && (end.revents & POLLOUT) != 0)
        std::ignore = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace nlinit::log
