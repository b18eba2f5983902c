// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/client.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDeclinePause = 10s;      // RFC 2131 3.1.5: at least that long
constexpr Duration kLongestCheck = 10s;      // RFC 5227 takes up to 7 s; whoever probes for us may have failed
constexpr Duration kShortestRound = 10s;     // from one lease that is too short to renew to the next but one
constexpr unsigned kManyConflicts = 10;      // RFC 5227 2.1.1: MAX_CONFLICTS,
constexpr Duration kLongDeclinePause = 60s;  // and RATE_LIMIT_INTERVAL

std::uint64_t sum(const std::uint64_t (&counts)[9]) {
    return std::accumulate(std::begin(counts), std::end(counts), std::uint64_t{0});
}

}  // namespace

std::string_view name_of(State state) noexcept {
    constexpr std::array<std::string_view, 11> kNames{"STOPPED",          "INIT",     "SELECTING", "REQUESTING",
                                                      "REBOOTING",        "BOUND",    "RENEWING",  "REBINDING",
                                                      "WAITING-FOR-LINK", "CHECKING", "IPV6-ONLY"};
    return kNames[static_cast<std::size_t>(state)];
}

std::string_view name_of(UnbindReason reason) noexcept {
    constexpr std::array<std::string_view, 4> kNames{"expired", "refused", "conflict", "stopped"};
    return kNames[static_cast<std::size_t>(reason)];
}

std::uint64_t MessageCounters::total_sent() const noexcept {
    return sum(sent);
}
std::uint64_t MessageCounters::total_received() const noexcept {
    return sum(received);
}

Client::Client(ClientConfig config, RandomBits random) : config_(std::move(config)), random_(std::move(random)) {}

// The alternatives of Data are in the order of State.
State Client::state() const noexcept {
    return static_cast<State>(data_.index());
}

const Client::Transaction* Client::transaction() const {
    return std::visit(
        [](const auto& state) -> const Transaction* {
            if constexpr (requires { state.transaction; }) {
                return &state.transaction;
            } else {
                return nullptr;
            }
        },
        data_);
}

std::uint32_t Client::xid() const {
    const auto* current = transaction();
    return current ? current->xid : 0;
}

std::optional<TimePoint> Client::state_deadline() const {
    switch (state()) {
        case State::stopped:
        case State::waiting_for_link:
            return std::nullopt;
        case State::init:
            return std::get<Init>(data_).start_at;
        case State::checking:
            return std::get<Checking>(data_).bind_at;
        case State::ipv6_only:
            return std::get<Ipv6Only>(data_).until;
        case State::bound:
            return in_use_->renew_at;
        case State::renewing:
            return std::min(transaction()->resend_at, in_use_->rebind_at);
        default:
            return transaction()->resend_at;
    }
}

std::optional<TimePoint> Client::deadline() const {
    const TimePoint earliest = std::min(state_deadline().value_or(kNever), in_use_ ? in_use_->expires_at : kNever);
    if (earliest == kNever) return std::nullopt;
    return earliest;
}

std::vector<Action> Client::handle(const Event& event, TimePoint now) {
    Actions actions;
    // A packet moves no timer: the deadline is due, and comes by itself.
    const bool is_packet = std::holds_alternative<Received>(event);
    if (!is_packet && in_use_ && now >= in_use_->expires_at) expire(now, actions);
    std::visit([&](const auto& happened) { on(happened, now, actions); }, event);
    return actions;
}

void Client::on(const LinkUp&, TimePoint now, Actions& actions) {
    if (!std::holds_alternative<Stopped>(data_) && !std::holds_alternative<WaitingForLink>(data_)) return;
    // After a flap the link may lead somewhere else: the lease is verified, not trusted (RFC 2131 3.7).
    const auto& known = in_use_ ? in_use_ : config_.previous_lease;
    if (known && known->expires_at > now) {
        reboot(*known, now, actions);
        return;
    }
    if (config_.start_delay == Duration::zero()) {
        discover(now, actions);
        return;
    }
    constexpr unsigned kRandomBits = 16;
    data_ = Init{now + config_.start_delay * (random_() >> (32 - kRandomBits)) / (1 << kRandomBits)};
}

void Client::on(const LinkDown&, TimePoint, Actions&) {
    if (const auto* checking = std::get_if<Checking>(&data_)) config_.previous_lease = checking->lease;
    if (!std::holds_alternative<Stopped>(data_)) data_ = WaitingForLink{};
}

void Client::on(const DeadlineReached&, TimePoint now, Actions& actions) {
    const auto due = state_deadline();
    if (!due || now < *due) return;
    std::visit([&](auto& state) { wake(state, now, actions); }, data_);
}

