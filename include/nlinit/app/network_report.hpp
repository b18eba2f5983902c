// What a network interface has become, as JSON: for `netsetup --json` and for the boot report.
#pragma once

#include "nlinit/app/interface_setup.hpp"
#include "nlinit/base/json.hpp"
#include "nlinit/base/time.hpp"

namespace nlinit::app {

// One object. Times are milliseconds since `origin`.
void write_interface(JsonWriter& json, const InterfaceSetup& interface, TimePoint origin);

}  // namespace nlinit::app
