#include "nlinit/sys/swap.hpp"

#include <sys/swap.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "nlinit/base/text.hpp"
#include "nlinit/sys/bounded_call.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kLargestSwapTable = 1 << 16;

int stop_using(const void* path) {
    return ::swapoff(static_cast<const char*>(path)) == 0 ? 0 : errno;
}

}  // namespace

void stop_using_swap_files(TimePoint deadline) {
    const auto table = read_file("/proc/swaps", kLargestSwapTable);
    if (!table.ok()) {  // a kernel without swap has no such file
        if (table.error().code != ENOENT) log::error("mount", to_string(table.error()) + "; swap files stay in use");
        return;
    }
    for (std::string_view rest = *table; !rest.empty();) {
        const auto line = take_field(rest, '\n');
        const std::string path(line.substr(0, line.find(' ')));
        const auto type = line.find_first_not_of(' ', path.size());
        const bool is_file =
            type != std::string_view::npos && (line.substr(type).starts_with("file") || path.starts_with("/dev/loop"));
        if (!path.starts_with('/') || !is_file) continue;
        const int code = BoundedCall(stop_using, path.c_str()).result_by(deadline);
        if (code != 0) log::error("mount", to_string(Error{code, "stop using swap file " + path}));
    }
}

}  // namespace nlinit::sys
