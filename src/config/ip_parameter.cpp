// SPDX-License-Identifier: Apache-2.0
// What the fields of ip= mean.
#include "ip_fields.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"

namespace nlinit::config {
namespace {

using std::string_view;

class IpReader {
  public:
    IpReader(string_view value, std::vector<std::string>& warnings)
        : value_(value), fields_(split_fields(value)), warnings_(warnings) {}

    IpParameter read() {
        // ip_auto_config_setup() of net/ipv4/ipconfig.c: an empty value turns configuration off.
        if (value_.empty()) {
            result_.off = true;
            result_.interface.method = Method::none;
        } else if (is_short()) {
            read_short();
        } else {
            read_long();
        }
        if (result_.off && result_.interface.mtu) warn("the MTU of an interface that is not configured is not used");
        if (result_.off && result_.interface.mac) warn("the MAC of an interface that is not configured is not used");
        return std::move(result_);
    }

  private:
    [[nodiscard]] string_view field(std::size_t index) const {
        return index < fields_.size() ? fields_[index] : string_view();
    }
    // A word alone, or a device and a word.
    [[nodiscard]] bool is_short() const {
        if (fields_.size() == 1) return !looks_like_address(field(0));
        const auto second = field(1);
        if (value_of_word(second, kAutoconfWords)) return true;
        return !second.empty() && !looks_like_address(field(0)) && !looks_like_address(second);
    }

    void warn(const std::string& what) { append(warnings_, {"ip=", in_quotes(value_), ": ", what}); }

    void read_short() {
        if (fields_.size() == 1) {
            read_autoconf(field(0));
            return;
        }
        read_device(field(0));
        read_autoconf(field(1));
        read_tail(2);
    }

    void read_long() {
        // An empty HOSTNAME that was left out with its colon: what follows stands one place too early.
        if (value_of_word(field(kDevice), kAutoconfWords) && !value_of_word(field(kAutoconf), kAutoconfWords)) {
            warn(in_quotes(field(kDevice)) +
                 " stands where the device does: is a field before it missing? HOSTNAME and DEVICE are not used, and "
                 "the primary interface is configured");
        } else {
            read_device(field(kDevice));
            read_hostname(field(kHostname));
        }
        read_client(field(kClient));
        read_autoconf(field(kAutoconf));
        read_server(field(kServer));
        read_gateway(field(kGateway));
        read_tail(kTail);
    }

    void read_device(string_view text) {
        if (text.empty()) return;
        auto match = parse_interface_match(text);
        if (match && (MacAddress::parse(text) || !is_address_and_no_name(text))) {
            result_.interface.match = *std::move(match);
        } else {
            warn(in_quotes(text) + " cannot be the name of an interface; the primary one is configured");
        }
    }

    // What follows the first dot is a NIS domain (nfsroot.rst), which nothing here uses.
    void read_hostname(string_view text) {
        const auto name = first_field(text, '.');
        const auto number = parse_number<std::uint8_t>(text);
        const bool is_mask = number && *number <= Prefix::kMaxLength && field(kNetmask).empty();
        const bool is_autoconf = field(kAutoconf).empty() && value_of_word(text, kAutoconfWords);
        if (text.empty()) return;
        if (is_address_and_no_name(text) || (is_mask && !field(kClient).empty())) {
            warn(in_quotes(text) + " stands where the host name does, and is none: is a field before it missing?");
        } else if (is_autoconf) {
            warn(in_quotes(text) + " stands where the host name does: the word for AUTOCONF is the seventh field");
        } else if (auto hostname = parse_hostname(name)) {
            result_.hostname = *std::move(hostname);
        } else {
            warn(in_quotes(name) + " is not a host name");
        }
    }

    // 0.0.0.0 and :: stand for an empty field, as in the kernel. An address of IPv6 stands in brackets.
    std::optional<IpAddress> host(string_view text, const char* what) {
        const auto bare = without_brackets(text);
        const auto address = IpAddress::parse(bare);
        const bool in_brackets = bare.size() < text.size();
        if (text.empty() || (address && address->is_unspecified())) return std::nullopt;
        if (address && address->is_host() && in_brackets == (address->family() == Family::kIpv6)) return address;
        warn(concat({in_quotes(text), " is not an address of a ", what}));
        return std::nullopt;
    }

