// SPDX-License-Identifier: Apache-2.0
#include "app/network/interface_ipv6.hpp"

#include <algorithm>
#include <utility>

#include "nlinit/netlink/router_solicitation.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kSolicitationInterval = 4s;  // RFC 4861 10: RTR_SOLICITATION_INTERVAL
constexpr Duration kBehindDhcp = 5ms;           // whose first packets leave at the same moment
// One packet of a router's is an event for each thing in it, and its name servers come last.
constexpr Duration kOnePacket = 2ms;
// Against routers that say something else each time: each change that is told takes lines of the log and files.
constexpr Duration kShortestPause = 20ms, kLongestPause = 30s, kQuiet = 60s;
constexpr std::size_t kMostSaid = 64;

bool has_too_many(const RouterOptions& options) {
    return std::ranges::any_of(options.name_servers,
                               [](const auto& given) { return given.servers.size() > RouterDns::kMaxNameServers; }) ||
           std::ranges::any_of(options.search_domains,
                               [](const auto& given) { return given.domains.size() > RouterDns::kMaxSearchDomains; });
}

}  // namespace

InterfaceIpv6::InterfaceIpv6(sys::EventLoop& loop, const Link& link, const config::Interface& wanted,
                             std::function<void()> on_change)
    : loop_(loop),
      link_(link),
      on_change_(std::move(on_change)),
      tell_timer_(loop.add_timer([this] { tell(); })),
      dns_timer_(loop.add_timer([this] { expire_dns(); })),
      solicit_timer_(loop.add_timer([this] { solicit(); })),
      may_have_missed_(link.admin_up) {
    adapt(wanted);
}

InterfaceIpv6::~InterfaceIpv6() {
    for (const auto timer : {tell_timer_, dns_timer_, solicit_timer_}) loop_.remove_timer(timer);
}

void InterfaceIpv6::adapt(const config::Interface& wanted) {
    mode_ = wanted.ipv6;
    is_required_ = wanted.ipv6_required;
    before_asking_ = wanted.method == config::Method::dhcp ? kBehindDhcp : Duration::zero();
    needs_way_out_ = wanted.default_route && (is_automatic() || wanted.gateway_of(Family::kIpv6));
    settle();
}

void InterfaceIpv6::take(const netlink::Ipv6Event& event) {
    netlink::apply(event, kernel_);
    const auto look = [this](const auto& each) {
        if constexpr (requires { on(each); }) on(each);
    };
    std::visit(look, event);
}

void InterfaceIpv6::take(NameService of_dhcp6) {
    of_dhcp6_ = std::move(of_dhcp6);
    settle();
}

// An optimistic address may be spoken from a second before the kernel does so, which asks routers only when it knows
// that nobody else has it.
void InterfaceIpv6::on(const netlink::AddressEvent& event) {
    const auto& [link, address, removed] = event;
    if (address.duplicate) tell_of_duplicate(address);
    if (address.address.is_link_local() && address.optimistic && !removed && !solicited_at_)
        loop_.arm(solicit_timer_, BootClock::now() + before_asking_);
}

void InterfaceIpv6::on(const netlink::RouterFlagsEvent& event) {
    flags_ = event.flags;
    heard_ |= flags_.is_answered;
}

void InterfaceIpv6::on(const netlink::RouterOptionsEvent& event) {
    // Of a link that is down it was said before that, whatever has been read in between.
    if (!is_automatic() || !link_.admin_up) return;
    heard_ = true;
    // Said once for the link: routers repeat themselves, and a forger may have many names.
    if (!event.options.complete && !std::exchange(told_of_odd_options_, true))
        log::warning("net", {link_.name, ": router ", event.router.to_string(),
                             " advertises name servers or search domains that are none: they are left out"});
    if (has_too_many(event.options) && !std::exchange(told_of_too_many_, true))
        log::warning("net",
                     {link_.name, ": router ", event.router.to_string(), " advertises more than ",
                      std::to_string(RouterDns::kMaxNameServers), " name servers or ",
                      std::to_string(RouterDns::kMaxSearchDomains), " search domains: those behind them are left out"});
    dns_.take(event.router, event.options, BootClock::now());
    loop_.arm(dns_timer_, dns_.deadline());
}

