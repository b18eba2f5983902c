// SPDX-License-Identifier: Apache-2.0
// [network.dhcp] and [network.interface.dhcp]
#include <algorithm>

#include "nlinit/base/path.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

constexpr std::string_view kWantedServers = "the IPv4 address of a DHCP server, or a list of such";
constexpr std::string_view kWantedCodes = "a list of option numbers from 1 to 254";

std::optional<std::uint8_t> option_code(const TomlValue& value) {
    const auto* number = std::get_if<std::int64_t>(&value.content);
    if (number == nullptr || *number < kFirstOptionCode || *number > kLastOptionCode) return std::nullopt;
    return static_cast<std::uint8_t>(*number);
}

std::optional<std::string> text_or_nothing(std::string_view text) {
    return text.empty() ? std::string{} : parse_option_text(text);
}

void read_request(TableReader& table, std::vector<std::uint8_t>& request) {
    const auto* value = table.find("request");
    if (value == nullptr) return;
    const auto* list = std::get_if<TomlList>(&value->content);
    if (list == nullptr) {
        table.refuse("request", *value, kWantedCodes);
        return;
    }
    std::vector<std::uint8_t> codes;
    for (const auto& entry : *list) {
        if (const auto code = option_code(entry)) {
            codes.push_back(*code);
        } else {
            table.refuse("request", entry, kWantedCodes);
        }
    }
    if (list->empty() || !codes.empty()) request = std::move(codes);
}

std::optional<std::chrono::milliseconds> lease_duration(std::string_view text) {
    const auto duration = parse_duration(text);
    return duration && *duration >= std::chrono::seconds(1) ? duration : std::nullopt;
}

void read_fallback_lease(TableReader& table, std::optional<std::chrono::seconds>& fallback) {
    std::chrono::milliseconds duration{};
    if (!table.read("fallback_lease", duration, lease_duration, "a time such as \"10min\", from a second to a day"))
        return;
    fallback = std::chrono::duration_cast<std::chrono::seconds>(duration);
}

}  // namespace

void read_dhcp(TableReader& table, Dhcp& dhcp) {
    table.read("hostname", dhcp.hostname, parse_hostname,
               "a host name (no address) of at most 64 letters, digits, '-' and '.'");
    if (table.read("client_id", dhcp.client_id, parse_client_id,
                   "text, hexadecimal pairs with colons such as \"01:52:54:00:12:34:56\", or \"none\""))
        dhcp.send_client_id = !dhcp.client_id.empty();
    table.read("vendor_class", dhcp.vendor_class, text_or_nothing, "at most 254 printable characters");
    table.read("user_class", dhcp.user_class, parse_option_text, "1 to 254 printable characters");
    read_request(table, dhcp.request);
    table.read("lease_file", dhcp.lease_file, absolute_path, kWantedPath);
    table.read_list("allow", dhcp.allow, parse_ipv4_host, kWantedServers);
    table.read_list("deny", dhcp.deny, parse_ipv4_host, kWantedServers);
    table.read("start_delay", dhcp.start_delay, parse_duration, kWantedDuration);
    read_fallback_lease(table, dhcp.fallback_lease);
    table.read("acd", dhcp.conflict_detection, kConflictDetectionWords);
    table.read("rapid_commit", dhcp.rapid_commit);
    table.read("broadcast", dhcp.broadcast);
    table.read("release", dhcp.release);
    table.read("use_hostname", dhcp.use_hostname);
    table.read("ipv6_only", dhcp.ipv6_only);
    table.read("ms_routes", dhcp.ms_routes);
}

}  // namespace nlinit::config
