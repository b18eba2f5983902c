// SPDX-License-Identifier: Apache-2.0
// What the client does with what servers say: which answers count in which state, and why the others are dropped.
#include <algorithm>
#include <utility>

#include "nlinit/dhcp/client.hpp"
#include "nlinit/dhcp/inheritance.hpp"
#include "nlinit/dhcp/lease_names.hpp"
#include "nlinit/dhcp/lease_options.hpp"

namespace nlinit::dhcp {
namespace {

bool contains(const std::vector<Ipv4Address>& list, Ipv4Address address) {
    return std::ranges::find(list, address) != list.end();
}

Ipv4Address server_of(const Received& received) {
    return received.message.options.address(OptionCode::server_identifier).value_or(received.source);
}

bool came_from(const Received& received, std::optional<Ipv4Address> expected) {
    return !expected || server_of(received) == *expected;
}

// What the ACK has nothing of, and what it has and makes no sense.
Remarks words_for(const std::vector<OptionCode>& kept, const Options& said, std::string_view source) {
    Remarks remarks;
    for (const bool is_there : {false, true}) {
        std::string text;
        for (const auto code : kept) {
            if (said.has(code) == is_there) text.append(text.empty() ? "" : ", ").append(named(code));
        }
        const std::string verb = is_there ? "has nothing usable in " : "does without ";
        if (text.empty()) continue;
        text.insert(0, "the server's ACK " + verb);
        remarks.push_back(text.append(": kept from ").append(source));
    }
    return remarks;
}

}  // namespace

void Client::on(const Received& received, TimePoint now, Actions& actions) {
    ++messages_.received[static_cast<std::size_t>(received.message.type)];
    Verdict dropped = check(received);
    if (!dropped) {
        dropped = std::visit(
            [&](auto& state) -> Verdict {
                if constexpr (requires { state.transaction; }) {
                    return take(state, received, now, actions);
                } else {
                    return DropReason::not_expected_in_state;
                }
            },
            data_);
    }
    if (dropped) drops_.count(*dropped);
}

// What holds for any answer in any state.
Client::Verdict Client::check(const Received& received) const {
    const Message& message = received.message;
    const auto is = [&](MessageType type) { return message.type == type; };
    if (message.op != OpCode::boot_reply) return DropReason::not_a_reply;
    if (!is(MessageType::offer) && !is(MessageType::ack) && !is(MessageType::nak)) return DropReason::bad_message_type;
    if (message.chaddr != config_.mac) return DropReason::other_hardware_address;
    const auto* current = transaction();
    if (!current) return DropReason::not_expected_in_state;
    if (message.xid != current->xid) return DropReason::other_transaction;
    const auto echoed = message.options.find(OptionCode::client_identifier);
    if (echoed && !is_our_identifier(*echoed, config_)) return DropReason::other_client_identifier;
    const auto server = server_of(received);
    const bool allowed = config_.allowed_servers.empty() || contains(config_.allowed_servers, server);
    if (!allowed || contains(config_.denied_servers, server)) return DropReason::server_refused;
    return std::nullopt;
}

// RFC 8925 3.2: to whoever asked for it, option 108 says that the network can do without IPv4. It may come with an
// address of 0.0.0.0, so it counts before anything else in the message does.
std::optional<Duration> Client::ipv6_only_wait(const Message& message) const {
    constexpr std::chrono::seconds kShortestWait{300};  // RFC 8925 3.4: MIN_V6ONLY_WAIT
    // Nobody vouches for an OFFER. A network that is without IPv4 for good says so again each day.
    constexpr std::chrono::seconds kLongestWait = std::chrono::hours(24);
    const auto seconds = message.options.u32(OptionCode::ipv6_only_preferred);
    if (!config_.ipv6_only_preferred || !seconds || message.type == MessageType::nak) return std::nullopt;
    return std::clamp(std::chrono::seconds(*seconds), kShortestWait, kLongestWait);
}

Client::Verdict Client::take(Selecting& selecting, const Received& received, TimePoint now, Actions& actions) {
    if (const auto wait = ipv6_only_wait(received.message); wait && !in_use_) {
        data_ = Ipv6Only{now + *wait};
        return std::nullopt;
    }
    switch (received.message.type) {
        case MessageType::offer:
            return take_offer(selecting, received, now, actions);
        case MessageType::ack: {
            // RFC 4039: an ACK to a DISCOVER is one only with option 80, and only if we had sent it.
            if (!selecting.rapid_commit_sent || !received.message.options.has(OptionCode::rapid_commit))
                return DropReason::rapid_commit_mismatch;
            return take_ack({selecting.transaction.started_at, {}, {}}, received, now, actions);
        }
        default:
            return DropReason::not_expected_in_state;
    }
}

// Option 80 in an OFFER means nothing (RFC 4039 has it in ACKs only); some servers put it there.
Client::Verdict Client::take_offer(const Selecting& selecting, const Received& received, TimePoint now,
                                   Actions& actions) {
    auto offered = lease_from(received.message, received.source, now, config_.rules);
    if (const auto* reason = std::get_if<DropReason>(&offered)) return *reason;
    auto& lease = std::get<Lease>(offered);
    Requesting requesting{selecting.transaction, selecting.transaction.started_at, lease.server, lease.address,
                          std::move(lease.options)};
    requesting.transaction.started_at = now;
    requesting.transaction.attempt = 0;
    schedule_resend(requesting.transaction, now);
    const Envelope envelope{requesting.transaction.xid,
                            std::chrono::floor<std::chrono::seconds>(now - requesting.discovered_at)};
    data_ = std::move(requesting);
    broadcast(make_request(config_, envelope, lease.address, lease.server), actions);
    return std::nullopt;
}

// RFC 2131 4.4: in REQUESTING and RENEWING one server was asked, in REBOOTING and REBINDING all of them.
Client::Verdict Client::take(Requesting& requesting, const Received& received, TimePoint now, Actions& actions) {
    return take_final(
        {requesting.transaction.started_at, requesting.server, requesting.address, &requesting.offered, "its OFFER"},
        received, now, actions);
}

Client::Verdict Client::take(Rebooting& rebooting, const Received& received, TimePoint now, Actions& actions) {
    if (const auto wait = ipv6_only_wait(received.message); wait && !in_use_) {
        data_ = Ipv6Only{now + *wait};
        return std::nullopt;
    }
    return take_final({rebooting.transaction.started_at, {}, rebooting.lease.address, &rebooting.lease.options},
                      received, now, actions);
}

Client::Verdict Client::take(Renewing& renewing, const Received& received, TimePoint now, Actions& actions) {
    return take_final({renewing.transaction.started_at, in_use_->server, in_use_->address, &in_use_->options}, received,
                      now, actions);
}

Client::Verdict Client::take(Rebinding& rebinding, const Received& received, TimePoint now, Actions& actions) {
    return take_final({rebinding.transaction.started_at, {}, in_use_->address, &in_use_->options}, received, now,
                      actions);
}

Client::Verdict Client::take_final(const Expected& expected, const Received& received, TimePoint now,
                                   Actions& actions) {
    if (received.message.type == MessageType::ack) return take_ack(expected, received, now, actions);
    if (received.message.type == MessageType::nak) return take_nak(expected, received, now, actions);
    return DropReason::not_expected_in_state;
}

Client::Verdict Client::take_ack(const Expected& expected, const Received& received, TimePoint now, Actions& actions) {
    if (!came_from(received, expected.server)) return DropReason::other_server;
    if (expected.address && received.message.yiaddr != *expected.address) return DropReason::other_address;
    Message message = received.message;
    std::vector<OptionCode> kept;
    if (expected.before != nullptr)
        kept = inherit(message.options, *expected.before, config_.rules.ms_routes, config_.more_options);
    auto granted = lease_from(message, received.source, expected.requested_at, config_.rules);
    if (const auto* reason = std::get_if<DropReason>(&granted)) return *reason;
    auto& lease = std::get<Lease>(granted);
    // A late answer may grant what is over by now: on a guest that was suspended, or with a very short lease.
    if (lease.expires_at <= now) return DropReason::lease_over;
    spread_renewals(lease);
    auto words = words_for(kept, received.message.options, expected.source_of_before);
    if (config_.ipv6_only_preferred)
        static_cast<void>(
            number_in(received.message.options, OptionCode::ipv6_only_preferred, sizeof(std::uint32_t), words));
    if (expected.before != nullptr) {
        const auto lost = given_up_for_router(received.message.options, *expected.before, config_.rules.ms_routes);
        if (lost) remark(words, *lost, "is not in the server's ACK, which names another router: its routes go");
    }
    lease.remarks.insert(lease.remarks.begin(), words.begin(), words.end());
    grant(lease, now, actions);
    return std::nullopt;
}

// Machines that are bound together do not renew together. A lease that is not renewed has nothing to spread. The xid is
// random already, and as good as bits that cost a system call on the way to the route.
void Client::spread_renewals(Lease& lease) const {
    if (lease.is_infinite() || lease.is_too_short_to_renew()) return;
    const auto bits = [high = xid(), low = xid() << 16]() mutable { return std::exchange(high, low); };
    const auto start = lease.acquired_at;
    const auto times = with_fuzz({lease.renew_at - start, lease.rebind_at - start}, lease.duration, bits);
    lease.renew_at = start + times.t1;
    lease.rebind_at = start + times.t2;
}

Client::Verdict Client::take_nak(const Expected& expected, const Received& received, TimePoint now, Actions& actions) {
    // A NAK without option 54 could come from anyone on the link.
    const bool says_who = received.message.options.address(OptionCode::server_identifier).has_value();
    if (expected.server && !says_who) return DropReason::no_server_identifier;
    if (!came_from(received, expected.server)) return DropReason::other_server;
    const auto refused = expected.address.value_or(Ipv4Address());
    refusal_ = Refusal{server_of(received), refused, message_in(received.message.options)};
    // While a lease is in use another may be asked for, of the same server or of another (after a carrier that came
    // back, and a REBOOTING that nobody answered): what is refused then is that one.
    const bool is_in_use =
        in_use_ && in_use_->address == refused && (!expected.server || in_use_->server == *expected.server);
    if (is_in_use) unbind(UnbindReason::refused, actions);
    // A wish, whichever server it came from.
    if (config_.previous_lease && config_.previous_lease->address == refused) config_.previous_lease.reset();
    const auto delay = nak_delay(++naks_in_a_row_);
    data_ = Init{now + delay};
    if (delay == Duration::zero()) discover(now, actions);
    return std::nullopt;
}

}  // namespace nlinit::dhcp
