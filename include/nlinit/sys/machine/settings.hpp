// SPDX-License-Identifier: Apache-2.0
// Settings of the running kernel that are no files: host name, clock, resource limits.
#pragma once

#include <cstdint>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/rlimit.hpp"

namespace nlinit::sys {

[[nodiscard]] std::string hostname();  // empty when none was set
[[nodiscard]] Result<> set_hostname(const std::string& name);

// Sets CLOCK_REALTIME to `epoch`, in seconds since 1970, if it is before that: TLS fails in the past.
[[nodiscard]] Result<> set_clock_not_before(std::int64_t epoch);

// Raises soft and hard limit to the value; a limit that is higher stays. fs.nr_open is raised with nofile
// (getrlimit(2)).
[[nodiscard]] Result<> raise_rlimit(const Rlimit& limit);

// So many descriptors, or "unlimited" ones, may be the limit of a process then: fs.nr_open is raised for them, but in a
// container the machine's stays, and what it allows is the answer.
[[nodiscard]] Result<std::uint64_t> raise_nr_open(std::uint64_t wanted);

// Has the kernel end RCU grace periods in microseconds, by interrupting the other CPUs, and not in the 10 ms that
// mounting a cgroup, unmounting or closing a packet socket otherwise waits (/sys/kernel/rcu_expedited). The kernel does
// so itself until it runs init; a boot is not over by then. False when it was so already, as by
// rcupdate.rcu_expedited=1: then it is to stay.
[[nodiscard]] Result<bool> expedite_rcu();
[[nodiscard]] Result<> stop_expediting_rcu();

}  // namespace nlinit::sys
