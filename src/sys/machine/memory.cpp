// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/memory.hpp"

#include <string>
#include <string_view>

#include "nlinit/base/number.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::sys {

Result<Memory> read_memory() {
    const auto text = read_file("/proc/meminfo", 1 << 16);
    if (!text.ok()) return text.error();
    Memory memory;
    for (std::string_view rest = *text; !rest.empty();) {
        auto line = take_field(rest, '\n');
        const auto key = take_field(line, ':');
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        const auto kibibytes = parse_number<std::uint64_t>(take_field(line, ' ')).value_or(0);
        if (key == "MemTotal") memory.total = kibibytes * 1024;
        if (key == "MemAvailable") memory.available = kibibytes * 1024;
    }
    if (memory.available == 0) return Error{0, "/proc/meminfo does not say what memory there is"};
    return memory;
}

}  // namespace nlinit::sys