    // ADDRESS, ADDRESS/24, [ADDRESS]/64 or [ADDRESS/64].
    void read_client(string_view text) {
        const auto bracket = text.find(']');
        const bool inside = text.starts_with('[') && text.find('/') < bracket;
        const auto slash = text.find('/');
        std::string address(text.substr(0, slash));
        if (inside) address += ']';
        const auto length_text = slash == string_view::npos ? string_view()
                                 : inside                   ? text.substr(slash + 1, bracket - slash - 1)
                                                            : text.substr(slash + 1);
        const auto local = host(address, "host");
        const auto mask = field(kNetmask);
        if (!local && !mask.empty()) warn("a netmask without an address is not used");
        if (!local) return;
        result_.family = local->family();
        if (!mask.empty() && slash != string_view::npos)
            warn(concat({"of the two netmasks ", in_quotes(mask), " is used, not ", in_quotes(text.substr(slash))}));
        const auto length = prefix_length(mask.empty() && !length_text.empty() ? length_text : mask, local->family());
        const auto made = interface_address(*local, length);
        if (is_edge_of_network(made))
            warn(concat({local->to_string(), " is the network or broadcast address of ", made.prefix().to_string(),
                         ", and no host's; it is used as it is"}));
        result_.interface.addresses.push_back(made);
    }

    // The kernel would guess a missing mask by class: 10.0.2.15 would get a network of 16 million hosts. Without a
    // guess the host is alone, and what it reaches it reaches through its gateway.
    std::uint8_t prefix_length(string_view text, Family family) {
        const auto mask = family == Family::kIpv4 ? Ipv4Address::parse(text) : std::nullopt;
        const auto length = mask ? prefix_length_of_mask(*mask) : parse_number<std::uint8_t>(text);
        const auto longest = bits_of(family);
        if (length && *length > 0 && *length <= longest) return *length;
        warn(concat({(text.empty() ? "the netmask is missing" : in_quotes(text) + " is not a netmask"),
                     "; the address gets /", std::to_string(longest), ", and the gateway a route of its own"}));
        return longest;
    }

    // A client address is used as it is, whatever the word: the kernel too asks only for what is missing.
    void read_autoconf(string_view text) {
        const auto word = first_field(text, ',');  // dhcp,TYPE,VALUE of the kernel
        const bool has_address = !result_.interface.addresses.empty();
        const auto autoconf = value_of_word(word, kAutoconfWords);
        if (word == "ibft") {
            warn("ibft is not supported: nlinit does not read the firmware's table, and " +
                 std::string(has_address ? "the address is used" : "DHCP is used"));
        } else if (!text.empty() && !autoconf) {
            warn(concat(
                {"unknown autoconf ", in_quotes(text), (has_address ? ", the address is used" : ", DHCP is used")}));
        } else if (word.size() < text.size()) {
            warn("the client identifier is not used");
        } else if (has_address && autoconf && *autoconf != Autoconf::off && word != "on" && word != "any") {
            warn("the address is used, not " + std::string(word == "dhcp" ? "DHCP" : word));
        }
        if (has_address) {
            use_address();
        } else if (autoconf == Autoconf::off) {
            result_.interface.method = Method::none;
            result_.off = true;
            if (word == "static") warn("static without an address: the interface is left as it is");
        } else if (autoconf && *autoconf != Autoconf::dhcp) {
            use_ipv6_alone(*autoconf, word);
        }
    }

    // One of IPv6 says nothing of IPv4.
    void use_address() {
        auto& interface = result_.interface;
        interface.method = result_.family == Family::kIpv4 ? Method::fixed : Method::none;
        if (result_.family == Family::kIpv6) interface.ipv6 = Ipv6::fixed;
    }

