// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/device_modules.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/device_names.hpp"
#include "nlinit/sys/mount/filesystem_types.hpp"

namespace nlinit::app {
namespace {

using image::DriverUse;

constexpr Duration kLookLimit = std::chrono::seconds(3);  // for the indexes
constexpr int kMostRounds = 16;                           // a driver brings a bus, whose drivers bring devices

bool is_one_of(const std::string& name, const std::vector<std::string>& names) {
    return std::ranges::find(names, name) != names.end();
}

// What no device asks for: protocols that the kernel would have modprobe(8) load.
std::vector<std::string> protocols_of(const plan::ModulePlan& plan) {
    std::vector<std::string> modules;
    if (plan.wants_packets && !sys::exists("/proc/net/packet")) modules.emplace_back("af_packet");
    if (plan.wants_ipv6 && !sys::exists("/proc/sys/net/ipv6")) modules.emplace_back("ipv6");
    return modules;
}

// Modules of another kernel, or signed by somebody whom this one does not trust: all that are there are.
constexpr bool is_of_no_use(int code) noexcept {
    return code == ENOEXEC || code == EKEYREJECTED || code == ENOKEY;
}

// A driver that finds no device that it fits is no failure: that is what it was loaded to find out.
Result<> load_driver(sys::ModuleLoader& loader, const std::string& name) {
    auto loaded = loader.load(name);
    return !loaded.ok() && loaded.error().code == ENODEV ? Result<>() : loaded;
}

Result<> load_as_step(StepChild& child, sys::ModuleLoader& loader, const std::string& name, Importance importance) {
    sys::Outcome outcome{.step = std::string(kLoadModule) + name,
                         .started_at = BootClock::now(),
                         .ended_at = {},
                         .importance = importance,
                         .error = {}};
    child.begin(outcome.step, kModuleLimit);
    auto loaded = load_driver(loader, name);
    outcome.ended_at = BootClock::now();
    if (!loaded.ok()) outcome.error = loaded.error();
    child.also(outcome);
    return loaded;
}

// What the root that an initramfs leads to may have no modules for. What is missing is told when it is to be mounted.
void load_filesystems(StepChild& child, const std::vector<std::string>& types, const std::vector<std::string>& silent) {
    sys::FilesystemTypes known;
    for (const auto& type : types) {
        const auto module = "fs-" + type;
        if (is_one_of(module, silent)) continue;
        child.begin(concat({kLoadModule, module}), kModuleLimit);
        static_cast<void>(known.make_known(type));
    }
}

// The names of devices that are there by now, which become known.
std::vector<std::string> take_new(std::vector<std::string>& known) {
    auto names = sys::device_names();
    std::erase_if(names, [&](const std::string& name) { return is_one_of(name, known); });
    known.insert(known.end(), names.begin(), names.end());
    return names;
}

std::vector<std::string> drivers_not_loaded(sys::ModuleLoader& loader, const std::vector<std::string>& devices,
                                            DriverUse up_to) {
    const auto drivers = loader.drivers_of(devices, up_to);
    for (const auto& remark : drivers.remarks) log::warning("modules", remark);
    std::vector<std::string> names;
    for (const auto module : drivers.modules) {
        if (!sys::ModuleLoader::is_loaded(module)) names.emplace_back(module);
    }
    return names;
}

}  // namespace

DriverUse driver_use(const plan::ModulePlan& plan) noexcept {
    return plan.wants_disks ? DriverUse::disk : DriverUse::guest;
}

std::optional<StepDone> load_by_device(StepChild& child, sys::ModuleLoader& loader, const plan::ModulePlan& plan,
                                       const std::vector<std::string>& silent) {
    child.begin(kLoadByDevice, kLookLimit);
    if (!loader.knows_devices() && plan.by_device == plan::ModulePlan::ByDevice::if_known) return std::nullopt;
    if (!loader.knows_devices())
        return StepDone{Importance::ordinary, Error{0, "there is no modules.alias, which depmod(8) makes"}};
    std::vector<std::string> known;
    for (int round = 0; round < kMostRounds; ++round) {
        child.begin(kLoadByDevice, kLookLimit);
        const auto devices = take_new(known);
        if (devices.empty()) break;
        for (const auto& name : drivers_not_loaded(loader, devices, driver_use(plan))) {
            if (is_one_of(name, silent)) continue;
            const auto loaded = load_as_step(child, loader, name, Importance::ordinary);
            if (!loaded.ok() && is_of_no_use(loaded.error().code))
                return StepDone{Importance::ordinary,
                                Error{0, concat({"none but ", name, " is tried, for all are of one kernel"})}};
        }
    }
    for (const auto& name : protocols_of(plan)) {
        if (!is_one_of(name, silent)) static_cast<void>(load_as_step(child, loader, name, Importance::optional));
    }
    load_filesystems(child, plan.filesystems, silent);
    child.note(kKnowsDevices);
    return StepDone{Importance::ordinary, {}};
}

void load_drivers(const std::vector<std::string>& devices, DriverUse up_to) {
    sys::ModuleLoader loader;
    for (const auto& name : drivers_not_loaded(loader, devices, up_to)) {
        if (const auto loaded = load_driver(loader, name); !loaded.ok()) {
            log::error("modules", to_string(loaded.error()));
        } else {
            log::info("modules", {"loaded ", name, " for a device that has come"});
        }
    }
}

std::vector<std::string> modules_of_devices(const plan::ModulePlan& plan) {
    sys::ModuleLoader loader;
    const auto drivers = loader.drivers_of(sys::device_names(), driver_use(plan));
    return {drivers.modules.begin(), drivers.modules.end()};
}

}  // namespace nlinit::app
