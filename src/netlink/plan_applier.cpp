#include "nlinit/netlink/plan_applier.hpp"

#include <algorithm>
#include <utility>

#include "nlinit/sys/log.hpp"

namespace nlinit::netlink {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstDelay = 100ms;
constexpr Duration kLongestDelay = 10s;

template <class T>
void add_new(std::vector<T>& list, const std::vector<T>& more) {
    for (const auto& entry : more) {
        if (std::ranges::find(list, entry) == list.end()) list.push_back(entry);
    }
}

}  // namespace

PlanApplier::PlanApplier(sys::EventLoop& loop, Socket& socket, const Link& link, RouteOrigin origin,
                         std::function<void()> on_change)
    : loop_(loop),
      configurator_(socket),
      link_(link),
      origin_(origin),
      on_change_(std::move(on_change)),
      timer_(loop.add_timer([this] { attempt(); })) {}

PlanApplier::~PlanApplier() {
    loop_.remove_timer(timer_);
}

void PlanApplier::read_stale() {
    if (installed_) return;
    auto stale = configurator_.stale(link_.index);
    if (stale.ok()) {
        installed_ = *std::move(stale);
        stale_unsaid_ = true;
    } else {
        log::debug("net", link_.name + ": " + to_string(stale.error()));
    }
}

void PlanApplier::rehearse(const NetworkPlan& plan) const {
    Configurator::rehearse(link_, current(), plan, origin_);
}

void PlanApplier::update(const Link& link) {
    const bool was_up = link_.admin_up;
    link_ = link;
    // The kernel keeps a link's addresses when it goes down, and drops its routes.
    if (was_up && !link.admin_up && installed_) installed_->routes.clear();
    if (!was_up && link.admin_up && !plan_.addresses.empty()) attempt();
}

void PlanApplier::apply(NetworkPlan plan) {
    plan_ = std::move(plan);
    planned_at_ = BootClock::now();
    delay_ = kFirstDelay;
    attempt();
}

// A lifetime has been running down since the plan was made.
NetworkPlan PlanApplier::wanted_now() const {
    NetworkPlan wanted = plan_;
    const auto gone = std::chrono::floor<std::chrono::seconds>(BootClock::now() - planned_at_);
    for (auto& address : wanted.addresses) {
        if (address.valid_for) address.valid_for = std::max(*address.valid_for - gone, std::chrono::seconds(1));
    }
    return wanted;
}

// What is there, and what may be there of a plan that was refused in part and is no longer wanted.
NetworkPlan PlanApplier::current() const {
    NetworkPlan current = installed_.value_or(NetworkPlan{});
    NetworkPlan left_over = tried_;
    std::erase_if(left_over.addresses, [&](const InterfaceAddress& address) {
        const auto same = [&](const InterfaceAddress& other) { return other.same_place(address); };
        return std::ranges::any_of(plan_.addresses, same) || std::ranges::any_of(current.addresses, same);
    });
    std::erase_if(left_over.routes,
                  [&](const Route& route) { return std::ranges::find(plan_.routes, route) != plan_.routes.end(); });
    add_new(current.addresses, left_over.addresses);
    add_new(current.routes, left_over.routes);
    return current;
}

// An address without a lifetime was set by somebody, and not by a lease that may simply have ended.
void PlanApplier::tell_of_stale(const NetworkPlan& wanted) {
    if (!std::exchange(stale_unsaid_, false)) return;
    const auto gone = diff(*installed_, wanted);
    for (const auto* addresses : {&gone.addresses_in_the_way, &gone.addresses_to_remove}) {
        for (const auto& address : *addresses)
            log::write(address.valid_for ? log::Level::info : log::Level::warning, "net",
                       link_.name + ": removed the address " + to_string(address) + " that was on it from before");
    }
    for (const auto& route : gone.routes_to_remove)
        log::info("net", link_.name + ": removed the route " + to_string(route) + " that was on it from before");
}

// Once, and not with each renewal.
void PlanApplier::tell_of_mtu(const NetworkPlan& wanted) {
    auto sentence = clamping_of(link_, wanted);
    if (const auto& refused = configurator_.refused_advice())
        sentence = "the MTU stays " + std::to_string(link_.mtu) + ": " + to_string(*refused);
    if (sentence.empty() || sentence == mtu_said_) return;
    log::warning("net", link_.name + ": " + sentence);
    mtu_said_ = std::move(sentence);
}

void PlanApplier::attempt() {
    read_stale();
    const auto wanted = wanted_now();
    failures_ = configurator_.apply(link_, current(), wanted, origin_);
    tell_of_mtu(wanted);
    if (failures_.empty()) {
        tell_of_stale(wanted);
        installed_ = wanted;
        tried_ = {};
        if (!plan_.addresses.empty() && !first_applied_at_) first_applied_at_ = BootClock::now();
        loop_.arm(timer_, std::nullopt);
    } else {
        for (const auto& failure : failures_) log::error("net", link_.name + ": " + to_string(failure));
        add_new(tried_.addresses, plan_.addresses);
        add_new(tried_.routes, plan_.routes);
        loop_.arm(timer_, BootClock::now() + delay_);
        delay_ = std::min(delay_ * 2, kLongestDelay);
    }
    on_change_();
}

}  // namespace nlinit::netlink
