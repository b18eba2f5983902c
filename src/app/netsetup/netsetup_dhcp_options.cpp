// SPDX-License-Identifier: Apache-2.0
// What netsetup may be told of its DHCP client.
#include <algorithm>

#include "netsetup_option_rows.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"

namespace nlinit::app {
namespace {

template <bool config::Dhcp::*member, bool value = true>
void set_flag(NetsetupOptions& options) {
    options.dhcp.common.*member = value;
}

constexpr FlagRow kDhcpFlags[] = {
    {"release", set_flag<&config::Dhcp::release>},
    {"no-rapid-commit", set_flag<&config::Dhcp::rapid_commit, false>},
    {"broadcast", set_flag<&config::Dhcp::broadcast>},
    {"set-hostname", set_flag<&config::Dhcp::use_hostname>},
    {"ipv6-only", set_flag<&config::Dhcp::ipv6_only>},
    {"ms-routes", set_flag<&config::Dhcp::ms_routes>},
};

bool set_fallback_lease(std::string_view value, NetsetupOptions& options) {
    const auto duration = config::parse_duration(value);
    if (!duration || *duration < std::chrono::seconds(1)) return false;
    options.dhcp.common.fallback_lease = std::chrono::duration_cast<std::chrono::seconds>(*duration);
    return true;
}

constexpr ValueRow kDhcpValues[] = {
    {"hostname", "want a name of letters, digits, hyphens and dots, and no address",
     [](std::string_view value, NetsetupOptions& options) {
         return set(config::parse_hostname(value), options.dhcp.common.hostname);
     }},
    {"client-id", "want 1 to 254 characters of text, hexadecimal pairs such as 01:52:54:00:12:34:56, or none",
     [](std::string_view value, NetsetupOptions& options) {
         auto& dhcp = options.dhcp.common;
         if (!set(config::parse_client_id(value), dhcp.client_id)) return false;
         dhcp.send_client_id = !dhcp.client_id.empty();
         return true;
     }},
    {"vendor-class", "want at most 254 characters of text, none for no option 60",
     [](std::string_view value, NetsetupOptions& options) {
         if (value.empty()) options.dhcp.common.vendor_class.clear();
         return value.empty() || set(config::parse_option_text(value), options.dhcp.common.vendor_class);
     }},
    {"user-class", "want 1 to 254 characters of text",
     [](std::string_view value, NetsetupOptions& options) {
         return set(config::parse_option_text(value), options.dhcp.common.user_class);
     }},
    {"request", "want option numbers from 1 to 254, with commas between them",
     [](std::string_view value, NetsetupOptions& options) {
         return add_each(value, config::parse_option_code, options.dhcp.common.request);
     }},
    {"lease-file", "want a path",
     [](std::string_view value, NetsetupOptions& options) { return set_path(value, options.dhcp.common.lease_file); }},
    {"allow-server", "want IPv4 addresses of DHCP servers, with commas between them",
     [](std::string_view value, NetsetupOptions& options) {
         return add_each(value, config::parse_ipv4_host, options.dhcp.common.allow);
     }},
    {"deny-server", "want IPv4 addresses of DHCP servers, with commas between them",
     [](std::string_view value, NetsetupOptions& options) {
         return add_each(value, config::parse_ipv4_host, options.dhcp.common.deny);
     }},
    {"start-delay", "want a time such as 10s or 500ms, up to a day",
     [](std::string_view value, NetsetupOptions& options) {
         return set(config::parse_duration(value), options.dhcp.common.start_delay);
     }},
    {"fallback-lease", "want a time such as 10min, from 1s to a day", set_fallback_lease},
    {"acd", "want off, probe or optimistic",
     [](std::string_view value, NetsetupOptions& options) {
         return set(value_of_word(value, config::kConflictDetectionWords), options.dhcp.common.conflict_detection);
     }},
};

}  // namespace

std::span<const FlagRow> dhcp_flags() noexcept {
    return kDhcpFlags;
}

std::span<const ValueRow> dhcp_values() noexcept {
    return kDhcpValues;
}

}  // namespace nlinit::app
