// SPDX-License-Identifier: Apache-2.0
// The command line of `nlinit netsetup`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/network/interface_setup.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/config/config.hpp"

namespace nlinit::app {

struct NetsetupOptions {
    config::Interface interface;
    DhcpSettings dhcp;
    std::chrono::milliseconds timeout{6000};
    std::string netns;                 // a name below /run/netns, or a path; empty: the caller's
    std::string resolv_conf;           // empty: not written
    std::string pcap;                  // empty: no capture file
    std::vector<NameServer> dns;       // in place of the lease's; empty: those
    std::vector<std::string> search;   // the same
    std::vector<std::string> remarks;  // on options that change nothing beside the others
    bool keep = false, json = false, dry_run = false, verbose = false, help = false;
};

// arguments[0] is the program's name. An error is one sentence that names the option.
[[nodiscard]] Result<NetsetupOptions> parse_netsetup_options(int argc, char* const* arguments);
// Whether --json is among them, for when they are wrong.
[[nodiscard]] bool asks_for_json(int argc, char* const* arguments);
[[nodiscard]] std::string netsetup_help();
[[nodiscard]] std::vector<std::string> netsetup_option_names();  // "--keep"

}  // namespace nlinit::app
