// SPDX-License-Identifier: Apache-2.0
// The parts of parse_toml(), one function a section of the file.
#pragma once

#include "nlinit/config/config.hpp"
#include "nlinit/config/table_reader.hpp"

namespace nlinit::config {

inline constexpr std::string_view kWantedPath = "an absolute path without \"..\"";
inline constexpr std::string_view kWantedDuration = "a time such as \"6s\" or \"500ms\", up to a day";

void read_system(TableReader& table, System& system);
void read_payload(TableReader& table, Payload& payload);
void read_debug(TableReader& table, DebugShell& shell);
void read_root_section(TableReader& table, Root& root);
// [[binfmt]].
void read_binfmts(TableReader& root, std::vector<Binfmt>& binfmts);
// [[mount]], [[swap]], [[file]], [[directory]] and [[symlink]].
void read_rows(TableReader& root, Config& config);
void read_network(TableReader& table, Network& network);
// [network.dhcp] and [network.interface.dhcp].
void read_dhcp(TableReader& table, Dhcp& dhcp);

void read_shutdown(TableReader& table, Shutdown& shutdown);

// { "net.ipv4.ip_forward" = 1 }; keys without quotes, which TOML takes for tables in tables, mean the same.
void read_sysctls(TableReader& table, std::map<std::string, std::string>& sysctls);

}  // namespace nlinit::config
