// SPDX-License-Identifier: Apache-2.0
#include "dracut_network.hpp"

#include <algorithm>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/net/primary_interface.hpp"

namespace nlinit::config {
namespace {

using std::string_view;

constexpr string_view kPrimary = "primary";
constexpr string_view kBootDevice = "BOOTIF";  // in the device field of ip=
constexpr string_view kWantedSwitch = "1 or 0";
constexpr string_view kWantedSeconds = "seconds, from 1 up to a day";
constexpr std::size_t kMaxNames = 64;
constexpr std::uint16_t kMaxVlanId = 4094;  // IEEE 802.1Q: 0 and 4095 are reserved

// The part of an interface's name that no rule of the kernel's refuses (dev_valid_name()), and that is no pattern.
std::optional<std::string> parse_link_name(string_view text) {
    auto name = parse_interface_match(text);
    const bool is_name = name && text != kPrimary && text != kBootDevice && !MacAddress::parse(text) &&
                         !is_glob(text) && text.find_first_of("%:") == string_view::npos && text.size() < 16;
    return is_name ? name : std::nullopt;
}

// "01-52-54-00-12-34-56", the type of the hardware (arp-parameters) first, or without it.
std::optional<MacAddress> parse_boot_mac(string_view text) {
    constexpr std::size_t kTypeSize = 3;
    if (const auto mac = parse_station(text)) return mac;
    const bool has_type = text.size() > kTypeSize && text.find_first_of("-:") == kTypeSize - 1 &&
                          text.find_first_not_of("0123456789abcdefABCDEF") == kTypeSize - 1;
    return has_type ? parse_station(text.substr(kTypeSize)) : std::nullopt;
}

// vlan5, vlan0005, eth0.5, eth0.0005: the name says the number.
std::optional<std::uint16_t> vlan_id_of(string_view name) {
    constexpr string_view kPrefix = "vlan";
    const auto dot = name.rfind('.');
    string_view digits;
    if (dot != string_view::npos) {
        digits = name.substr(dot + 1);
    } else if (name.starts_with(kPrefix)) {
        digits = name.substr(kPrefix.size());
    }
    const auto id = parse_number<std::uint16_t>(digits);
    return id && *id > 0 && *id <= kMaxVlanId ? id : std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_seconds(string_view text) {
    const auto duration = parse_duration(std::string(text) + 's');
    return duration && duration->count() > 0 ? duration : std::nullopt;
}

// Whether another row of that name went.
template <class Row>
bool put_name(std::vector<Row>& rows, Row row) {
    const auto found = std::ranges::find(rows, row.name, &Row::name);
    if (found != rows.end()) {
        return std::exchange(*found, row) != row;
    }
    if (rows.size() < kMaxNames) rows.push_back(std::move(row));
    return false;
}

// The sources of a row are under its match.
void rename_row(Sources& sources, const std::string& from, const std::string& to) {
    const auto old_prefix = row_key("network.interface", from);
    Sources moved;
    for (const auto& [key, source] : sources) {
        if (key.starts_with(old_prefix))
            moved.emplace(row_key("network.interface", to) + key.substr(old_prefix.size()), source);
    }
    std::erase_if(sources, [&](const auto& entry) { return entry.first.starts_with(old_prefix); });
    sources.merge(moved);
}

// To the front comes the row of that interface, or else the primary one, which it then is. The first row has the
// lowest metric: its default route and its name servers count.
// Of a glob's links it becomes a row of its own, but where the glob is of one link alone, which it then is.
bool prefer(Network& network, const std::string& match, string_view parameter, Sources& sources) {
    auto& rows = network.interfaces;
    const auto source = source_of_parameter(parameter);
    const auto key = row_key("network.interface", match);
    const auto is_glob_of_it = [&](const Interface& row) {
        return kind_of(row.match) == MatchKind::glob && glob_matches(row.match, match);
    };
    auto row = std::ranges::find(rows, match, &Interface::match);
    if (row == rows.end()) {
        row = std::ranges::find_if(rows, is_glob_of_it);
        const bool is_one_of_many = row != rows.end() && !row->fits_one_link();
        if (row == rows.end()) row = std::ranges::find(rows, kPrimary, &Interface::match);
        if (row == rows.end()) return false;
        if (is_one_of_many) {
            row = rows.insert(row, Interface(*row));
        } else {
            rename_row(sources, row->match, match);
        }
        sources.insert_or_assign(key, source);
        row->match = match;
    }
    std::rotate(rows.begin(), row, row + 1);
    if (rows.front().metric != 0 && rows.size() > 1) {
        rows.front().metric = 0;  // the lowest
        sources.erase(key + ".metric");
    }
    return true;
}

}  // namespace

bool DracutNetwork::take(const KernelParameter& parameter, std::vector<std::string>& warnings) {
    const auto is_it = [&](string_view name) { return same_key(name, parameter.key); };
    const auto name = std::ranges::find_if(kDracutParameters, is_it);
    constexpr std::array<string_view, 9> kRefused{"bond",       "bridge",  "team",    "rd.znet", "rd.znet_ifname",
                                                  "rd.ethtool", "ib.pkey", "netroot", "nfsroot"};
    if (name == kDracutParameters.end()) {
        if (std::ranges::none_of(kRefused, is_it) && !parameter.key.starts_with("rd.net.")) return false;
        refuse(parameter, warnings);
        return true;
    }
    const bool is_switch = name->starts_with("rd.") && !name->starts_with("rd.net.");
    const std::string value = parameter.value.value_or(is_switch ? "1" : "");
    has_replaced_ = false;
    const auto wanted = lay(*name, value);
    if (has_replaced_) append(warnings, {*name, "=", in_quotes(value), ": of the two of that name this one counts"});
    if (!wanted.empty()) append(warnings, {*name, "=", in_quotes(value), " is wrong: it must be ", wanted});
    return true;
}

string_view DracutNetwork::lay(string_view name, string_view value) {
    const auto take_switch = [&](bool& target) -> string_view {
        const auto on = value_of_word(value, kSwitchWords);
        if (on) target = *on;
        return on ? string_view() : kWantedSwitch;
    };
    const auto take_seconds = [&](std::optional<std::chrono::milliseconds>& target) {
        const auto seconds = parse_seconds(value);
        if (seconds) target = seconds;
        return seconds ? string_view() : kWantedSeconds;
    };
    bool always = true;  // the network is brought up whatever rd.neednet= says
    if (name == "ifname") return add_name(value);
    if (name == "vlan") return add_vlan(value);
    if (name == "rd.bootif") return take_switch(use_boot_mac_);
    if (name == "rd.peerdns") return take_switch(peer_dns_);
    if (name == "rd.neednet") return take_switch(always);
    if (name == "rd.net.timeout.dhcp") return take_seconds(timeout_);
    if (name == "rd.net.timeout.iflink" || name == "carrier_timeout") {
        const auto wanted = take_seconds(link_timeout_);
        if (wanted.empty()) link_timeout_parameter_ = name;
        return wanted;
    }
    if (name == "BOOTIF") {
        const auto mac = parse_boot_mac(value);
        if (mac) boot_mac_ = mac;
        return mac ? string_view() : "a MAC address, such as 01-52-54-00-12-34-56 or 52:54:00:12:34:56";
    }
    if (name == "bootdev") {
        auto match = parse_interface_match(value);
        if (!match) return "the name of an interface";
        boot_device_ = *std::move(match);
        return {};
    }
    auto vendor_class = parse_option_text(value);
    if (!vendor_class) return "1 to 254 characters of text";
    vendor_class_ = std::move(vendor_class);
    vendor_class_parameter_ = name;
    return {};
}

string_view DracutNetwork::add_name(string_view value) {
    auto name = parse_link_name(take_field(value, ':'));
    const auto mac = parse_station(value);
    if (!name || !mac) return "NAME:MAC, the name of up to 15 characters";
    has_replaced_ = put_name(names_, LinkName{*std::move(name), *mac});
    return {};
}

string_view DracutNetwork::add_vlan(string_view value) {
    auto name = parse_link_name(take_field(value, ':'));
    auto parent = parse_link_name(value);
    if (!name || !parent) return "NAME:INTERFACE, such as vlan5:eth0 or eth0.5:eth0";
    const auto id = vlan_id_of(*name);
    if (!id)
        return "NAME:INTERFACE with a number from 1 to 4094 in the name, as in vlan5, vlan0005, eth0.5 or eth0.0005";
    has_replaced_ = put_name(vlans_, Vlan{*std::move(name), *std::move(parent), *id});
    return {};
}

void DracutNetwork::refuse(const KernelParameter& parameter, std::vector<std::string>& warnings) {
    if (refused_.size() >= kMaxNames || std::ranges::find(refused_, parameter.key) != refused_.end()) return;
    refused_.push_back(parameter.key);
    const auto said = parameter.value ? '=' + in_quotes(*parameter.value) : std::string();
    warnings.push_back(
        concat({printable(parameter.key, kMaxPrinted), said, " is not obeyed: nlinit has no such setting"}));
}

std::string DracutNetwork::device(std::string name, std::vector<std::string>& warnings) const {
    if (name != kBootDevice) return name;
    if (boot_mac_ && use_boot_mac_) return boot_mac_->to_string();
    warnings.push_back(std::string("the device BOOTIF is the primary interface here: ") +
                       (use_boot_mac_ ? "there is no BOOTIF= with a MAC address" : "rd.bootif=0 turns BOOTIF= off"));
    return std::string(kPrimary);
}

void DracutNetwork::finish(Network& network, Sources& sources, std::vector<std::string>& warnings) {
    if (!boot_device_.empty()) {
        const auto match = device(std::move(boot_device_), warnings);
        if (!prefer(network, match, "bootdev", sources))
            append(warnings, {"bootdev=", in_quotes(match), " is not used: no such interface is configured"});
    } else if (boot_mac_ && use_boot_mac_) {
        // Where all interfaces are named otherwise it says nothing new: PXELINUX puts it on every line.
        static_cast<void>(prefer(network, boot_mac_->to_string(), "BOOTIF", sources));
    }
    for (const auto& [name, mac] : names_) credit(sources, row_key("network.ifname", name), "ifname");
    for (const auto& vlan : vlans_) credit(sources, row_key("network.vlan", vlan.name), "vlan");
    if (timeout_) {
        network.timeout = *timeout_;
        credit(sources, "network.timeout", "rd.net.timeout.dhcp");
    }
    if (link_timeout_) {
        network.link_timeout = *link_timeout_;
        credit(sources, "network.link_timeout", link_timeout_parameter_);
    }
    if (vendor_class_) {
        // The settings of one interface are a copy of these.
        for (auto& interface : network.interfaces) {
            if (interface.dhcp) interface.dhcp->vendor_class = *vendor_class_;
        }
        network.dhcp.vendor_class = *std::move(vendor_class_);
        credit(sources, "network.dhcp.vendor_class", vendor_class_parameter_);
    }
    network.link_names = std::move(names_);
    network.vlans = std::move(vlans_);
}

}  // namespace nlinit::config
