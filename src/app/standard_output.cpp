#include "app/standard_output.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>

#include "nlinit/base/text.hpp"

namespace nlinit::app {

void print(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const bool is_whole = text.find('\n') != std::string_view::npos;
        put_printable(take_field(text, '\n'), [&](std::string_view piece) { lines += piece; });
        if (is_whole) lines += '\n';
    }
    for (std::string_view rest = lines; !rest.empty();) {
        const auto written = write(STDOUT_FILENO, rest.data(), rest.size());
        if (written < 0 && errno != EINTR) return;
        if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace nlinit::app
