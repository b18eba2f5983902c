// SPDX-License-Identifier: Apache-2.0
// /proc/cmdline, which whoever starts the VM writes: untrusted text of up to a few thousand bytes. Nothing in it is
// fatal; what cannot be used becomes a warning that names it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

// Far beyond COMMAND_LINE_SIZE (asm/setup.h), which is 2048 on x86 and arm64.
inline constexpr std::size_t kMaxCommandLineSize = 16 << 10;

// isspace(), by which the kernel splits.
inline constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

// '-' and '_' are the same in names of parameters (parameq() of kernel/params.c).
[[nodiscard]] bool same_key(std::string_view a, std::string_view b) noexcept;

// The words of a command line, as the kernel splits them: by white space, double quotes keep it; what follows a lone
// "--" belongs to init.
struct KernelParameter {
    std::string key;
    std::optional<std::string> value;  // nothing for a bare word, "" for "key="
    friend bool operator==(const KernelParameter&, const KernelParameter&) = default;
};
struct KernelCommandLine {
    std::vector<KernelParameter> parameters;
    std::vector<std::string> init_arguments;  // after "--"
    bool cut = false;                         // the text was longer than kMaxCommandLineSize; the rest is not here
    // The last one wins, as in the kernel.
    [[nodiscard]] const std::string* value_of(std::string_view key) const noexcept;
};
[[nodiscard]] KernelCommandLine parse_kernel_command_line(std::string_view text);

// One ip= in the union of the kernel's grammar (Documentation/admin-guide/nfs/nfsroot.rst) and dracut's
// (dracut.cmdline(7)); what is wrong with it, if anything, is added to warnings.
struct IpParameter {
    Interface interface;
    std::string hostname;
    std::vector<NameServer> name_servers;
    Family family = Family::kIpv4;  // what it says is about that one
    bool off = false;               // ip=off or ip=none: no configuration at all
};
[[nodiscard]] IpParameter parse_ip_parameter(std::string_view value, std::vector<std::string>& warnings);

// Lays the parameters over a config: nlinit.*, ip=, nameserver=, rd.route=, hostname=, the payload after "--".
// Returns warnings, one sentence each.
std::vector<std::string> apply(const KernelCommandLine& command_line, Config& config, Sources& sources);

// The names of the parameters that apply() knows: "ip", "nlinit.log".
[[nodiscard]] std::span<const std::string_view> known_parameters() noexcept;
[[nodiscard]] std::string source_of_parameter(std::string_view name);  // "kernel command line ip="
// The value of `key` is that parameter's.
void credit(Sources& sources, std::string_view key, std::string_view parameter);

}  // namespace nlinit::config
