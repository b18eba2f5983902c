// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>

#include "nlinit/base/number.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/machine/memory_size.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/machine/memory.hpp"
#include "nlinit/sys/process/cgroup.hpp"

namespace nlinit::sys {
namespace {

constexpr std::size_t kLongestFile = 4096;
constexpr std::uint64_t kLeastReserve = 16 << 20, kLargestReserve = 256 << 20;
constexpr std::uint64_t kShareOfReserve = 16;

std::string file_of(const std::string& name, std::string_view file) {
    return std::string("/sys/fs/cgroup/").append(name).append("/").append(file);
}

std::optional<std::uint64_t> number_from(std::string_view text) noexcept {
    while (text.ends_with('\n')) text.remove_suffix(1);
    return parse_number<std::uint64_t>(text);
}

Result<std::uint64_t> number_in(const std::string& path) {
    const auto text = read_file(path, kLongestFile);
    if (!text.ok()) return text.error();
    const auto number = number_from(*text);
    if (!number) return Error{0, path + ": not a number"};
    return *number;
}

// What is available while no payload runs, less a reserve. Memory that a root in memory takes is not available.
Result<std::uint64_t> default_memory() {
    const auto memory = read_memory();
    if (!memory.ok()) return memory.error();
    const auto reserve = std::clamp(memory->total / kShareOfReserve, kLeastReserve, kLargestReserve);
    return std::max(memory->available - std::min(reserve, memory->available), memory->available / 2);
}

// A process that PID 1 starts is one of the kernel's as well.
Result<std::uint64_t> default_pids() {
    auto threads = number_in("/proc/sys/kernel/threads-max"), numbers = number_in("/proc/sys/kernel/pid_max");
    if (!threads.ok()) return threads;
    if (!numbers.ok()) return numbers;
    return std::min(*threads, *numbers) / 4 * 3;
}

Result<> write_limit(const std::string& path, std::uint64_t value) {
    return write_kernel_file(path, value == kMemoryWithoutLimit ? "max" : std::to_string(value));
}

// A limit that nobody has asked for may fail silently: the kernel may lack the controller, or the file.
Result<> unless_absent(const Result<>& done) {
    return !done.ok() && done.error().code == ENOENT ? Result<>() : done;
}

Result<> limit_by_default(const std::string& path, const Result<std::uint64_t>& value) {
    return unless_absent(value.ok() ? write_limit(path, *value) : Result<>(value.error()));
}

Result<> limit_processes(const std::string& name, const CgroupLimits& limits) {
    const auto path = file_of(name, "pids.max");
    if (limits.pids) return write_limit(path, *limits.pids);
    return limits.by_default ? limit_by_default(path, default_pids()) : Result<>();
}

// What the payload before has left in memory does not make the next one's limit smaller, and memory that the machine
// was given since makes it larger.
Result<> limit_memory(const std::string& name, const CgroupLimits& limits) {
    const auto path = file_of(name, "memory.max");
    if (limits.memory) return write_limit(path, *limits.memory);
    if (!limits.by_default) return {};
    const auto present = read_file(path, kLongestFile);
    if (!present.ok()) return unless_absent(present.error());
    auto value = default_memory();
    if (const auto before = number_from(*present); value.ok() && before) value = std::max(*value, *before);
    return limit_by_default(path, value);
}

// A payload of which a part is missing is none; but only its own limit makes it lose parts. Linux 4.19
Result<> kill_as_a_whole(const std::string& name) {
    const auto limit = read_file(file_of(name, "memory.max"), kLongestFile);
    if (!limit.ok()) return unless_absent(limit.error());
    if (limit->starts_with("max")) return {};
    return unless_absent(write_kernel_file(file_of(name, "memory.oom.group"), "1"));
}

}  // namespace

Result<> limit(const std::string& name, const CgroupLimits& limits) {
    auto pids = limit_processes(name, limits);
    auto memory = limit_memory(name, limits);
    auto whole = limits.by_default ? kill_as_a_whole(name) : Result<>();
    if (!pids.ok()) return pids;
    return memory.ok() ? whole : memory;
}

std::uint64_t oom_kills(const std::string& name) {
    const auto events = read_file(file_of(name, "memory.events"), kLongestFile);
    std::string_view rest = events.ok() ? std::string_view(*events) : std::string_view();
    while (!rest.empty()) {
        auto line = take_field(rest, '\n');
        if (take_field(line, ' ') == "oom_kill") return parse_number<std::uint64_t>(line).value_or(0);
    }
    return 0;
}

std::string memory_limit_of(const std::string& name) {
    const auto text = read_file(file_of(name, "memory.max"), kLongestFile);
    if (!text.ok()) return {};
    if (text->starts_with("max")) return "max";
    const auto bytes = number_from(*text);
    return bytes ? memory_text(*bytes >> 20 << 20) : std::string();
}

}  // namespace nlinit::sys
