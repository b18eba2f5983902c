#include "nlinit/sys/console.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace nlinit::sys {

void ensure_standard_streams() noexcept {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        if (fcntl(stream, F_GETFD) >= 0) continue;
        int fd = open("/dev/console", O_RDWR | O_NOCTTY);
        if (fd < 0) fd = open("/dev/null", O_RDWR);
        if (fd < 0 || fd == stream) continue;
        dup2(fd, stream);
        close(fd);
    }
}

}  // namespace nlinit::sys
