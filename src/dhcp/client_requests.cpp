// SPDX-License-Identifier: Apache-2.0
// What the client asks for: every message but DECLINE and RELEASE, and when it is sent again.
#include <algorithm>

#include "nlinit/dhcp/client.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kRapidCommitAttempts = 2;  // some servers never answer a DISCOVER with option 80
constexpr unsigned kRebootAttempts = 2;       // RFC 2131 3.2.3: enough for a link that loses little; then DISCOVER
// RFC 2131 3.1.5: then the whole procedure starts again. Not sooner, though our ladder is shorter than the RFC's: where
// a busy server takes longer than that, each answer comes to a question that was dropped, and nobody gets a lease.
constexpr Duration kRequestPatience = 60s;

// Not less than nothing: a renewal may be wanted before T1.
std::chrono::seconds elapsed_since(TimePoint start, TimePoint now) {
    return std::chrono::floor<std::chrono::seconds>(std::max(now - start, Duration::zero()));
}

// Some servers and relays refuse a resend that still says 0.
std::chrono::seconds resend_elapsed(TimePoint start, TimePoint now) {
    return std::max(elapsed_since(start, now), std::chrono::seconds(1));
}

}  // namespace

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
    ++transaction.attempt;
    if (now - transaction.started_at >= kRequestPatience) {
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
void Client::wake(Ipv6Only&, TimePoint now, Actions& actions) {
    discover(now, actions);
}

void Client::wake(Checking& checking, TimePoint now, Actions& actions) {
    if (checking.lease.expires_at <= now) {
        discover(now, actions);
    } else {
        bind(Lease(checking.lease), actions);
        if (now >= in_use_->renew_at) renew(now, actions);
    }
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
    if (now < in_use_->renew_at) transaction.resend_at = std::min(transaction.resend_at, in_use_->renew_at);
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
