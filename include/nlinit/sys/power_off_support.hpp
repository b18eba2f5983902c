// Whether the kernel has a way to power this machine off.
#pragma once

#include <string>

namespace nlinit::sys {

// Where it has none, reboot(2) halts instead, and a VM that is halted runs on for ever. The kernel tells nobody before
// it is too late, so this asks what it asks: on x86 ACPI's tables (acpi_sleep_init() in drivers/acpi/sleep.c), whose
// _S5 is the way off. True wherever that is not the question: on arm64 it is PSCI that does it. tables: where the
// kernel shows them.
[[nodiscard]] bool can_power_off(const std::string& tables = "/sys/firmware/acpi/tables");

}  // namespace nlinit::sys
