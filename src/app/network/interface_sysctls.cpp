// SPDX-License-Identifier: Apache-2.0
#include "app/network/interface_sysctls.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/sysctl.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kYield = "ignore_routes_with_linkdown";
constexpr std::string_view kDisable = "disable_ipv6", kTakePrefixes = "accept_ra_pinfo";

// Slashes, so that a dot in an interface's name stays one (sysctl(8)).
Result<> write_sysctl(const Link& link, std::string_view family, std::string_view key, std::string_view value) {
    return sys::write_sysctl(concat({std::string("net/").append(family), "/conf/", (link.name + '/').append(key)}),
                             value);
}

void write_users_sysctl(const Link& link, std::string_view key, std::string_view value) {
    constexpr std::string_view kOfIpv6 = "ipv6.";
    const bool may_fail = key.starts_with('-');  // sysctl.d(5)
    key.remove_prefix(may_fail ? 1 : 0);
    const bool of_ipv6 = key.starts_with(kOfIpv6);
    key.remove_prefix(of_ipv6 ? kOfIpv6.size() : 0);
    const auto done = write_sysctl(link, of_ipv6 ? "ipv6" : "ipv4", key, value);
    if (!done.ok()) log::write(may_fail ? log::Level::debug : log::Level::error, "net", to_string(done.error()));
}

// ip-sysctl.rst. accept_ra=2: also where the guest forwards, as one with containers does. The kernel's first router
// solicitation waits up to a second by chance, and an address a second for an answer to its probe (RFC 4861 6.3.7, RFC
// 4862 5.4.2): what leaves at once is no crowd in a VM, and RFC 4429 lets the address be used meanwhile.
struct Ipv6Sysctl {
    config::Ipv6 mode;
    std::string_view key, value;
    bool every_kernel_has_it = true;
};
constexpr std::array<Ipv6Sysctl, 6> kIpv6Sysctls{{{config::Ipv6::automatic, "accept_ra", "2"},
                                                  {config::Ipv6::automatic, "router_solicitation_delay", "0"},
                                                  {config::Ipv6::automatic, "optimistic_dad", "1", false},
                                                  {config::Ipv6::automatic, "use_optimistic", "1", false},
                                                  {config::Ipv6::fixed, "accept_ra", "0"},
                                                  {config::Ipv6::none, kDisable, "1"}}};

// By the user, and not by a default.
bool is_asked_for(const config::Interface& wanted) {
    return wanted.ipv6 != config::Ipv6::none && (wanted.ipv6 == config::Ipv6::fixed || wanted.ipv6_written ||
                                                 wanted.ipv6_required || wanted.has_address_of(Family::kIpv6));
}

// The kernel's is said once, whatever the number of interfaces.
Ipv6Lack tell_of_missing_ipv6(const config::Interface& wanted, const Link& link) {
    static bool said = false;
    const auto level = is_asked_for(wanted) ? log::Level::error : log::Level::info;
    if (!sys::exists("/proc/sys/net/ipv6")) {
        if (!std::exchange(said, true))
            log::write(level, "net", "this kernel has no IPv6: there is no /proc/sys/net/ipv6");
        return Ipv6Lack::kernel_support;
    }
    const bool is_narrow = link.mtu < kSmallestIpv6Mtu;
    log::write(level, "net",
               {link.name, " has no IPv6: ",
                (is_narrow ? "that takes an MTU of 1280 or more (RFC 8200 5), and it has " + std::to_string(link.mtu)
                           : "the kernel has none on such a link")});
    return Ipv6Lack::link_support;
}

// "0\n"; nothing: there is no such link in the kernel's IPv6.
std::optional<bool> is_disabled(const Link& link) {
    constexpr std::size_t kLongest = 16;
    const auto text = sys::read_file(concat({"/proc/sys/net/ipv6/conf/", link.name, "/", kDisable}), kLongest);
    if (!text.ok()) return std::nullopt;
    return !text->starts_with('0');
}

