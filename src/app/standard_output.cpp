#include "nlinit/app/standard_output.hpp"

#include <unistd.h>

#include <cerrno>

namespace nlinit::app {

void print(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto written = write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR) return;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace nlinit::app
