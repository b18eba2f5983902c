#include "app/network/interface_sysctls.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/sysctl.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kYield = "ignore_routes_with_linkdown";
constexpr std::string_view kDisable = "disable_ipv6";

// Slashes, so that a dot in an interface's name stays one (sysctl(8)).
Result<> write_sysctl(const Link& link, std::string_view family, std::string_view key, std::string_view value) {
    return sys::write_sysctl(std::string("net/").append(family) + "/conf/" + (link.name + '/').append(key), value);
}

void write_users_sysctl(const Link& link, std::string_view key, std::string_view value) {
    constexpr std::string_view kOfIpv6 = "ipv6.";
    const bool may_fail = key.starts_with('-');  // sysctl.d(5)
    key.remove_prefix(may_fail ? 1 : 0);
    const bool of_ipv6 = key.starts_with(kOfIpv6);
    key.remove_prefix(of_ipv6 ? kOfIpv6.size() : 0);
    const auto done = write_sysctl(link, of_ipv6 ? "ipv6" : "ipv4", key, value);
    if (!done.ok()) (may_fail ? log::debug : log::error)("net", to_string(done.error()));
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

// Once, whatever the number of interfaces.
void tell_of_missing_ipv6(const config::Interface& wanted) {
    static bool said = false;
    if (std::exchange(said, true)) return;
    const bool is_asked_for = wanted.ipv6 == config::Ipv6::fixed || wanted.ipv6_required;
    log::write(is_asked_for ? log::Level::error : log::Level::info, "net",
               "this kernel has no IPv6: there is no /proc/sys/net/ipv6");
}

// Of an interface that is no way out a router's word is taken for an address alone: neither a default route nor routes
// to prefixes of the router's choice (RFC 4191), of which two halves are a default route.
void obey_routers_of(const config::Interface& wanted, const Link& link) {
    if (wanted.ipv6 != config::Ipv6::automatic) return;
    const bool leads_out = wanted.default_route;
    for (const auto& [key, value] :
         {std::pair("accept_ra_defrtr", leads_out ? "1" : "0"), std::pair("accept_ra_rt_info_max_plen", "0")}) {
        const auto done = write_sysctl(link, "ipv6", key, value);
        if (done.ok() || done.error().code == ENOENT) continue;
        (leads_out ? log::debug : log::error)("net", to_string(done.error()));
    }
}

bool prepare_ipv6(const config::Interface& wanted, const Link& link) {
    for (const auto& setting : kIpv6Sysctls) {
        if (setting.mode != wanted.ipv6) continue;
        const auto done = write_sysctl(link, "ipv6", setting.key, setting.value);
        if (done.ok() || (done.error().code == ENOENT && !setting.every_kernel_has_it)) continue;
        if (done.error().code == ENOENT) {
            tell_of_missing_ipv6(wanted);
            return false;
        }
        if (wanted.ipv6 != config::Ipv6::automatic) {
            log::error("net", to_string(done.error()));
            continue;
        }
        // Where /proc/sys may not be written, as in many a container, one sentence says as much as four.
        log::warning("net", to_string(done.error()) + ": IPv6 is as the kernel has it");
        return true;
    }
    return true;
}

}  // namespace

// The user's after ours, so that they win.
bool write_sysctls(const config::Interface& wanted, const Link& link) {
    obey_routers_of(wanted, link);
    const bool kernel_has_ipv6 = prepare_ipv6(wanted, link);
    for (const auto& [key, value] : wanted.sysctl) write_users_sysctl(link, key, value);
    return kernel_has_ipv6;
}

void turn_ipv6_on(const Link& link) {
    const auto done = write_sysctl(link, "ipv6", kDisable, "0");
    if (!done.ok()) log::error("net", to_string(done.error()));
}

void pass_by_routes_without_carrier(const config::Interface& wanted, const Link& link) {
    const bool is_users_own = wanted.sysctl.contains(kYield) || wanted.sysctl.contains('-' + std::string(kYield));
    if (!is_users_own) write_users_sysctl(link, kYield, "1");
}

}  // namespace nlinit::app
