// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/capability.hpp"

#include <algorithm>
#include <array>

namespace nlinit::config {
namespace {

// include/uapi/linux/capability.h, from 0 on.
constexpr std::array<std::string_view, 41> kNames{"CHOWN",
                                                  "DAC_OVERRIDE",
                                                  "DAC_READ_SEARCH",
                                                  "FOWNER",
                                                  "FSETID",
                                                  "KILL",
                                                  "SETGID",
                                                  "SETUID",
                                                  "SETPCAP",
                                                  "LINUX_IMMUTABLE",
                                                  "NET_BIND_SERVICE",
                                                  "NET_BROADCAST",
                                                  "NET_ADMIN",
                                                  "NET_RAW",
                                                  "IPC_LOCK",
                                                  "IPC_OWNER",
                                                  "SYS_MODULE",
                                                  "SYS_RAWIO",
                                                  "SYS_CHROOT",
                                                  "SYS_PTRACE",
                                                  "SYS_PACCT",
                                                  "SYS_ADMIN",
                                                  "SYS_BOOT",
                                                  "SYS_NICE",
                                                  "SYS_RESOURCE",
                                                  "SYS_TIME",
                                                  "SYS_TTY_CONFIG",
                                                  "MKNOD",
                                                  "LEASE",
                                                  "AUDIT_WRITE",
                                                  "AUDIT_CONTROL",
                                                  "SETFCAP",
                                                  "MAC_OVERRIDE",
                                                  "MAC_ADMIN",
                                                  "SYSLOG",
                                                  "WAKE_ALARM",
                                                  "BLOCK_SUSPEND",
                                                  "AUDIT_READ",
                                                  "PERFMON",
                                                  "BPF",
                                                  "CHECKPOINT_RESTORE"};

bool same_letters(char a, char b) {
    return a == b || (a >= 'a' && a <= 'z' && a - 'a' + 'A' == b);
}

bool begins_with_cap(std::string_view name) {
    constexpr std::string_view kPrefix = "CAP_";
    return name.size() > kPrefix.size() && std::ranges::equal(name.substr(0, kPrefix.size()), kPrefix, same_letters);
}

}  // namespace

std::optional<std::uint8_t> parse_capability(std::string_view name) {
    if (begins_with_cap(name)) name.remove_prefix(4);
    const auto* const found = std::ranges::find_if(
        kNames, [&](std::string_view known) { return std::ranges::equal(name, known, same_letters); });
    if (found == kNames.end()) return std::nullopt;
    return static_cast<std::uint8_t>(found - kNames.begin());
}

std::string_view capability_name(std::uint8_t capability) noexcept {
    return capability < kNames.size() ? kNames[capability] : "unknown";
}

}  // namespace nlinit::config