void Client::on(const AddressFree&, TimePoint now, Actions& actions) {
    conflicts_in_a_row_ = 0;
    if (auto* checking = std::get_if<Checking>(&data_)) wake(*checking, now, actions);
}

void Client::on(const AddressConflict&, TimePoint now, Actions& actions) {
    if (const auto* checking = std::get_if<Checking>(&data_)) {
        config_.previous_lease.reset();
        decline(Lease(checking->lease), now, actions);
        return;
    }
    if (!in_use_) return;
    const Lease lost = *in_use_;
    unbind(UnbindReason::conflict, actions);
    if (!std::holds_alternative<WaitingForLink>(data_)) decline(lost, now, actions);
}

void Client::on(const RenewNow&, TimePoint now, Actions& actions) {
    switch (state()) {
        case State::bound:
        case State::renewing:
            // An infinite lease has no T2 that would end an unanswered renewal.
            return in_use_->is_infinite() ? reboot(*in_use_, now, actions) : renew(now, actions);
        case State::rebinding:
            return rebind(now, actions);
        case State::init:
        case State::ipv6_only:
            return discover(now, actions);
        default:
            return;  // somebody is being asked already, or nobody can be
    }
}

// As if it had been known from the start, where that still helps: no address is in use, and no server has offered one.
// A client that waits because its address was another host's goes on waiting.
void Client::on(const Recalled& recalled, TimePoint now, Actions& actions) {
    if (in_use_ || std::holds_alternative<Checking>(data_) || recalled.lease.expires_at <= now) return;
    config_.previous_lease = recalled.lease;
    const bool is_waiting = std::holds_alternative<Init>(data_) && conflicts_in_a_row_ == 0;
    if (is_waiting || std::holds_alternative<Selecting>(data_)) reboot(recalled.lease, now, actions);
}

void Client::on(const Stop&, TimePoint now, Actions& actions) {
    const bool release = config_.release_on_stop && !std::holds_alternative<WaitingForLink>(data_);
    const auto released = [&](const Lease& lease) {
        return make_release(config_, {new_transaction(now).xid, {}}, lease.address, lease.server);
    };
    if (release && in_use_) unicast(released(*in_use_), actions);
    // Granted too, but not ours to speak from: it may be another host's (RFC 5227 2.1.1).
    if (const auto* checking = std::get_if<Checking>(&data_); checking && release)
        broadcast(released(checking->lease), actions);
    if (in_use_) unbind(UnbindReason::stopped, actions);
    data_ = Stopped{};
}

// What the lease was the ground of starts again at once; a search for a
// new one goes on. A server whose leases are too short to renew is not asked at the speed at which they end.
void Client::expire(TimePoint now, Actions& actions) {
    const bool too_short = in_use_->is_too_short_to_renew();
    const bool again = std::exchange(last_was_too_short_, too_short) && too_short;
    const auto earliest = in_use_->acquired_at + kShortestRound;
    unbind(UnbindReason::expired, actions);
    const State now_in = state();
    if (now_in == State::bound || now_in == State::renewing || now_in == State::rebinding || now_in == State::rebooting)
        data_ = Init{again ? std::max(now, earliest) : now};
}

// Optimistic detection lets the guest work while it waits for an objection; the address of a lease that goes on was
// seen to be free before.
void Client::grant(const Lease& lease, TimePoint now, Actions& actions) {
    naks_in_a_row_ = 0;
    refusal_.reset();
    const bool is_new = !in_use_ || in_use_->address != lease.address;
    if (is_new && config_.conflict_detection == ConflictDetection::probe) {
        data_ = Checking{lease, now + kLongestCheck};
        actions.emplace_back(Probe{lease});
        return;
    }
    const bool other_link = state() != State::renewing && state() != State::rebinding;
    bind(lease, actions);
    if ((is_new || other_link) && config_.conflict_detection != ConflictDetection::off)
        actions.emplace_back(Probe{lease});
}

void Client::bind(const Lease& lease, Actions& actions) {
    in_use_ = lease;
    config_.previous_lease.reset();
    data_ = Bound{};
    actions.emplace_back(Bind{lease});
}

void Client::unbind(UnbindReason reason, Actions& actions) {
    actions.emplace_back(Unbind{*std::move(in_use_), reason});
    in_use_.reset();
}

void Client::decline(const Lease& lease, TimePoint now, Actions& actions) {
    broadcast(make_decline(config_, {new_transaction(now).xid, {}}, lease.address, lease.server), actions);
    data_ = Init{now + (++conflicts_in_a_row_ < kManyConflicts ? kDeclinePause : kLongDeclinePause)};
}

}  // namespace nlinit::dhcp