    void use_ipv6_alone(Autoconf autoconf, string_view word) {
        result_.family = Family::kIpv6;
        result_.interface.method = Method::none;
        result_.interface.ipv6 = autoconf == Autoconf::link_local ? Ipv6::fixed : Ipv6::automatic;
        result_.interface.ipv6_required = autoconf != Autoconf::link_local;
        result_.interface.asks_dhcp6 = autoconf == Autoconf::dhcp6;
        if (word == "link-local") warn("link-local: of IPv6 alone; nlinit gives no address of 169.254.0.0/16");
    }

    // The kernel's NFS server, which nobody here mounts. Of an address that is alone in its network it is dracut's
    // peer: the other end of the link, with a route of its own.
    void read_server(string_view text) {
        const auto peer = host(text, "server or peer");
        if (!peer || result_.interface.addresses.empty()) return;
        const auto& address = result_.interface.addresses.front();
        const bool behind_gateway = field(kNetmask).empty() && !field(kGateway).empty();
        const auto longest = bits_of(result_.family);
        if (address.prefix_length < longest || behind_gateway || *peer == address.local) return;
        if (peer->family() == result_.family) {
            result_.interface.routes.push_back({.destination = {*peer, longest}});
        } else {
            warn(in_quotes(text) + " is of another family than the address, and not used");
        }
    }

    void read_gateway(string_view text) {
        const auto gateway = host(text, "gateway");
        if (!gateway) return;
        const auto fault = fault_of_gateway(*gateway, result_.interface.addresses);
        if (!fault.empty()) return warn(fault + "; it is left out");
        if (result_.interface.has_address_of(gateway->family())) {
            result_.interface.gateways = {*gateway};
        } else if (result_.interface.addresses.empty()) {
            warn("a gateway without an address is not used");
        } else {
            warn(in_quotes(text) + " is of another family than the address, and not used");
        }
    }

    // Told apart by shape: an integer is dracut's MTU, six pairs of hexadecimal digits its MAC, addresses are the
    // kernel's name servers.
    void read_tail(std::size_t first) {
        const auto mtu = parse_number<std::uint16_t>(field(first));
        const bool without_mtu = MacAddress::parse(field(first)).has_value();
        const auto mac_text = field(without_mtu ? first : first + 1);
        const auto mac = MacAddress::parse(mac_text);
        if (mtu && *mtu >= kMinMtu) result_.interface.mtu = mtu;
        result_.interface.mac = parse_station(mac_text);
        if (mac && !result_.interface.mac)
            warn(in_quotes(mac_text) + " is no host's MAC address; the NIC keeps its own");
        if (mtu && *mtu < kMinMtu) warn(in_quotes(field(first)) + " is too small an MTU");
        if (mac && !mtu && !without_mtu && !field(first).empty()) warn(in_quotes(field(first)) + " is not an MTU");
        if (mac && fields_.size() > first + 2) warn("more fields than there are meanings for");
        if (mac) return;
        if (!mtu) read_name_server(field(first));
        read_name_server(field(first + 1));
        read_ntp_server(field(first + 2));
        if (fields_.size() > first + 3) warn("more fields than there are meanings for");
    }

    void read_name_server(string_view text) {
        if (text.empty() || text == "0.0.0.0") return;
        if (const auto server = NameServer::parse(without_brackets(text))) {
            result_.name_servers.push_back(*server);
        } else {
            warn(in_quotes(text) + " is neither an MTU, a MAC nor a name server's address");
        }
    }

    void read_ntp_server(string_view text) {
        if (!host(text, "time server")) return;
        warn(concat({"the time server ", in_quotes(text), " is not used: nlinit asks nobody for the time"}));
    }

    string_view value_;
    std::vector<string_view> fields_;
    std::vector<std::string>& warnings_;
    IpParameter result_;
};

}  // namespace

IpParameter parse_ip_parameter(std::string_view value, std::vector<std::string>& warnings) {
    return IpReader(value, warnings).read();
}

}  // namespace nlinit::config
