// SPDX-License-Identifier: Apache-2.0
// What the client does with what servers say: which answers count in which state, and why the others are dropped.
#include <algorithm>
#include <utility>

#include "nlinit/base/text.hpp"
#include "nlinit/dhcp6/client.hpp"

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kHighestPreference = 255;  // RFC 8415 18.2.1: ends the collecting

// RFC 8415 7.6, 21.23.
constexpr std::uint32_t kUsualRefresh = 86400, kShortestRefresh = 600;
constexpr Duration kRefreshDelay = 1s;  // 18.2.6: INF_MAX_DELAY, for hosts that were configured together

// Whether this failure ends the exchange with the server. After others the exchange goes on at its own pace: the server
// may succeed later (RFC 8415 18.2.10, UnspecFail), and UseMulticast asks for what the client does anyway.
bool is_final(StatusCode failure) {
    return failure == StatusCode::no_addrs_avail || failure == StatusCode::no_binding ||
           failure == StatusCode::not_on_link;
}

}  // namespace

void Client::on(const Received& received, TimePoint now, Actions& actions) {
    const Message& message = received.message;
    ++messages_.received[static_cast<std::size_t>(message.type)];
    Verdict dropped = check(message);
    if (!dropped) {
        learn_limits(message);
        dropped = std::visit(
            [&](auto& state) -> Verdict {
                if constexpr (requires { state.transaction; }) {
                    return take(state, message, now, actions);
                } else {
                    return DropReason::not_expected_in_state;
                }
            },
            data_);
    }
    if (dropped) drops_.count(*dropped);
}

// What holds for any answer in any state (RFC 8415 16.3, 16.10).
Client::Verdict Client::check(const Message& message) const {
    if (message.type != MessageType::advertise && message.type != MessageType::reply) return DropReason::not_a_reply;
    const auto* current = transaction();
    if (current == nullptr) return DropReason::not_expected_in_state;
    if (message.xid != current->xid) return DropReason::other_transaction;
    if (message.client.empty()) return DropReason::no_client_identifier;
    if (message.client != config_.duid) return DropReason::other_client_identifier;
    if (message.server.empty()) return DropReason::no_server_identifier;
    // Only a SOLICIT is answered by more than one kind of message.
    const bool is_advertise = message.type == MessageType::advertise;
    if (is_advertise && state() != State::soliciting) return DropReason::not_expected_in_state;
    return std::nullopt;
}

// The limits count also in an answer that refuses (RFC 8415 18.2.9, 21.24, 21.25).
void Client::learn_limits(const Message& message) {
    if (message.sol_max_rt && is_valid_max_rt(*message.sol_max_rt))
        sol_max_rt_ = std::chrono::seconds(*message.sol_max_rt);
    if (message.inf_max_rt && is_valid_max_rt(*message.inf_max_rt))
        inf_max_rt_ = std::chrono::seconds(*message.inf_max_rt);
}

// Keeps a failure status, so that a report can say why there is no lease.
StatusCode Client::failure_of(const Message& message) {
    const auto* failure = failure_in(message, config_.iaid);
    if (failure == nullptr) return StatusCode::success;
    refusal_ = Refusal{message.server, failure->code, printable(failure->message)};
    return failure->code;
}

Client::Verdict Client::take(Soliciting& soliciting, const Message& message, TimePoint now, Actions& actions) {
    if (message.type == MessageType::advertise) return take_advertise(soliciting, message, now, actions);
    // RFC 8415 18.2.10: a REPLY to a SOLICIT is one only with the option, and only if we had sent it.
    if (!config_.rapid_commit || !message.rapid_commit) return DropReason::rapid_commit_mismatch;
    if (const auto failure = failure_of(message); failure != StatusCode::success) return reason_of(failure);
    return take_grant(soliciting.transaction.sent_at, nullptr, message, now, actions);
}

// ADVERTISEs are collected until the first timeout; after it, the next one counts at once (RFC 8415 18.2.1, 18.2.9).
Client::Verdict Client::take_advertise(Soliciting& soliciting, const Message& message, TimePoint now,
                                       Actions& actions) {
    if (const auto failure = failure_of(message); failure != StatusCode::success) return reason_of(failure);
    auto advertised = lease_from(message, config_.iaid, now);
    if (const auto* reason = std::get_if<DropReason>(&advertised)) return *reason;
    auto& lease = std::get<Lease>(advertised);
    const auto preference = message.preference.value_or(0);
    const bool collecting = soliciting.transaction.sent == 1 && preference != kHighestPreference;
    if (!collecting) {
        request(lease, now, actions);
    } else if (!soliciting.best || preference > soliciting.preference) {
        soliciting.best = std::move(lease);
        soliciting.preference = preference;
    }
    return std::nullopt;
}

