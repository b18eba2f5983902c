#include "nlinit/dhcp_io/lease_applier.hpp"

#include <algorithm>

#include "nlinit/sys/log.hpp"

namespace nlinit::dhcp_io {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstDelay = 100ms;
constexpr Duration kLongestDelay = 10s;

}  // namespace

LeaseApplier::LeaseApplier(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link,
                           std::function<void()> on_change)
    : loop_(loop),
      configurator_(netlink),
      link_(link),
      on_change_(std::move(on_change)),
      timer_(loop.add_timer([this] { attempt(); })) {}

LeaseApplier::~LeaseApplier() {
    loop_.remove_timer(timer_);
}

void LeaseApplier::read_stale() {
    if (installed_) return;
    auto stale = configurator_.stale(link_.index);
    if (stale.ok()) {
        installed_ = *std::move(stale);
    } else {
        log::debug("net", link_.name + ": " + to_string(stale.error()));
    }
}

void LeaseApplier::update(const Link& link) {
    const bool was_up = link_.admin_up;
    link_ = link;
    // The kernel keeps a link's addresses when it goes down, and drops its routes.
    if (was_up && !link.admin_up && installed_) installed_->routes.clear();
    if (!was_up && link.admin_up && !plan_.addresses.empty()) attempt();
}

void LeaseApplier::apply(NetworkPlan plan) {
    plan_ = std::move(plan);
    delay_ = kFirstDelay;
    attempt();
}

void LeaseApplier::attempt() {
    read_stale();
    failures_ = configurator_.apply(link_, installed_.value_or(NetworkPlan{}), plan_, netlink::RouteOrigin::dhcp);
    if (failures_.empty()) {
        installed_ = plan_;
        if (!plan_.addresses.empty() && !first_applied_at_) first_applied_at_ = BootClock::now();
        loop_.arm(timer_, std::nullopt);
    } else {
        for (const auto& failure : failures_) log::warning("net", link_.name + ": " + to_string(failure));
        loop_.arm(timer_, BootClock::now() + delay_);
        delay_ = std::min(delay_ * 2, kLongestDelay);
    }
    on_change_();
}

}  // namespace nlinit::dhcp_io
