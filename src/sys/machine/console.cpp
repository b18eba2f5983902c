// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "nlinit/sys/file/file.hpp"

namespace nlinit::sys {

void ensure_standard_streams() noexcept {
    static bool are_there = false;  // for good: nobody closes one
    if (are_there) return;
    are_there = true;
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        if (fcntl(stream, F_GETFD) >= 0) continue;
        are_there = false;
        int fd = open("/dev/console", O_RDWR | O_NOCTTY);
        if (fd < 0) fd = open("/dev/null", O_RDWR);
        if (fd < 0 || fd == stream) continue;
        dup2(fd, stream);
        close(fd);
    }
}

// All consoles are listed, and the last one is /dev/console (Documentation/ABI/testing/sysfs-tty).
std::string console_terminal(const std::string& active) {
    constexpr std::size_t kLongestList = 4096;
    const auto text = read_file(active, kLongestList);
    std::string names = text.ok() ? *text : "";
    while (names.ends_with('\n')) names.pop_back();
    if (names.empty()) return "/dev/console";
    return "/dev/" + names.substr(names.rfind(' ') + 1);
}

}  // namespace nlinit::sys