void InterfaceIpv6::expire_dns() {
    dns_.expire(BootClock::now());
    loop_.arm(dns_timer_, dns_.deadline());
    settle();
}

// The kernel tries one of a router's advertisement again with each of them.
void InterfaceIpv6::tell_of_duplicate(const KernelIpv6Address& address) {
    if (said_.size() == kMostSaid || std::ranges::find(said_, address.address) != said_.end()) return;
    said_.push_back(address.address);
    const bool is_asked_for = is_required_ || !is_automatic();
    log::write(is_asked_for ? log::Level::error : log::Level::warning, "net",
               {link_.name, ": another host has ", address.address.to_string(),
                " (duplicate address detection): it is not used here"});
}

void InterfaceIpv6::begin_anew() {
    kernel_.clear();
}

void InterfaceIpv6::forget() {
    kernel_.clear();
    dns_.clear();
    loop_.arm(dns_timer_, std::nullopt);
    flags_ = {};
    heard_ = had_name_servers_ = false;
    solicited_at_.reset();
    loop_.arm(solicit_timer_, std::nullopt);
}

// While a link has no carrier the kernel keeps what it has, and it asks nobody when that comes back.
void InterfaceIpv6::update(const Link& link) {
    const Link before = std::exchange(link_, link);
    if (before.admin_up && !link.admin_up) forget();
    const bool is_back = link.carrier && (!before.carrier || carrier_changes_between(before, link) >= 2);
    if (is_back && before.admin_up && kernel_.link_local() != nullptr) solicit();
    settle();
}

void InterfaceIpv6::solicit() {
    if (!is_automatic() || !link_.admin_up) return;
    const TimePoint now = BootClock::now();
    if (solicited_at_ && now < *solicited_at_ + kSolicitationInterval) {
        loop_.arm(solicit_timer_, *solicited_at_ + kSolicitationInterval);
        return;
    }
    solicited_at_ = now;
    if (const auto sent = netlink::solicit_routers(link_.index); !sent.ok())
        log::debug("net", {link_.name, ": ", to_string(sent.error())});
}

Ipv6Lack InterfaceIpv6::lack() const noexcept {
    return kernel_.lack(needs_way_out_, heard_);
}

NetworkPlan InterfaceIpv6::plan() const {
    NetworkPlan plan = kernel_.plan();
    const auto add_server = [&](const Ipv6Address& address) {
        const NameServer server(address, address.is_link_local() ? link_.name : std::string());
        if (std::ranges::find(plan.name_servers, server) == plan.name_servers.end())
            plan.name_servers.push_back(server);
    };
    std::ranges::for_each(of_dhcp6_.name_servers, add_server);
    std::ranges::for_each(dns_.name_servers(), add_server);
    plan.search_domains = of_dhcp6_.search_domains;
    for (auto& domain : dns_.search_domains()) {
        if (std::ranges::find(plan.search_domains, domain) == plan.search_domains.end())
            plan.search_domains.push_back(std::move(domain));
    }
    return plan;
}

void InterfaceIpv6::settle() {
    if (may_have_missed_ && kernel_.link_local() != nullptr) {
        may_have_missed_ = false;
        solicit();
    }
    const TimePoint now = BootClock::now();
    const bool is_first = !usable_at_ && lack() == Ipv6Lack::nothing;
    if (is_first) usable_at_ = now;
    if (present() == told_) {
        tell_at_.reset();
    } else if (is_first || !tell_at_) {
        tell_at_ = is_first || !told_at_ ? now + kOnePacket : std::max(now + kOnePacket, *told_at_ + pause_);
    }
    loop_.arm(tell_timer_, tell_at_);
}

void InterfaceIpv6::tell() {
    tell_at_.reset();
    const TimePoint now = BootClock::now();
    const bool is_quiet = !told_at_ || now - *told_at_ > kQuiet;
    pause_ = is_quiet ? kShortestPause : std::min(pause_ * 2, kLongestPause);
    told_at_ = now;
    told_ = present();
    had_name_servers_ |= !told_.plan.name_servers.empty();
    on_change_();
}

}  // namespace nlinit::app
