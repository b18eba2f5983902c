// SPDX-License-Identifier: Apache-2.0
// What a network interface has become, as JSON: for `netsetup --json` and for the boot report.
#pragma once

#include "app/network/interface_setup.hpp"
#include "nlinit/base/json.hpp"
#include "nlinit/base/time.hpp"

namespace nlinit::app {

// One object. Times are milliseconds since `origin`. Its keys are in docs/json.md.
void write_interface(JsonWriter& json, const InterfaceSetup& interface, TimePoint origin);
// Parts of it, into an object that is open.
void write_interface_members(JsonWriter& json, const InterfaceSetup& interface, TimePoint origin);
void write_link(JsonWriter& json, const Link& link);
void write_plan(JsonWriter& json, const NetworkPlan& plan);

}  // namespace nlinit::app
