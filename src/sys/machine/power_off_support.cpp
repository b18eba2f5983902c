// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/power_off_support.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::sys {

namespace {

#if defined(__x86_64__) || defined(__i386__)
constexpr bool kAcpiDecides = true;
#else
constexpr bool kAcpiDecides = false;
#endif

constexpr std::size_t kLargestAcpiTable = 1 << 20;
constexpr int kMostSecondaryTables = 64;

// Of the Fixed ACPI Description Table (ACPI 6.5, 5.2.9): in a machine without ACPI's fixed hardware it is the sleep
// control register that powers it off.
constexpr std::size_t kFlags = 112;
constexpr std::uint8_t kHardwareReduced = 1 << 4;  // of its third byte: flag 20
constexpr std::size_t kSleepControlAddress = 244 + 4;
constexpr std::size_t kAddressSize = 8;

bool has_sleep_state_5(const std::string& tables, const std::string& name) {
    const auto table = read_file(concat({tables, "/", name}), kLargestAcpiTable);
    return table.ok() && table->find("_S5_") != std::string::npos;
}

bool defines_power_off(const std::string& tables) {
    if (has_sleep_state_5(tables, "DSDT")) return true;
    for (int i = 1; i <= kMostSecondaryTables; ++i) {
        std::string name = "SSDT";
        name += std::to_string(i);
        if (!exists(std::string(tables).append("/").append(name))) break;
        if (has_sleep_state_5(tables, name)) return true;
    }
    return has_sleep_state_5(tables, "SSDT");  // its name when it is the only one
}

bool has_register_for_it(const std::string& tables) {
    const auto table = read_file(tables + "/FACP", kLargestAcpiTable);
    if (!table.ok() || table->size() <= kFlags + 2) return true;
    if ((static_cast<std::uint8_t>((*table)[kFlags + 2]) & kHardwareReduced) == 0) return true;
    constexpr std::string_view kNoAddress("\0\0\0\0\0\0\0\0", kAddressSize);
    return table->size() >= kSleepControlAddress + kAddressSize &&
           std::string_view(*table).substr(kSleepControlAddress, kAddressSize) != kNoAddress;
}

// User-mode Linux has no ACPI, whatever its host has. A file that only it has is looked for first: opening
// /proc/cpuinfo can take 10 ms, in which the kernel measures the frequency of each processor.
bool is_user_mode_linux(const std::string& root) {
    if (!exists(root + "/proc/exitcode")) return false;
    const auto processors = read_file(root + "/proc/cpuinfo", kLargestAcpiTable);
    return processors.ok() && processors->find("User Mode Linux") != std::string::npos;
}

}  // namespace

// The question that decides most often comes first, because a boot asks this before the payload runs.
bool can_power_off(const std::string& root) {
    if (!kAcpiDecides || (root.empty() && !is_in_first_pid_namespace())) return true;
    const std::string tables = root + "/sys/firmware/acpi/tables";
    const bool has_acpi = exists(tables + "/DSDT");
    if (has_acpi && defines_power_off(tables) && has_register_for_it(tables)) return true;
    if (has_acpi && exists(root + "/sys/firmware/efi/runtime")) return true;
    // Without /sys nothing is known.
    return exists(root + "/sys/hypervisor/type") || is_user_mode_linux(root) || !exists(root + "/sys/kernel");
}

}  // namespace nlinit::sys
