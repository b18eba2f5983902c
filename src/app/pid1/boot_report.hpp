// SPDX-License-Identifier: Apache-2.0
// /run/nlinit/boot.json: what the boot did, how long it took, and what has become of network and payload.
#pragma once

#include <string>
#include <vector>

#include "app/network/network_setup.hpp"
#include "app/pid1/boot_diary.hpp"
#include "app/pid1/supervisor.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/best_effort.hpp"

namespace nlinit::app {

inline constexpr const char* kReportPath = "/run/nlinit/boot.json";

struct BootFacts {
    const BootDiary& diary;
    const std::string& profile;
    const std::string& config_file;            // empty: there was none
    const std::vector<std::string>& warnings;  // what was asked for and did not come, each once
    const sys::BestEffort& steps;
    const NetworkSetup* network = nullptr;
    const Supervisor* payload = nullptr;
    unsigned processes_started = 0;  // by nlinit, the payload's starts included
};

// Times are milliseconds since the kernel started (CLOCK_BOOTTIME). Its size is limited: lists end and texts are cut,
// and what is left out is counted.
[[nodiscard]] std::string boot_report(const BootFacts& facts);

}  // namespace nlinit::app
