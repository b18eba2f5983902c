// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/plan_applier.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::netlink {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstDelay = 100ms;
constexpr Duration kLongestDelay = 10s;
constexpr Duration kLongestDelayForAdvice = 10min;  // nothing waits for it
constexpr std::size_t kMostSaid = 64;               // refusals in the log: a server may cause a new one each time

template <class T>
void add_new(std::vector<T>& list, const std::vector<T>& more) {
    for (const auto& entry : more) {
        if (std::ranges::find(list, entry) == list.end()) list.push_back(entry);
    }
}

}  // namespace

PlanApplier::PlanApplier(sys::EventLoop& loop, Socket& socket, const Link& link, RouteOrigin origin,
                         std::vector<Family> families, std::function<void()> on_change)
    : loop_(loop),
      configurator_(socket),
      link_(link),
      origin_(origin),
      families_(std::move(families)),
      on_change_(std::move(on_change)),
      timer_(loop.add_timer([this] { try_again(); })) {}

PlanApplier::~PlanApplier() {
    loop_.remove_timer(timer_);
}

void PlanApplier::read_stale() {
    if (installed_) return;
    auto stale = configurator_.stale(link_.index, families_);
    if (stale.ok()) {
        installed_ = *std::move(stale);
        stale_unsaid_ = true;
    } else {
        log::debug("net", {link_.name, ": ", to_string(stale.error())});
    }
}

void PlanApplier::rehearse(const NetworkPlan& plan) const {
    Configurator::rehearse(link_, current(), plan, origin_);
}

void PlanApplier::update(const Link& link) {
    const bool was_up = link_.admin_up;
    link_ = link;
    if (was_up && !link.admin_up && installed_) installed_ = what_outlasts_down(*std::move(installed_));
    if (was_up || !link.admin_up || wanted_.addresses.empty()) return;
    attempt(wanted_now());
    on_change_();
}

void PlanApplier::apply(NetworkPlan plan) {
    wanted_ = std::move(plan);
    planned_at_ = BootClock::now();
    delay_ = kFirstDelay;
    attempts_ = 1;
    attempt(wanted_);
    on_change_();
}

std::uint64_t PlanApplier::refusals_of(const Error& error) const {
    const auto found = std::ranges::find(refusals_, to_string(error), &Refusal::what);
    return found == refusals_.end() ? 0 : found->times;
}

// Lifetimes have been running down since the plan was made. The time gone is rounded up, so that the kernel counts no
// second after the end of the lease.
NetworkPlan PlanApplier::wanted_now() const {
    NetworkPlan wanted = wanted_;
    const auto gone = std::chrono::ceil<std::chrono::seconds>(BootClock::now() - planned_at_);
    for (auto& address : wanted.addresses) {
        if (address.valid_for) address.valid_for = std::max(*address.valid_for - gone, 1s);
        if (address.preferred_for) address.preferred_for = std::max(*address.preferred_for - gone, 0s);
    }
    return wanted;
}

// What is on the link, and what may be: parts of a plan that the kernel refused in part and nobody wants any more.
NetworkPlan PlanApplier::current() const {
    NetworkPlan current = installed_.value_or(NetworkPlan{});
    NetworkPlan left_over = tried_;
    std::erase_if(left_over.addresses, [&](const InterfaceAddress& address) {
        const auto same = [&](const InterfaceAddress& other) { return other.same_place(address); };
        return std::ranges::any_of(wanted_.addresses, same) || std::ranges::any_of(current.addresses, same);
    });
    std::erase_if(left_over.routes,
                  [&](const Route& route) { return std::ranges::find(wanted_.routes, route) != wanted_.routes.end(); });
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
                       {link_.name, ": removed the address ", to_string(address), " that was on it from before"});
    }
    for (const auto& route : gone.routes_to_remove)
        log::info("net", {link_.name, ": removed the route ", to_string(route), " that was on it from before"});
}

// Logs once, and not at each renewal.
void PlanApplier::tell_of_mtu(const NetworkPlan& wanted) {
    auto sentence = clamping_of(link_, wanted);
    if (const auto& refused = configurator_.refused_mtu())
        sentence = concat({"the MTU stays ", std::to_string(link_.mtu), ": ", to_string(*refused)});
    if (sentence.empty() || sentence == mtu_said_) return;
    log::warning("net", {link_.name, ": ", sentence});
    mtu_said_ = std::move(sentence);
}

