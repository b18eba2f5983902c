// /run/nlinit/boot.json: what the boot did, how long it took, and what has become of network and payload.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nlinit/app/network_setup.hpp"
#include "nlinit/app/supervisor.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/sys/best_effort.hpp"

namespace nlinit::app {

inline constexpr const char* kReportPath = "/run/nlinit/boot.json";

struct BootFacts {
    TimePoint started_at;  // when the kernel ran init; the clock counts from the kernel's own start
    std::string profile;
    std::string config_file;            // empty: there was none
    std::vector<std::string> warnings;  // of command line and config
    const std::vector<sys::Outcome>& steps;
    const NetworkSetup* network = nullptr;
    const Supervisor* payload = nullptr;
    unsigned processes_started = 0;  // by nlinit, the payload's starts included
};

// Times are milliseconds since the kernel started (CLOCK_BOOTTIME).
[[nodiscard]] std::string boot_report(const BootFacts& facts);

}  // namespace nlinit::app
