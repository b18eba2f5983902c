// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/value_syntax.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/net/domain_name.hpp"
#include "nlinit/net/primary_interface.hpp"

namespace nlinit::config {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMaxDuration = std::chrono::hours(24);
constexpr std::size_t kMaxHostname = 64;  // HOST_NAME_MAX of limits.h
constexpr std::size_t kMaxPattern = 63;   // of a name with wildcards
constexpr std::size_t kMaxSysctl = 253;
constexpr std::size_t kMaxModuleName = 55;     // MODULE_NAME_LEN of linux/module.h, on 64 bits
constexpr std::size_t kMaxInterfaceName = 15;  // IFNAMSIZ of linux/if.h, less the final NUL
constexpr std::size_t kMaxOptionText = 254;    // of 255, RFC 2132 2; one byte may say what kind of text it is
constexpr std::size_t kMaxAccount = 256;       // LOGIN_NAME_MAX of limits.h

struct Unit {
    std::string_view name;
    milliseconds length;
};
constexpr std::array<Unit, 3> kUnits{
    {{"ms", milliseconds(1)}, {"s", std::chrono::seconds(1)}, {"min", std::chrono::minutes(1)}}};

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_character(char c) {
    return is_alphanumeric(c) || c == '-' || c == '_';
}

bool is_no_control(char c) {
    return !is_control(c);
}

// "01:aa:bb": two pairs at least, or it is a word.
std::optional<std::vector<std::uint8_t>> hex_pairs(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    if (text.size() % 3 != 2) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const auto byte = parse_hex_byte(text.substr(i, 2));
        if (!byte || (i > 0 && text[i - 1] != ':')) return std::nullopt;
        bytes.push_back(*byte);
    }
    return bytes.size() >= 2 && bytes.size() <= kMaxOptionText + 1 ? std::optional(bytes) : std::nullopt;
}

template <class Character>
std::optional<std::string> text_of(std::string_view text, std::size_t max_size, Character allowed) {
    if (text.empty() || text.size() > max_size || !std::ranges::all_of(text, allowed)) return std::nullopt;
    return std::string(text);
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = parse_number<std::uint32_t>(text.substr(0, digits));
    const auto unit = std::ranges::find(kUnits, text.substr(digits), &Unit::name);
    if (!count || unit == kUnits.end() || *count > kMaxDuration / unit->length) return std::nullopt;
    return *count * unit->length;
}

std::string duration_text(milliseconds duration) {
    const auto fits = [&](const Unit& unit) { return duration % unit.length == milliseconds(0); };
    const auto unit = std::find_if(kUnits.rbegin(), kUnits.rend() - 1, fits);
    // Nothing is "0s" and not "0min".
    if (duration == milliseconds(0)) return "0s";
    return std::to_string(duration / unit->length).append(unit->name);
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
    constexpr std::uint32_t kMaxMode = 07777;
    std::uint32_t mode = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (fault != std::errc{} || end != text.data() + text.size() || mode > kMaxMode) return std::nullopt;
    return mode;
}

std::string mode_text(std::uint32_t mode) {
    std::string digits;
    for (int shift = 9; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7));
    return digits;
}

std::optional<std::uint32_t> parse_umask(std::string_view text) {
    const auto mode = parse_mode(text);
    return mode && *mode <= kMaxUmask ? mode : std::nullopt;
}

std::optional<std::string> parse_hostname(std::string_view text) {
    return parse_domain_name(text, kMaxHostname);
}

std::optional<std::string> parse_domain(std::string_view text) {
    return parse_domain_name(text.substr(text.starts_with('.') ? 1 : 0));  // ".example.org" is meant so
}

std::optional<std::string> parse_module(std::string_view text) {
    if (!text_of(first_field(text, ' '), kMaxModuleName, is_name_character)) return std::nullopt;
    return parse_plain_text(text);
}

std::optional<std::string> parse_interface_match(std::string_view text) {
    if (const auto mac = MacAddress::parse(text)) return mac->to_string();
    if (text == "." || text == "..") return std::nullopt;
    // dev_valid_name() of the kernel refuses '/', ':' and white space.
    const auto allowed = [](char c) {
        return is_alphanumeric(c) || std::string_view("-_.@*?[]!").find(c) != std::string_view::npos;
    };
    return text_of(text, is_glob(text) ? kMaxPattern : kMaxInterfaceName, allowed);
}

std::optional<MacAddress> parse_station(std::string_view text) {
    const auto mac = MacAddress::parse(text);
    const bool is_of_group = mac && (mac->octets()[0] & 1) != 0;
    return is_of_group || mac == MacAddress() ? std::nullopt : mac;
}

std::optional<std::string> parse_sysctl_key(std::string_view text) {
    bool at_start = true;
    auto name = text.substr(text.starts_with('-') ? 1 : 0);
    for (const std::string_view prefix : {"/proc/sys/", "/"})
        name.remove_prefix(name.starts_with(prefix) ? prefix.size() : 0);
    for (const char c : name) {
        const bool separator = c == '.' || c == '/';
        const bool in_name = is_name_character(c) || std::string_view("@*?[]!+:,%~").find(c) != std::string_view::npos;
        if (separator ? at_start : !in_name) return std::nullopt;
        at_start = separator;
    }
    if (at_start || text.size() > kMaxSysctl) return std::nullopt;
    std::string key(text.starts_with('-') ? "-" : "");
    const auto separator = name.find_first_of("./");
    const bool is_path = separator != std::string_view::npos && name[separator] == '/';
    for (const char c : name) key += !is_path ? c : c == '/' ? '.' : c == '.' ? '/' : c;
    return key;
}

