// SPDX-License-Identifier: Apache-2.0
// A report of a boot as nlinit writes it, with what can go wrong in it.
#pragma once

#include <string>

#include "nlinit/record/boot_record.hpp"

namespace nlinit::record::test {

inline std::string recorded_json() {
    return R"({
  "nlinit": "0.1.0",
  "boot": {"kernel_ms": 1000.0, "network_ms": 1120.5, "payload_ms": 1130.25, "end_ms": 2000.0, "end": "poweroff"},
  "profile": "arcbox",
  "config_file": "/etc/nlinit.toml",
  "warnings": ["nlinit.colour: there is no such parameter"],
  "phases": [
    {"phase": "early mounts", "start_ms": 1000.1, "end_ms": 1010.0},
    {"phase": "plan", "start_ms": 1010.0, "end_ms": 1125.0}
  ],
  "steps": [
    {"step": "mount /proc", "phase": "early mounts", "start_ms": 1000.2, "end_ms": 1002.6, "outcome": "done"},
    {"step": "mount users on /Users", "phase": "plan", "start_ms": 1020.0, "end_ms": 1020.1,
     "outcome": "skipped", "error": "no device has this tag: Invalid argument"},
    {"step": "mount disk on /data", "phase": "plan", "start_ms": 1040.0, "end_ms": 1100.0,
     "outcome": "failed, and required", "error": "mount ext4 /dev/vdb on /data: No such device"}
  ],
  "network": {"configured": true, "interfaces": [{
    "interface": "eth0", "mac": "52:54:00:12:34:56", "mtu": 1500, "carrier": true, "progress": "configured",
    "summary": "eth0: 10.0.2.15/24, default via 10.0.2.2", "name_servers": ["10.0.2.3", "10.0.2.4"],
    "dhcp": {"packets": [
        {"ms": 1015.0, "direction": "sent", "type": "DISCOVER", "peer": "255.255.255.255"},
        {"ms": 1050.0, "direction": "received", "type": "OFFER", "peer": "10.0.2.2"},
        {"ms": 1050.5, "direction": "sent", "type": "REQUEST", "peer": "255.255.255.255"},
        {"ms": 1110.0, "direction": "received", "type": "ACK", "peer": "10.0.2.2"},
        {"ms": 9000.0, "direction": "sent", "type": "REQUEST", "peer": "10.0.2.2"}],
      "dropped": {"bad_udp_checksum": 3},
      "lease": {"server": "10.0.2.2", "seconds": 86400, "renew_after": 43200}},
    "timing_ms": {"appeared": 1012.0, "up": 1013.0, "carrier": 1014.0, "configured": 1120.5, "ipv6": 1130.0}}]},
  "payload": {"command": ["/sbin/agent", "--serve"], "starts": 2, "start_ms": 1500.0, "end_ms": 1900.0,
              "exit_status": 3}
})";
}

inline const BootRecord& recorded_boot() {
    static const auto record = *read_boot_record(recorded_json());
    return *record;
}

}  // namespace nlinit::record::test
