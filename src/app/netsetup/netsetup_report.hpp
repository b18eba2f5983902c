// SPDX-License-Identifier: Apache-2.0
// What netsetup tells of its end: a sentence on standard error, and with --json an object on standard output. Its keys
// are in docs/json.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/netsetup/netsetup.hpp"
#include "app/netsetup/netsetup_options.hpp"
#include "app/network/interface_setup.hpp"
#include "nlinit/base/result.hpp"

namespace nlinit::app {

// Of --resolv-conf: what was written, or was to be.
struct ResolvConf {
    std::vector<NameServer> name_servers;
    std::vector<std::string> search_domains;
    bool written = false;
    std::string untouched;  // why there was nothing to write
    std::optional<Error> failure;
};

// EPERM and EACCES have a status of their own.
[[nodiscard]] ExitCode status_of(const Error& error, ExitCode otherwise) noexcept;

// " (there is lo, eth0)", to follow what is not there.
[[nodiscard]] std::string what_there_is(std::span<const std::string> names);

// An end before there was an interface to speak of. match: as the command line names it.
ExitCode fail(const Error& error, ExitCode otherwise, bool as_json, const std::string& match);

struct Outcome {
    std::string error;               // empty: none
    std::optional<ExitCode> status;  // none: the program goes on
};
void print_outcome(const NetsetupOptions& options, const InterfaceSetup& interface, const ResolvConf& resolv_conf,
                   const Outcome& outcome, TimePoint origin);

void print_dry_run(const NetsetupOptions& options, const Link& link);

}  // namespace nlinit::app
