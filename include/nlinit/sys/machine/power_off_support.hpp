// SPDX-License-Identifier: Apache-2.0
// Whether the kernel has a way to power this machine off.
#pragma once

#include <string>

namespace nlinit::sys {

// Where it has none, reboot(2) halts instead, and a VM that is halted runs on for ever. The kernel tells nobody before
// it is too late, so this asks what it asks: on x86 ACPI's tables (acpi_sleep_init() in drivers/acpi/sleep.c), whose
// _S5 is the way off; where they have none, EFI (drivers/firmware/efi/reboot.c). True wherever that is not the
// question: on arm64 it is PSCI that does it, Xen has a way of its own, user-mode Linux is a process that ends,
// and so is the init of a container (pid_namespaces(7)). root: what /proc and /sys are below.
[[nodiscard]] bool can_power_off(const std::string& root = {});

}  // namespace nlinit::sys