// An image's sysctls or the kernel's command line (ipv6.disable_ipv6=1) say it of all links, and a row of this one.
Ipv6Lack enable_ipv6(const config::Interface& wanted, const Link& link) {
    if (!is_asked_for(wanted)) {
        log::info("net",
                  {link.name, ": IPv6 is disabled there (sysctl disable_ipv6), and stays so: ipv6 = \"auto\" in ",
                   "its [[network.interface]] turns it on"});
        return Ipv6Lack::permission;
    }
    const auto done = write_sysctl(link, "ipv6", kDisable, "0");
    if (done.ok()) return Ipv6Lack::nothing;
    log::error("net", to_string(done.error()));
    return Ipv6Lack::permission;
}

// Of an interface that is no way out a router's word is taken for an address alone: neither a default route nor routes
// to prefixes of the router's choice (RFC 4191), of which two halves are a default route. Prefixes that are on the link
// are taken, until one is refused.
void obey_routers_of(const config::Interface& wanted, const Link& link) {
    if (wanted.ipv6 != config::Ipv6::automatic) return;
    const bool leads_out = wanted.default_route;
    for (const auto& [key, value] :
         {std::pair("accept_ra_defrtr", leads_out ? "1" : "0"), std::pair("accept_ra_rt_info_max_plen", "0")}) {
        const auto done = write_sysctl(link, "ipv6", key, value);
        if (done.ok() || done.error().code == ENOENT) continue;
        log::write(leads_out ? log::Level::debug : log::Level::error, "net", to_string(done.error()));
    }
    // Whatever was refused before, by this program or one that has ended.
    static_cast<void>(write_sysctl(link, "ipv6", kTakePrefixes, "1"));
}

Ipv6Lack find_ipv6(const config::Interface& wanted, const Link& link) {
    const bool is_unused = wanted.ipv6 == config::Ipv6::none ||
                           (wanted.ipv6 == config::Ipv6::untouched && !wanted.has_address_of(Family::kIpv6));
    if (is_unused) return Ipv6Lack::nothing;
    const auto disabled = is_disabled(link);
    if (!disabled) return tell_of_missing_ipv6(wanted, link);
    return *disabled ? enable_ipv6(wanted, link) : Ipv6Lack::nothing;
}

void prepare_ipv6(const config::Interface& wanted, const Link& link) {
    for (const auto& setting : kIpv6Sysctls) {
        if (setting.mode != wanted.ipv6) continue;
        const auto done = write_sysctl(link, "ipv6", setting.key, setting.value);
        if (done.ok()) continue;
        // Of what there is not nothing need be turned off.
        if (done.error().code == ENOENT && (!setting.every_kernel_has_it || setting.key == kDisable)) continue;
        if (wanted.ipv6 != config::Ipv6::automatic) {
            log::error("net", to_string(done.error()));
            continue;
        }
        // Where /proc/sys may not be written, as in many a container, one sentence says as much as four.
        log::warning("net", {to_string(done.error()), ": IPv6 is as the kernel has it"});
        return;
    }
}

}  // namespace

// The user's after ours, so that they win.
Ipv6Lack write_sysctls(const config::Interface& wanted, const Link& link) {
    const auto lack = find_ipv6(wanted, link);
    if (lack == Ipv6Lack::nothing) {
        obey_routers_of(wanted, link);
        prepare_ipv6(wanted, link);
    }
    for (const auto& [key, value] : wanted.sysctl) write_users_sysctl(link, key, value);
    return lack;
}

void ignore_prefixes_of_routers(const Link& link) {
    const auto done = write_sysctl(link, "ipv6", kTakePrefixes, "0");
    if (!done.ok()) log::error("net", to_string(done.error()));
}

void turn_ipv6_on(const Link& link) {
    const auto done = write_sysctl(link, "ipv6", kDisable, "0");
    if (!done.ok()) log::error("net", to_string(done.error()));
}

void ignore_routers(const Link& link) {
    const auto done = write_sysctl(link, "ipv6", "accept_ra", "0");
    if (!done.ok()) log::error("net", to_string(done.error()));
}

void pass_by_routes_without_carrier(const config::Interface& wanted, const Link& link) {
    const bool is_users_own = wanted.sysctl.contains(kYield) || wanted.sysctl.contains('-' + std::string(kYield));
    if (!is_users_own) write_users_sysctl(link, kYield, "1");
}

}  // namespace nlinit::app
