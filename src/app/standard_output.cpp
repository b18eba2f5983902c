// SPDX-License-Identifier: Apache-2.0
#include "app/standard_output.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "nlinit/base/result.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {

namespace {

int output_fault = 0;  // errno of the first write that failed

}  // namespace

void print(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const bool is_whole = text.find('\n') != std::string_view::npos;
        put_printable(take_field(text, '\n'), [&](std::string_view piece) { lines += piece; });
        if (is_whole) lines += '\n';
    }
    for (std::string_view rest = lines; !rest.empty();) {
        const auto written = write(STDOUT_FILENO, rest.data(), rest.size());
        if (written < 0 && errno != EINTR) {
            if (errno != EPIPE && std::exchange(output_fault, errno) == 0)
                log::error("output", to_string(Error{output_fault, "write to standard output"}));
            return;
        }
        if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

int status_with_output(int status) noexcept {
    constexpr int kNotWritten = 9;  // as of netsetup
    return status == 0 && output_fault != 0 ? kNotWritten : status;
}

}  // namespace nlinit::app
