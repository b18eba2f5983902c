#include "nlinit/sys/mount/swap.hpp"

#include <sys/swap.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/text.hpp"
#include "nlinit/sys/call_apart.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/mount_table.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kLargestSwapTable = 1 << 16;

int stop_using(const std::string& path) noexcept {
    return ::swapoff(path.c_str()) == 0 ? 0 : errno;
}

}  // namespace

void stop_using_swap_files(TimePoint deadline) {
    const auto table = read_file("/proc/swaps", kLargestSwapTable);
    if (!table.ok()) {  // a kernel without swap has no such file
        if (table.error().code != ENOENT) log::error("mount", to_string(table.error()) + "; swap files stay in use");
        return;
    }
    std::vector<std::string> paths;
    for (std::string_view rest = *table; !rest.empty();) {
        const auto line = take_field(rest, '\n');
        const auto word = first_field(line, ' ');
        const auto path = unescape(word);
        const auto type = line.find_first_not_of(' ', word.size());
        const bool is_file =
            type != std::string_view::npos && (line.substr(type).starts_with("file") || path.starts_with("/dev/loop"));
        if (path.starts_with('/') && is_file) paths.push_back(path);
    }
    std::vector<Call> calls;
    calls.reserve(paths.size());
    for (const auto& path : paths) calls.push_back({.work = [&] { return stop_using(path); }});
    const auto codes = call_apart(calls, deadline);
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (codes[i] != 0) log::error("mount", to_string(Error{codes[i], "stop using swap file " + paths[i]}));
}

}  // namespace nlinit::sys
