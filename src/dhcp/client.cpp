#include "nlinit/dhcp/client.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kRapidCommitAttempts = 2;  // some servers never answer a DISCOVER with option 80
constexpr unsigned kRequestAttempts = 5;      // RFC 2131 3.1.5: then the whole procedure starts again
constexpr unsigned kRebootAttempts = 3;       // RFC 2131 3.2.3
constexpr Duration kDeclinePause = 10s;       // RFC 2131 3.1.5: at least that long

std::chrono::seconds elapsed_since(TimePoint start, TimePoint now) {
    return std::chrono::floor<std::chrono::seconds>(now - start);
}

// Some servers and relays refuse a resend that still says 0.
std::chrono::seconds resend_elapsed(TimePoint start, TimePoint now) {
    return std::max(elapsed_since(start, now), std::chrono::seconds(1));
}

std::uint64_t sum(const std::uint64_t (&counts)[9]) {
    return std::accumulate(std::begin(counts), std::end(counts), std::uint64_t{0});
}

}  // namespace

std::string_view name_of(State state) noexcept {
    constexpr std::array<std::string_view, 9> kNames{"STOPPED", "INIT",     "SELECTING", "REQUESTING",      "REBOOTING",
                                                     "BOUND",   "RENEWING", "REBINDING", "WAITING-FOR-LINK"};
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
    if (const auto* init = std::get_if<Init>(&data_)) return init->start_at;
    if (std::holds_alternative<Bound>(data_)) return in_use_->renew_at;
    if (std::holds_alternative<Renewing>(data_)) return std::min(transaction()->resend_at, in_use_->rebind_at);
    if (const auto* current = transaction()) return current->resend_at;
    return std::nullopt;
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
    if (!std::holds_alternative<Stopped>(data_)) data_ = WaitingForLink{};
}

void Client::on(const DeadlineReached&, TimePoint now, Actions& actions) {
    const auto due = state_deadline();
    if (!due || now < *due) return;
    std::visit([&](auto& state) { wake(state, now, actions); }, data_);
}

void Client::on(const AddressConflict&, TimePoint now, Actions& actions) {
    if (!in_use_) return;
    if (std::holds_alternative<WaitingForLink>(data_)) {
        unbind(UnbindReason::conflict, actions);
        return;
    }
    broadcast(make_decline(config_, {new_transaction(now).xid, {}}, in_use_->address, in_use_->server), actions);
    unbind(UnbindReason::conflict, actions);
    data_ = Init{now + kDeclinePause};
}

void Client::on(const Stop&, TimePoint now, Actions& actions) {
    if (in_use_ && config_.release_on_stop && !std::holds_alternative<WaitingForLink>(data_))
        unicast(make_release(config_, {new_transaction(now).xid, {}}, in_use_->address, in_use_->server), actions);
    if (in_use_) unbind(UnbindReason::stopped, actions);
    data_ = Stopped{};
}

// What the lease was the ground of starts again at once; a search for a
// new one goes on.
void Client::expire(TimePoint now, Actions& actions) {
    unbind(UnbindReason::expired, actions);
    const State now_in = state();
    if (now_in == State::bound || now_in == State::renewing || now_in == State::rebinding || now_in == State::rebooting)
        data_ = Init{now};
}

void Client::wake(Init&, TimePoint now, Actions& actions) {
    discover(now, actions);
}

void Client::wake(Selecting& selecting, TimePoint now, Actions& actions) {
    auto& transaction = selecting.transaction;
    ++transaction.attempt;
    const bool rapid = config_.rapid_commit && transaction.attempt < kRapidCommitAttempts;
    const Envelope envelope{transaction.xid, resend_elapsed(transaction.started_at, now)};
    schedule_resend(transaction, now);
    const auto& known = in_use_ ? in_use_ : config_.previous_lease;
    broadcast(make_discover(config_, envelope, rapid, known ? std::optional(known->address) : std::nullopt), actions);
}