// Logs each refusal once: renewals cause the same again, and attempts come every ten seconds.
void PlanApplier::tell_of_refusals() {
    const auto note = [&](const Error& error, log::Level level, const char* consequence) {
        auto what = to_string(error);
        const auto known = std::ranges::find(refusals_, what, &Refusal::what);
        if (known != refusals_.end()) {
            ++known->times;
            return;
        }
        if (refusals_.size() == kMostSaid) return;
        log::write(level, "net", {link_.name, ": ", what, consequence});
        refusals_.push_back({std::move(what), 1});
    };
    for (const auto& failure : failures_) note(failure, log::Level::error, "");
    for (const auto& route : left_out_) note(route.error, log::Level::warning, "; the lease holds without it");
}

void PlanApplier::note_mtu(bool taken_back) {
    const auto mtu = configurator_.mtu_set();
    if (!mtu) return;
    const auto before = changed_mtu_ ? changed_mtu_->before : link_.mtu;
    changed_mtu_.reset();
    if (!taken_back && before != *mtu) changed_mtu_ = ChangedMtu{before, *mtu, wanted_.mtu_is_advice};
    link_.mtu = *mtu;  // until the kernel says so
}

// None if the MTU has been changed by others since, or if it is configured and the lease is only missing for now.
std::optional<std::uint16_t> PlanApplier::mtu_to_take_back() {
    if (wanted_.mtu || !changed_mtu_) return std::nullopt;
    if (wanted_.addresses.empty() && !changed_mtu_->is_advice) return std::nullopt;
    const auto [before, now, is_advice] = *std::exchange(changed_mtu_, std::nullopt);
    if (link_.mtu != now || before > UINT16_MAX) return std::nullopt;
    return static_cast<std::uint16_t>(before);
}

// Removes the route of the previous plan that the refused route would have replaced.
void PlanApplier::remove_what_was_in_place_of(const std::vector<RefusedRoute>& routes) {
    NetworkPlan replaced;
    std::ranges::copy_if(current().routes, std::back_inserter(replaced.routes), [&](const Route& route) {
        return std::ranges::any_of(routes,
                                   [&](const RefusedRoute& other) { return takes_place_of(other.route, route); });
    });
    if (!replaced.routes.empty()) static_cast<void>(configurator_.apply(link_, replaced, {}, origin_));
}

bool PlanApplier::is_left_out(const Route& route) const {
    return std::ranges::find(left_out_, route, &RefusedRoute::route) != left_out_.end();
}

void PlanApplier::take_over(const NetworkPlan& wanted) {
    tell_of_stale(wanted);
    installed_ = wanted;
    std::erase_if(installed_->routes, [&](const Route& route) { return is_left_out(route); });
    tried_ = {};
    if (!wanted_.addresses.empty() && !first_applied_at_) first_applied_at_ = BootClock::now();
}

// This plan's alone: the attempt has removed what was left of those before it. A server that causes a refused plan with
// each renewal would have the list grow for ever.
void PlanApplier::remember_failed_plan() {
    tried_.addresses = wanted_.addresses;
    tried_.routes = wanted_.routes;
}

void PlanApplier::arm_next_attempt() {
    if (failures_.empty() && left_out_.empty()) {
        loop_.arm(timer_, std::nullopt);
        return;
    }
    const Duration longest = failures_.empty() ? kLongestDelayForAdvice : kLongestDelay;
    loop_.arm(timer_, BootClock::now() + delay_);
    delay_ = std::min(delay_ * 2, longest);
}

std::vector<std::string> PlanApplier::refused() const {
    std::vector<std::string> sentences;
    for (const auto& failure : failures_) sentences.push_back(to_string(failure));
    for (const auto& route : left_out_) sentences.push_back(to_string(route.error));
    return sentences;
}

// An attempt that ends like the previous one changes nothing, so on_change_ is not called.
void PlanApplier::try_again() {
    const auto before = refused();
    ++attempts_;
    attempt(wanted_now());
    const auto after = refused();
    if (after.empty() && !before.empty())
        log::info("net", {link_.name, ": ", before.front(), ": done at attempt ", std::to_string(attempts_)});
    if (after != before) on_change_();
}

void PlanApplier::attempt(const NetworkPlan& plan) {
    read_stale();
    auto wanted = plan;
    const auto mtu_before = mtu_to_take_back();
    if (mtu_before) {
        wanted.mtu = mtu_before;
        wanted.mtu_is_advice = true;
    }
    failures_ = configurator_.apply(link_, current(), wanted, origin_);
    left_out_ = configurator_.refused_routes();
    plan_ = wanted_;
    std::erase_if(plan_.routes, [&](const Route& route) { return is_left_out(route); });
    note_mtu(mtu_before.has_value());
    tell_of_mtu(wanted);
    tell_of_refusals();
    if (!left_out_.empty()) remove_what_was_in_place_of(left_out_);
    failures_.empty() ? take_over(wanted) : remember_failed_plan();
    arm_next_attempt();
}

}  // namespace nlinit::netlink
