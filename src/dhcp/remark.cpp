// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/remark.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"

namespace nlinit::dhcp {
namespace {

struct OptionName {
    OptionCode code;
    std::string_view name;
};
constexpr OptionName kNames[] = {
    {OptionCode::subnet_mask, "subnet mask"},
    {OptionCode::router, "router"},
    {OptionCode::name_server, "DNS servers"},
    {OptionCode::host_name, "host name"},
    {OptionCode::domain_name, "domain name"},
    {OptionCode::interface_mtu, "MTU"},
    {OptionCode::broadcast_address, "broadcast address"},
    {OptionCode::static_route, "static routes"},
    {OptionCode::ntp_server, "NTP servers"},
    {OptionCode::lease_time, "lease time"},
    {OptionCode::server_identifier, "server identifier"},
    {OptionCode::renewal_time, "T1"},
    {OptionCode::rebinding_time, "T2"},
    {OptionCode::ipv6_only_preferred, "IPv6-only"},
    {OptionCode::captive_portal, "captive portal"},
    {OptionCode::domain_search, "domain search"},
    {OptionCode::classless_static_route, "classless routes"},
    {OptionCode::ms_classless_static_route, "Microsoft's classless routes"},
};

}  // namespace

std::string named(OptionCode code) {
    std::string text = "DHCP option " + std::to_string(static_cast<unsigned>(code));
    const auto* known = std::ranges::find(kNames, code, &OptionName::code);
    if (known != std::end(kNames)) append(text, {" (", known->name, ")"});
    return text;
}

void remark(Remarks& remarks, OptionCode code, std::string_view what) {
    append(remarks, {named(code), " ", what});
}

void remark(Remarks& remarks, OptionCode code, std::initializer_list<std::string_view> what) {
    append(remarks, {named(code), " "});
    append(remarks.back(), what);
}

std::string bytes_in_words(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

}  // namespace nlinit::dhcp
