// SPDX-License-Identifier: Apache-2.0
// One boot of a guest in namespaces, with a fault or without.
#pragma once

#include <csignal>
#include <map>
#include <string>

#include "tracer.hpp"

namespace nlinit::faults {

// What a boot is for, as its payload sees it: "mount /tmp" → "rw,nosuid,nodev".
using Effects = std::map<std::string, std::string>;

struct Outcome {
    Record record;
    int end = -1;  // the signal of reboot(2); -1: it still ran, 0: it exited
    std::string log;
    Effects effects;
};

// Whether it has said that reboot(2) does not end it.
[[nodiscard]] bool stays(const std::string& log);

enum class Scenario {
    boot,   // to the payload, which ends at once, and the machine with it
    after,  // the cable is pulled and the lease renewed while the payload runs; then SIGUSR2
};

// Learns what all guests need, once, in the process that forks theirs.
void prepare_guests();
// In a process and a folder of its own, to which it writes what became of it.
void run_guest(const std::string& program, Scenario scenario, const Fault& fault, const std::string& folder);
[[nodiscard]] Outcome read_outcome(const std::string& folder);

}  // namespace nlinit::faults
