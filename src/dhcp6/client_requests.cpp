// SPDX-License-Identifier: Apache-2.0
// What the client asks for: every message but DECLINE and RELEASE, and when each of them is sent again.
#include <algorithm>
#include <utility>

#include "nlinit/dhcp6/client.hpp"

namespace nlinit::dhcp6 {

void Client::wake(Soliciting& soliciting, TimePoint now, Actions& actions) {
    if (soliciting.best) return request(Lease(*soliciting.best), now, actions);
    auto& transaction = soliciting.transaction;
    count_resend(transaction, with_limit(kSolicit, sol_max_rt_), now);
    send(make_solicit(config_, {transaction.xid, now - transaction.started_at}), actions);
}

// When the server has not answered, the client looks for another one (RFC 8415 18.2.2). While the lease is in use, the
// client asks every server for that lease.
void Client::wake(Requesting& requesting, TimePoint now, Actions& actions) {
    auto& transaction = requesting.transaction;
    if (transaction.sent >= kRequest.most_sent) return in_use_ ? rebind(now, actions) : solicit(now, actions);
    count_resend(transaction, kRequest, now);
    send(make_request(config_, {transaction.xid, now - transaction.started_at}, requesting.wanted), actions);
}

// RFC 8415 18.2.3: when nobody has answered, the lease is used as before.
void Client::wake(Confirming& confirming, TimePoint now, Actions& actions) {
    auto& transaction = confirming.transaction;
    if (now - transaction.started_at >= kConfirm.longest_time) return keep_using(now, actions);
    count_resend(transaction, kConfirm, now);
    send(make_confirm(config_, {transaction.xid, now - transaction.started_at}, *in_use_), actions);
}

// The lease has lived to its T1, so the refusals before it are no row of refusals any more.
void Client::wake(Bound&, TimePoint now, Actions& actions) {
    setbacks_in_a_row_ = 0;
    if (now >= in_use_->rebind_at) return rebind(now, actions);
    renew(now, actions);
}

void Client::wake(Renewing& renewing, TimePoint now, Actions& actions) {
    if (now >= in_use_->rebind_at) return rebind(now, actions);
    auto& transaction = renewing.transaction;
    count_resend(transaction, kRenew, now);
    send(make_renew(config_, {transaction.xid, now - transaction.started_at}, *in_use_), actions);
}

void Client::wake(Rebinding& rebinding, TimePoint now, Actions& actions) {
    auto& transaction = rebinding.transaction;
    count_resend(transaction, kRebind, now);
    send(make_rebind(config_, {transaction.xid, now - transaction.started_at}, *in_use_), actions);
}

void Client::wake(Declining& declining, TimePoint now, Actions& actions) {
    auto& transaction = declining.transaction;
    if (transaction.sent >= kDecline.most_sent) return end_declining(now, actions);
    count_resend(transaction, kDecline, now);
    send(make_decline(config_, {transaction.xid, now - transaction.started_at}, declining.declined), actions);
}

void Client::wake(Releasing& releasing, TimePoint now, Actions& actions) {
    auto& transaction = releasing.transaction;
    if (transaction.sent >= kRelease.most_sent) {
        data_ = Stopped{};
        return;
    }
    count_resend(transaction, kRelease, now);
    send(make_release(config_, {transaction.xid, now - transaction.started_at}, releasing.released), actions);
}

void Client::wake(Informing& informing, TimePoint now, Actions& actions) {
    auto& transaction = informing.transaction;
    count_resend(transaction, with_limit(kInformationRequest, inf_max_rt_), now);
    send(make_information_request(config_, {transaction.xid, now - transaction.started_at}), actions);
}

void Client::begin(TimePoint now, Actions& actions) {
    return config_.mode == Mode::stateful ? solicit(now, actions) : inform(now, actions);
}

void Client::solicit(TimePoint now, Actions& actions) {
    auto transaction = new_transaction(kSolicit, now);
    transaction.timeout = first_solicit_timeout(random_);
    transaction.resend_at = now + transaction.timeout;
    data_ = Soliciting{transaction, std::nullopt, 0};
    send(make_solicit(config_, {xid(), {}}), actions);
}

void Client::request(const Lease& wanted, TimePoint now, Actions& actions) {
    data_ = Requesting{new_transaction(kRequest, now), wanted};
    send(make_request(config_, {xid(), {}}, wanted), actions);
}

void Client::confirm(TimePoint now, Actions& actions) {
    data_ = Confirming{new_transaction(kConfirm, now)};
    send(make_confirm(config_, {xid(), {}}, *in_use_), actions);
}

void Client::renew(TimePoint now, Actions& actions) {
    data_ = Renewing{new_transaction(kRenew, now)};
    send(make_renew(config_, {xid(), {}}, *in_use_), actions);
}

void Client::rebind(TimePoint now, Actions& actions) {
    data_ = Rebinding{new_transaction(kRebind, now)};
    send(make_rebind(config_, {xid(), {}}, *in_use_), actions);
}

void Client::inform(TimePoint now, Actions& actions) {
    const bool is_refresh = state() == State::informed;
    data_ = Informing{new_transaction(kInformationRequest, now), is_refresh};
    send(make_information_request(config_, {xid(), {}}), actions);
}

void Client::send(Message message, Actions& actions) {
    ++messages_.sent[static_cast<std::size_t>(message.type)];
    actions.emplace_back(Send{std::move(message)});
}

Client::Transaction Client::new_transaction(const Retransmission& parameters, TimePoint now) {
    constexpr unsigned kXidBits = 24;
    const std::uint32_t xid = std::max(random_() >> (32 - kXidBits), std::uint32_t{1});  // 0 reads as "none" in logs
    const auto timeout = first_timeout(parameters, random_);
    return {xid, now, now, now + timeout, timeout, 1};
}

void Client::count_resend(Transaction& transaction, const Retransmission& parameters, TimePoint now) const {
    ++transaction.sent;
    transaction.sent_at = now;
    transaction.timeout = next_timeout(parameters, transaction.timeout, random_);
    transaction.resend_at = now + transaction.timeout;
}

Retransmission Client::with_limit(const Retransmission& parameters, Duration longest_timeout) const {
    auto limited = parameters;
    limited.longest_timeout = longest_timeout;
    return limited;
}

}  // namespace nlinit::dhcp6
