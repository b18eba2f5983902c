// SPDX-License-Identifier: Apache-2.0
// Modules for the devices of the machine, without a list: by what the kernel says that each device is. In the child of
// a StepRunner, or of an errand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/pid1/step_runner.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/image/device_drivers.hpp"
#include "nlinit/plan/module_plan.hpp"
#include "nlinit/sys/machine/module.hpp"

namespace nlinit::app {

inline constexpr Duration kModuleLimit = std::chrono::seconds(10);  // a driver looks at its devices: one may be dead
inline constexpr std::string_view kLoadModule = "load module ";
inline constexpr std::string_view kLoadByDevice = "load modules by device";
inline constexpr std::string_view kKnowsDevices = "drivers are found by device";  // a note, when that was done

// Up to which use the drivers of a boot are loaded.
[[nodiscard]] image::DriverUse driver_use(const plan::ModulePlan& plan) noexcept;

// Drivers for all devices that are there, and for those that come by that, each a step of its own. Those of `silent`
// are left out. Nothing where the image has no modules.alias, and nobody has asked for it.
[[nodiscard]] std::optional<StepDone> load_by_device(StepChild& child, sys::ModuleLoader& loader,
                                                     const plan::ModulePlan& plan,
                                                     const std::vector<std::string>& silent);

// For devices of these names, while the machine runs. What fails is in the log.
void load_drivers(const std::vector<std::string>& devices, image::DriverUse up_to);

// What load_by_device() would load here, as a list for [system] modules.
[[nodiscard]] std::vector<std::string> modules_of_devices(const plan::ModulePlan& plan);

}  // namespace nlinit::app
