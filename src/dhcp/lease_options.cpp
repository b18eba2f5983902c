// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease_options.hpp"

#include <string>

#include "nlinit/dhcp/lease_names.hpp"
#include "nlinit/dhcp/lease_routes.hpp"

namespace nlinit::dhcp {
namespace {

constexpr std::uint16_t kSmallestMtu = 576;
constexpr std::size_t kAddressSize = 4;

}  // namespace

std::optional<std::uint32_t> number_in(const Options& options, OptionCode code, std::size_t size, Remarks& remarks) {
    const auto value = options.find(code);
    if (!value) return std::nullopt;
    if (value->size() != size)
        remark(remarks, code,
               {"has ", bytes_in_words(value->size()), ", not ", std::to_string(size),
                (value->size() < size ? ": it is ignored" : ": those behind them are ignored")});
    if (size == sizeof(std::uint32_t)) return options.u32(code);
    return options.u16(code);
}

std::optional<Ipv4Address> address_in(const Options& options, OptionCode code, Remarks& remarks) {
    const auto number = number_in(options, code, kAddressSize, remarks);
    if (!number) return std::nullopt;
    return Ipv4Address::from_integer(*number);
}

// The whole entries of a list. Other clients take these too, whatever is behind them.
ByteView whole_entries(const Options& options, OptionCode code, std::size_t size, Remarks& remarks) {
    const auto value = options.find(code);
    if (!value) return {};
    const auto rest = value->size() % size;
    if (value->empty()) remark(remarks, code, "is empty: it is ignored");
    if (rest != 0)
        remark(remarks, code,
               {"has ", bytes_in_words(value->size()), ", not a multiple of ", std::to_string(size),
                (value->size() < size
                     ? ": it is ignored"
                     : ": the last " + bytes_in_words(rest) + (rest == 1 ? " is" : " are") + " ignored")});
    return value->first(value->size() - rest);
}

std::vector<Ipv4Address> hosts_in(const Options& options, OptionCode code, Remarks& remarks) {
    std::vector<Ipv4Address> hosts;
    std::optional<Ipv4Address> no_host;
    std::size_t too_many = 0;
    ByteReader in(whole_entries(options, code, kAddressSize, remarks));
    while (!in.at_end()) {
        const auto address = Ipv4Address::from_integer(in.u32());
        if (!address.is_host()) {
            no_host = no_host.value_or(address);
        } else if (hosts.size() == kMaxServers) {
            ++too_many;
        } else {
            hosts.push_back(address);
        }
    }
    if (no_host) remark(remarks, code, {"names ", no_host->to_string(), ", which no host can have: left out"});
    if (too_many > 0)
        remark(remarks, code,
               {"names ", std::to_string(hosts.size() + too_many), " hosts: only the first ",
                std::to_string(hosts.size()), " are taken"});
    return hosts;
}

std::optional<std::uint16_t> mtu_in(const Options& options, Remarks& remarks) {
    constexpr auto kCode = OptionCode::interface_mtu;
    const auto mtu = number_in(options, kCode, sizeof(std::uint16_t), remarks);
    if (!mtu) return std::nullopt;
    if (*mtu < kSmallestMtu) {
        remark(remarks, kCode, {"is ", std::to_string(*mtu), ", less than the 576 of RFC 791: it is ignored"});
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(*mtu);
}

bool is_of_use(const Options& options, OptionCode code) {
    Remarks unsaid;
    switch (code) {
        case OptionCode::subnet_mask:
        case OptionCode::broadcast_address:
            return options.address(code).has_value();
        case OptionCode::router:
        case OptionCode::name_server:
        case OptionCode::ntp_server:
            return !hosts_in(options, code, unsaid).empty();
        case OptionCode::static_route:
            return !static_routes_in(options, unsaid).empty();
        case OptionCode::classless_static_route:
        case OptionCode::ms_classless_static_route: {
            const auto routes = classless_routes_in(options, code, unsaid);
            return routes && !routes->empty();
        }
        case OptionCode::host_name:
            return !host_name_in(options, unsaid).empty();
        case OptionCode::domain_name:
            return !domain_names_in(options, unsaid).empty();
        case OptionCode::domain_search:
            return !search_domains_in(options, unsaid).empty();
        case OptionCode::interface_mtu:
            return mtu_in(options, unsaid).has_value();
        default: {
            const auto value = options.find(code);
            return value && !value->empty();
        }
    }
}

}  // namespace nlinit::dhcp