Client::Verdict Client::take(Requesting& requesting, const Message& message, TimePoint now, Actions& actions) {
    if (message.server != requesting.wanted.server) return DropReason::other_server;
    const auto failure = failure_of(message);
    if (is_final(failure)) {
        start_again(now, actions);
        return std::nullopt;
    }
    if (failure != StatusCode::success) return reason_of(failure);
    return take_grant(requesting.transaction.sent_at, in_use_ ? &*in_use_ : nullptr, message, now, actions);
}

Client::Verdict Client::take(Confirming&, const Message& message, TimePoint now, Actions& actions) {
    switch (const auto failure = failure_of(message)) {
        case StatusCode::success:
            if (in_use_->first_end() <= now) return DropReason::lease_over;
            keep_using(now, actions);
            return std::nullopt;
        case StatusCode::not_on_link:
            start_again(now, actions);
            return std::nullopt;
        default:
            return reason_of(failure);
    }
}

Client::Verdict Client::take(Renewing& renewing, const Message& message, TimePoint now, Actions& actions) {
    if (message.server != in_use_->server) return DropReason::other_server;
    return take_renewal(renewing.transaction.sent_at, message, now, actions);
}

Client::Verdict Client::take(Rebinding& rebinding, const Message& message, TimePoint now, Actions& actions) {
    return take_renewal(rebinding.transaction.sent_at, message, now, actions);
}

// A server that does not know the lease is asked for it anew; the lease stays in use meanwhile (RFC 8415 18.2.10.1).
Client::Verdict Client::take_renewal(TimePoint sent_at, const Message& message, TimePoint now, Actions& actions) {
    const auto failure = failure_of(message);
    if (failure == StatusCode::no_binding) {
        Lease wanted = *in_use_;
        wanted.server = message.server;
        request(wanted, now, actions);
        return std::nullopt;
    }
    if (failure != StatusCode::success) return reason_of(failure);
    return take_grant(sent_at, &*in_use_, message, now, actions);
}

Client::Verdict Client::take_grant(TimePoint sent_at, const Lease* before, const Message& message, TimePoint now,
                                   Actions& actions) {
    auto granted = lease_from(message, config_.iaid, sent_at, before);
    if (const auto* reason = std::get_if<DropReason>(&granted)) return *reason;
    auto& lease = std::get<Lease>(granted);
    if (lease.addresses.empty()) {
        start_again(now, actions);  // the server has withdrawn all that we had of it
        return std::nullopt;
    }
    // A late answer may grant addresses that have ended by now: the guest was suspended, or the lease is very short.
    std::erase_if(lease.addresses, [now](const LeasedAddress& leased) { return leased.valid_until <= now; });
    if (lease.addresses.empty()) return DropReason::lease_over;
    if (!lease.is_too_short_to_renew()) {
        // Machines that are bound together do not renew together.
        const auto since = [&](TimePoint then) { return then == kNever ? kInfinityDuration : then - sent_at; };
        const auto times = with_fuzz({since(lease.renew_at), since(lease.rebind_at)}, since(lease.last_end()), random_);
        lease.renew_at = end_of(times.t1, sent_at);
        lease.rebind_at = end_of(times.t2, sent_at);
    }
    bind(std::move(lease), actions);
    return std::nullopt;
}

// Any status is an answer: the server has taken note of the DECLINE (RFC 8415 18.2.10.4).
Client::Verdict Client::take(Declining& declining, const Message& message, TimePoint now, Actions& actions) {
    if (message.server != declining.declined.server) return DropReason::other_server;
    end_declining(now, actions);
    return std::nullopt;
}

Client::Verdict Client::take(Releasing& releasing, const Message& message, TimePoint, Actions&) {
    if (message.server != releasing.released.server) return DropReason::other_server;
    data_ = Stopped{};
    return std::nullopt;
}

Client::Verdict Client::take(Informing& informing, const Message& message, TimePoint now, Actions& actions) {
    if (const auto failure = failure_of(message); failure != StatusCode::success) return reason_of(failure);
    refusal_.reset();
    const bool is_known = informing.is_refresh && configuration_;
    configuration_ = configuration_from(message, is_known ? *configuration_ : Configuration{});
    const auto refresh = std::max(message.information_refresh_time.value_or(kUsualRefresh), kShortestRefresh);
    data_ = Informed{end_of(part_of(kRefreshDelay, random_), end_of(refresh, now))};
    actions.emplace_back(Configured{*configuration_});
    return std::nullopt;
}

}  // namespace nlinit::dhcp6
