// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/client.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <utility>

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;

constexpr Duration kShortestRound = 10s;  // from one lease that is too short to renew to the next but one

}  // namespace

std::string_view name_of(State state) noexcept {
    constexpr std::array<std::string_view, 13> kNames{
        "STOPPED",   "INIT",      "SOLICITING", "REQUESTING", "CONFIRMING", "BOUND",           "RENEWING",
        "REBINDING", "DECLINING", "RELEASING",  "INFORMING",  "INFORMED",   "WAITING-FOR-LINK"};
    return kNames[static_cast<std::size_t>(state)];
}

std::string_view name_of(UnbindReason reason) noexcept {
    constexpr std::array<std::string_view, 4> kNames{"expired", "refused", "conflict", "stopped"};
    return kNames[static_cast<std::size_t>(reason)];
}

std::uint64_t MessageCounters::total_sent() const noexcept {
    return std::accumulate(std::begin(sent), std::end(sent), std::uint64_t{0});
}
std::uint64_t MessageCounters::total_received() const noexcept {
    return std::accumulate(std::begin(received), std::end(received), std::uint64_t{0});
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
        case State::bound:
            return in_use_->renew_at;
        case State::informed:
            return std::get<Informed>(data_).refresh_at;
        case State::confirming:
            return std::min(transaction()->resend_at, transaction()->started_at + kConfirm.longest_time);
        case State::renewing:
            return std::min(transaction()->resend_at, in_use_->rebind_at);
        default:
            return transaction()->resend_at;
    }
}

std::optional<TimePoint> Client::deadline() const {
    const TimePoint earliest = std::min(state_deadline().value_or(kNever), in_use_ ? in_use_->first_end() : kNever);
    if (earliest == kNever) return std::nullopt;
    return earliest;
}

std::vector<Action> Client::handle(const Event& event, TimePoint now) {
    Actions actions;
    // Not on a packet, because no packet may move a timer: the deadline is due and comes by itself.
    const bool is_packet = std::holds_alternative<Received>(event);
    if (!is_packet && in_use_ && now >= in_use_->first_end()) expire(now, actions);
    std::visit([&](const auto& happened) { on(happened, now, actions); }, event);
    return actions;
}

void Client::on(const LinkUp&, TimePoint now, Actions& actions) {
    const State before = state();
    if (before != State::stopped && before != State::waiting_for_link && before != State::releasing) return;
    // After a flap the link may lead somewhere else (RFC 8415 18.2.3).
    if (in_use_) return confirm(now, actions);
    if (config_.start_delay == Duration::zero()) return begin(now, actions);
    data_ = Init{now + part_of(config_.start_delay, random_)};
}

void Client::on(const LinkDown&, TimePoint, Actions&) {
    if (state() == State::releasing) data_ = Stopped{};
    if (state() != State::stopped) data_ = WaitingForLink{};
}

void Client::on(const DeadlineReached&, TimePoint now, Actions& actions) {
    const auto due = state_deadline();
    if (!due || now < *due) return;
    std::visit([&](auto& state) { wake(state, now, actions); }, data_);
}

// RFC 8415 18.2.8. The addresses without a conflict stay in use.
void Client::on(const AddressConflict& conflict, TimePoint now, Actions& actions) {
    if (!in_use_ || !in_use_->has(conflict.address)) return;
    Lease declined = *in_use_, rest = *in_use_;
    std::erase_if(declined.addresses, [&](const auto& leased) { return leased.address != conflict.address; });
    std::erase_if(rest.addresses, [&](const auto& leased) { return leased.address == conflict.address; });
    if (rest.addresses.empty()) {
        unbind(UnbindReason::conflict, actions);
    } else {
        in_use_ = rest;
        actions.emplace_back(Bind{std::move(rest)});
    }
    ++setbacks_in_a_row_;
    if (state() == State::waiting_for_link) return;
    if (const auto* before = std::get_if<Declining>(&data_)) {
        const auto& others = before->declined.addresses;
        declined.addresses.insert(declined.addresses.end(), others.begin(), others.end());
    }
    data_ = Declining{new_transaction(kDecline, now), declined};
    send(make_decline(config_, {xid(), {}}, declined), actions);
}

void Client::on(const RenewNow&, TimePoint now, Actions& actions) {
    switch (state()) {
        case State::bound:
        case State::renewing:
            return renew(now, actions);
        case State::rebinding:
            return rebind(now, actions);
        case State::informed:
            return inform(now, actions);
        case State::init:
            return begin(now, actions);
        default:
            return;  // an exchange is under way, or no server can be reached
    }
}

// RFC 8415 18.2.7: the addresses are out of use before the server hears of it.
void Client::on(const Stop&, TimePoint now, Actions& actions) {
    const auto lease = in_use_;
    const bool release = config_.release_on_stop && state() != State::waiting_for_link;
    if (in_use_) unbind(UnbindReason::stopped, actions);
    if (configuration_) actions.emplace_back(Configured{});
    configuration_.reset();
    data_ = Stopped{};
    if (!lease || !release) return;
    data_ = Releasing{new_transaction(kRelease, now), *lease};
    send(make_release(config_, {xid(), {}}, *lease), actions);
}

// A state that needs the lease starts again at once; a search for a new lease goes on. A server that grants leases too
// short to renew is not asked as often as they end.
void Client::expire(TimePoint now, Actions& actions) {
    if (now < in_use_->last_end()) {
        Lease rest = *in_use_;
        std::erase_if(rest.addresses, [now](const auto& leased) { return leased.valid_until <= now; });
        in_use_ = rest;
        actions.emplace_back(Bind{std::move(rest)});
        return;
    }
    const bool too_short = in_use_->is_too_short_to_renew();
    const bool again = std::exchange(last_was_too_short_, too_short) && too_short;
    const auto earliest = in_use_->acquired_at + kShortestRound;
    unbind(UnbindReason::expired, actions);
    const State now_in = state();
    if (now_in == State::bound || now_in == State::renewing || now_in == State::rebinding ||
        now_in == State::confirming)
        data_ = Init{again ? std::max(now, earliest) : now};
}

void Client::bind(Lease lease, Actions& actions) {
    refusal_.reset();
    in_use_ = lease;
    data_ = Bound{};
    actions.emplace_back(Bind{std::move(lease)});
}

// The lease was confirmed, or no server answered: the client goes on using it.
void Client::keep_using(TimePoint now, Actions& actions) {
    bind(Lease(*in_use_), actions);
    on(DeadlineReached{}, now, actions);  // T1 may have come meanwhile
}

void Client::unbind(UnbindReason reason, Actions& actions) {
    actions.emplace_back(Unbind{*std::move(in_use_), reason});
    in_use_.reset();
}

// After a refusal. A client that begins anew stops using what another server has granted (RFC 8415 18.2.10.1).
void Client::start_again(TimePoint now, Actions& actions) {
    if (in_use_) unbind(UnbindReason::refused, actions);
    const auto delay = setback_delay(++setbacks_in_a_row_);
    data_ = Init{now + delay};
    if (delay == Duration::zero()) begin(now, actions);
}

void Client::end_declining(TimePoint now, Actions& actions) {
    if (in_use_) {
        data_ = Bound{};
        return on(DeadlineReached{}, now, actions);
    }
    const auto delay = setback_delay(setbacks_in_a_row_);
    data_ = Init{now + delay};
    if (delay == Duration::zero()) begin(now, actions);
}

}  // namespace nlinit::dhcp6
