// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/swap.hpp"

#include <fcntl.h>
#include <sys/swap.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/call_apart.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/memory.hpp"
#include "nlinit/sys/machine/module.hpp"
#include "nlinit/sys/mount/block_device.hpp"
#include "nlinit/sys/mount/mount_table.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kLargestSwapTable = 1 << 16;
constexpr std::size_t kLongestNumber = 32;
constexpr const char* kZramControl = "/sys/class/zram-control";

int stop_using(const std::string& path) noexcept {
    return ::swapoff(path.c_str()) == 0 ? 0 : errno;
}

// A signature that lies elsewhere, for pages of another size, is the kernel's to refuse.
Result<std::string> swap_space_on(const std::string& path) {
    const auto beginning = read_device(path, 0, kSuperblocks);
    auto type = read_superblock(beginning).type;
    if (type == "swap") return path;
    if (type.empty() && (place_of_partition(beginning, 1) || !read_boot_record(beginning, 1).uuid.empty()))
        type = "partitions";
    return Error{0, type.empty() ? path + " holds no swap space: mkswap(8) makes it"
                                 : concat({path, " holds ", type, ", which swap would destroy"})};
}

// Built in, or not to be had: what asks for it next tells.
void load_algorithm(ModuleLoader& modules, const std::string& algorithm) {
    static_cast<void>(modules.load(module_of_zram(algorithm)));
}

Result<> write_header(const std::string& path, std::uint64_t bytes) {
    const auto header = swap_header(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)), bytes);
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, "open " + path};
    const auto written = ::write(fd.get(), header.data(), header.size());
    if (written == static_cast<ssize_t>(header.size())) return {};
    return Error{written < 0 ? errno : EIO, "write " + path};
}

Result<std::string> make_zram(const SwapRow& row) {
    const auto memory = read_memory();
    if (!memory.ok()) return memory.error();
    const auto bytes = zram_size(row.size, memory->total).value_or(0);
    ModuleLoader modules;
    if (!exists(kZramControl)) {
        if (auto loaded = modules.load("zram num_devices=0"); !loaded.ok()) return loaded.error();
    }
    load_algorithm(modules, row.algorithm);
    const auto number = read_file(concat({kZramControl, "/hot_add"}), kLongestNumber);  // which makes one
    if (!number.ok()) return number.error();
    const auto id = number->substr(0, number->find('\n'));
    const auto name = "zram" + id;
    const auto device = concat({"/sys/block/", name, "/"});
    Result<> done;
    if (!row.algorithm.empty()) done = write_kernel_file(device + "comp_algorithm", row.algorithm);
    if (done.ok()) done = write_kernel_file(device + "disksize", std::to_string(bytes));
    auto path = "/dev/" + name;
    if (done.ok()) done = write_header(path, bytes);
    if (done.ok()) return path;
    static_cast<void>(write_kernel_file(concat({kZramControl, "/hot_remove"}), id));
    return done.error();
}

}  // namespace

Result<> use_swap(const SwapRow& row) {
    if (!is_in_first_pid_namespace()) return Error{0, "it is the machine's, and this is a container of it"};
    const auto path = row.device.empty() ? make_zram(row) : swap_space_on(row.device);
    if (!path.ok()) return path.error();
    const int flags = row.priority ? SWAP_FLAG_PREFER | *row.priority : 0;
    if (::swapon(path->c_str(), flags) == 0) return {};
    return Error{errno, *path};
}

std::string module_of_zram(const std::string& algorithm) {
    return "crypto-" + (algorithm.empty() ? "lzo-rle" : algorithm);
}

void stop_using_swap(TimePoint deadline) {
    const auto table = read_file("/proc/swaps", kLargestSwapTable);
    if (!table.ok()) {  // a kernel without swap has no such file
        if (table.error().code != ENOENT) log::error("mount", {to_string(table.error()), "; swap stays in use"});
        return;
    }
    std::vector<std::string> paths;
    for (std::string_view rest = *table; !rest.empty();) {
        auto path = unescape(first_field(take_field(rest, '\n'), ' '));
        if (path.starts_with('/')) paths.push_back(std::move(path));
    }
    std::vector<Call> calls;
    calls.reserve(paths.size());
    for (const auto& path : paths) calls.push_back({.work = [&] { return stop_using(path); }});
    const auto codes = call_apart(calls, deadline);
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (codes[i] != 0) log::error("mount", to_string(Error{codes[i], "stop using swap on " + paths[i]}));
}

}  // namespace nlinit::sys