void Client::wake(Requesting& requesting, TimePoint now, Actions& actions) {
    auto& transaction = requesting.transaction;
    if (++transaction.attempt >= kRequestAttempts) {
        discover(now, actions);
        return;
    }
    schedule_resend(transaction, now);
    const Envelope envelope{transaction.xid, resend_elapsed(requesting.discovered_at, now)};
    broadcast(make_request(config_, envelope, requesting.address, requesting.server), actions);
}

void Client::wake(Rebooting& rebooting, TimePoint now, Actions& actions) {
    auto& transaction = rebooting.transaction;
    if (++transaction.attempt >= kRebootAttempts) {
        discover(now, actions);
        return;
    }
    schedule_resend(transaction, now);
    const Envelope envelope{transaction.xid, resend_elapsed(transaction.started_at, now)};
    broadcast(make_reboot_request(config_, envelope, rebooting.lease.address), actions);
}

void Client::wake(Bound&, TimePoint now, Actions& actions) {
    renew(now, actions);
}
void Client::wake(Renewing&, TimePoint now, Actions& actions) {
    renew(now, actions);
}
void Client::wake(Rebinding&, TimePoint now, Actions& actions) {
    rebind(now, actions);
}

void Client::discover(TimePoint now, Actions& actions) {
    data_ = Selecting{new_transaction(now), config_.rapid_commit};
    const auto& known = in_use_ ? in_use_ : config_.previous_lease;
    broadcast(
        make_discover(config_, {xid(), {}}, config_.rapid_commit, known ? std::optional(known->address) : std::nullopt),
        actions);
}

void Client::reboot(const Lease& lease, TimePoint now, Actions& actions) {
    const auto address = lease.address;
    data_ = Rebooting{new_transaction(now), lease};
    broadcast(make_reboot_request(config_, {xid(), {}}, address), actions);
}

// Each transmission is a transaction of its own: they are far apart, and an answer must count from the one it answers.
void Client::renew(TimePoint now, Actions& actions) {
    if (now >= in_use_->rebind_at) {
        rebind(now, actions);
        return;
    }
    auto transaction = new_transaction(now);
    transaction.resend_at = now + renewal_delay(in_use_->rebind_at - now, in_use_->rebind_at - in_use_->renew_at);
    data_ = Renewing{transaction};
    const Envelope envelope{transaction.xid, elapsed_since(in_use_->renew_at, now)};
    unicast(make_renewal_request(config_, envelope, in_use_->address), actions);
}

void Client::rebind(TimePoint now, Actions& actions) {
    auto transaction = new_transaction(now);
    transaction.resend_at = now + renewal_delay(in_use_->expires_at - now, in_use_->expires_at - in_use_->rebind_at);
    data_ = Rebinding{transaction};
    const Envelope envelope{transaction.xid, elapsed_since(in_use_->renew_at, now)};
    broadcast(make_renewal_request(config_, envelope, in_use_->address), actions);
}

void Client::bind(const Lease& lease, Actions& actions) {
    in_use_ = lease;
    config_.previous_lease.reset();
    naks_in_a_row_ = 0;
    data_ = Bound{};
    actions.emplace_back(Bind{lease});
}

void Client::unbind(UnbindReason reason, Actions& actions) {
    actions.emplace_back(Unbind{*std::move(in_use_), reason});
    in_use_.reset();
}

void Client::broadcast(Message message, Actions& actions) {
    ++messages_.sent[static_cast<std::size_t>(message.type)];
    actions.emplace_back(Broadcast{std::move(message)});
}

void Client::unicast(Message message, Actions& actions) {
    ++messages_.sent[static_cast<std::size_t>(message.type)];
    actions.emplace_back(Unicast{std::move(message), in_use_->address, in_use_->server});
}

Client::Transaction Client::new_transaction(TimePoint now) {
    const std::uint32_t xid = std::max(random_(), std::uint32_t{1});  // 0 reads as "none" in logs and in xid()
    Transaction transaction{xid, now, now, 0};
    schedule_resend(transaction, now);
    return transaction;
}

void Client::schedule_resend(Transaction& transaction, TimePoint now) {
    transaction.resend_at = now + retransmission_delay(transaction.attempt, now - transaction.started_at, random_);
}

}  // namespace nlinit::dhcp