std::optional<std::string> parse_account(std::string_view text) {
    constexpr auto kIsName = [](char c) { return is_name_character(c) || c == '.' || c == '$' || c == '@'; };
    if (text.starts_with('-')) return std::nullopt;
    return text_of(text, kMaxAccount, kIsName);
}

std::optional<std::string> parse_user(std::string_view text) {
    const auto parts = split_pair(text, ':');
    if (!parse_account(parts ? parts->first : text) || (parts && !parse_account(parts->second))) return std::nullopt;
    return std::string(text);
}

std::optional<std::string> parse_type(std::string_view text) {
    if (text == "auto") return std::string();
    return parse_plain_text(text);
}

std::optional<std::string> parse_device(std::string_view text) {
    auto path = absolute_path(text);
    return path && is_below(*path, "/dev") ? path : std::nullopt;
}

// SIGRTMIN and SIGRTMAX are those of a program: the C library keeps the first real-time signals for itself.
std::optional<int> parse_signal(std::string_view written) {
    // signal(7): other names of signals, of which sigabbrev_np(3) knows one.
    constexpr std::array<std::pair<std::string_view, int>, 3> kOtherNames{
        {{"CLD", SIGCHLD}, {"IO", SIGIO}, {"IOT", SIGABRT}}};
    if (const auto number = parse_number<std::uint8_t>(written))
        return *number > 0 && *number <= SIGRTMAX ? std::optional<int>(*number) : std::nullopt;
    std::string capitals(written);
    for (char& c : capitals) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    std::string_view text = capitals;
    if (text.starts_with("SIG")) text.remove_prefix(3);
    const bool from_start = text.starts_with("RTMIN");
    if (from_start || text.starts_with("RTMAX")) {
        text.remove_prefix(5);
        if (text.empty()) return from_start ? SIGRTMIN : SIGRTMAX;
        const auto distance = parse_number<std::uint8_t>(text.substr(1));
        if (text.front() != (from_start ? '+' : '-') || !distance || *distance > SIGRTMAX - SIGRTMIN)
            return std::nullopt;
        return from_start ? SIGRTMIN + *distance : SIGRTMAX - *distance;
    }
    for (const auto& [name, number] : kOtherNames) {
        if (text == name) return number;
    }
    for (int number = 1; number < SIGRTMIN; ++number) {
        const char* name = ::sigabbrev_np(number);
        if (name != nullptr && text == name) return number;
    }
    return std::nullopt;
}

std::string signal_name(int number) {
    if (const char* name = ::sigabbrev_np(number)) return std::string("SIG") + name;
    return number < SIGRTMIN ? std::to_string(number) : "SIGRTMIN+" + std::to_string(number - SIGRTMIN);
}

bool is_variable_name(std::string_view name) noexcept {
    return !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string_view::npos;
}

std::optional<std::vector<std::uint8_t>> parse_client_id(std::string_view text) {
    if (text.empty() || text.size() > kMaxOptionText * 3) return std::nullopt;
    if (text == "none") return std::vector<std::uint8_t>{};
    if (auto bytes = hex_pairs(text)) return bytes;
    const auto plain = parse_option_text(text);
    if (!plain) return std::nullopt;
    std::vector<std::uint8_t> identifier{0};
    identifier.insert(identifier.end(), plain->begin(), plain->end());
    return identifier;
}

std::optional<std::string> parse_option_text(std::string_view text) {
    return text_of(text, kMaxOptionText, is_no_control);
}

std::optional<std::uint8_t> parse_option_code(std::string_view text) {
    const auto code = parse_number<std::uint8_t>(text);
    return code && *code >= kFirstOptionCode && *code <= kLastOptionCode ? code : std::nullopt;
}

std::optional<IpAddress> parse_host_address(std::string_view text) {
    const auto address = IpAddress::parse(text);
    return address && address->is_host() ? address : std::nullopt;
}

std::optional<Ipv4Address> parse_ipv4_host(std::string_view text) {
    const auto address = Ipv4Address::parse(text);
    return address && address->is_host() ? address : std::nullopt;
}

std::optional<InterfaceAddress> parse_interface_address(std::string_view text) {
    const auto parts = split_pair(text, '/');
    if (!parts) return std::nullopt;
    const auto local = parse_host_address(parts->first);
    const auto length = parse_number<std::uint8_t>(parts->second);
    if (!local || !length || *length == 0 || *length > bits_of(local->family())) return std::nullopt;
    auto address = interface_address(*local, *length);
    if (is_edge_of_network(address)) return std::nullopt;
    return address;
}

bool is_edge_of_network(const InterfaceAddress& address) noexcept {
    return address.broadcast && (address.local == address.prefix().network() || address.local == *address.broadcast);
}

std::string fault_of_gateway(const IpAddress& gateway, const std::vector<InterfaceAddress>& addresses) {
    for (const auto& own : addresses) {
        const auto prefix = own.prefix();
        if (prefix.contains(gateway) && is_edge_of_network(interface_address(gateway, own.prefix_length)))
            return concat({"the gateway ", gateway.to_string(), " is the network or broadcast address of ",
                           prefix.to_string(), ", and no host's"});
    }
    return {};
}

std::optional<Prefix> parse_part_of_everything(std::string_view text) {
    const auto network = Prefix::parse(text);
    return network && network->length() > 1 ? network : std::nullopt;
}

InterfaceAddress interface_address(const IpAddress& local, std::uint8_t prefix_length) {
    InterfaceAddress address{.local = local, .prefix_length = prefix_length};
    const auto ipv4 = local.ipv4();
    if (ipv4 && Prefix(*ipv4, prefix_length).has_broadcast())
        address.broadcast = Prefix(*ipv4, prefix_length).broadcast();
    return address;
}

}  // namespace nlinit::config
