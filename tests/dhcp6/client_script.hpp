// SPDX-License-Identifier: Apache-2.0
// A life of the DHCPv6 client written in bytes: each instruction is one event, and after each the promises of the
// client are checked. Random bytes make a property test of it, a fuzzer's bytes a fuzzer.
//
//     EXPECT_EQ(Dhcp6Script(bytes).first_broken_promise(), "");
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp6/client.hpp"

namespace nlinit::test {

class Dhcp6Script {
  public:
    explicit Dhcp6Script(ByteView script)
        : in_(script), flags_(in_.u8()), client_(config_of(flags_), bits_from(in_.u8())) {}

    // In words; empty when all were kept to the end of the script.
    std::string first_broken_promise() {
        while (broken_.empty() && !in_.at_end()) step();
        return broken_;
    }

  private:
    static constexpr std::uint32_t kIaid = 0x00123456;

    static bool bit(unsigned byte, unsigned index) { return ((byte >> index) & 1) != 0; }

    // SplitMix (Steele, Lea, Flood 2014): each life has a generator of its own, of which it takes some dozen numbers,
    // so it should cost nothing to begin.
    static dhcp6::RandomBits bits_from(unsigned seed) {
        return [state = std::uint64_t{seed}]() mutable {
            state += 0x9e3779b97f4a7c15;
            auto mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            return static_cast<std::uint32_t>(mixed >> 32);
        };
    }

    static const dhcp6::Duid& guest() {
        static const auto duid = dhcp6::Duid::of_link_layer(MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x56}));
        return duid;
    }
    static dhcp6::Duid server(std::uint8_t number) {
        return dhcp6::Duid::of_link_layer(MacAddress({0x02, 0, 0, 0, 0, number}));
    }
    static Ipv6Address address(std::uint8_t number) {
        return Ipv6Address({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number});
    }

    static dhcp6::ClientConfig config_of(std::uint8_t flags) {
        dhcp6::ClientConfig config;
        config.duid = guest();
        config.iaid = kIaid;
        config.rapid_commit = !bit(flags, 0);
        config.release_on_stop = bit(flags, 1);
        if (bit(flags, 2)) config.start_delay = std::chrono::seconds(1);
        if (bit(flags, 3)) config.mode = dhcp6::Mode::stateless;
        return config;
    }

    void step() {
        switch (in_.u8() % 16) {
            case 0:
                return handle(dhcp6::LinkUp{});
            case 1:
                return handle(dhcp6::LinkDown{});
            case 2:
                return handle(dhcp6::AddressConflict{address(in_.u8() % 4)});
            case 3:
                switch (in_.u8() % 8) {
                    case 0:
                        return handle(dhcp6::Stop{});
                    case 1:
                        return handle(dhcp6::RenewNow{});
                    default:
                        return handle(dhcp6::LinkUp{});
                }
            case 4:
            case 5:
            case 6:
                if (client_.deadline()) now_ = std::max(now_, *client_.deadline());
                return handle(dhcp6::DeadlineReached{});
            case 7:
                now_ += std::chrono::seconds(in_.u16());
                return handle(dhcp6::DeadlineReached{});
            case 8: {  // time passes unnoticed, so that the next event comes before the timer
                const auto wait = in_.u8();
                now_ +=
                    wait < 200 ? Duration(10 * wait * std::chrono::milliseconds(1)) : wait * std::chrono::minutes(1);
                return;
            }
            case 9:
                return receive_bytes();
            default:
                return receive_reply();
        }
    }

    // Options as they come, in a message that nobody could refuse for its head.
    void receive_bytes() {
        const auto type = static_cast<std::uint8_t>(bit(in_.u8(), 0) ? 2 : 7);
        ByteWriter out;
        out.u32(std::uint32_t{type} << 24 | client_.xid());
        out.bytes(in_.bytes(std::min<std::size_t>(in_.u8(), in_.remaining())));
        auto parsed = dhcp6::parse(std::move(out).take());
        auto* message = std::get_if<dhcp6::Message>(&parsed);
        if (message == nullptr) return;
        if (message->client.empty()) message->client = guest();
        if (message->server.empty()) message->server = server(1);
        if (!message->ia_na.empty()) message->ia_na.front().iaid = kIaid;
        handle(dhcp6::Received{*std::move(message)});
    }

    std::uint32_t seconds() {
        const auto value = in_.u16();
        return value == 0xffff ? dhcp6::kInfinity : value;
    }

    void receive_reply() {
        using dhcp6::StatusCode;
        const auto kind = in_.u8(), flaws = in_.u8();
        dhcp6::Message message;
        message.type = bit(kind, 0) ? dhcp6::MessageType::advertise : dhcp6::MessageType::reply;
        message.xid = client_.xid();
        message.client = guest();
        message.server = server(bit(kind, 1) ? 2 : 1);
        message.rapid_commit = bit(kind, 2);
        auto& ia = message.ia_na.emplace_back();
        ia.iaid = kIaid;
        ia.addresses.push_back({address(1), 1000, 2000, {}});
        if (bit(kind, 3)) ia.addresses.push_back({address(in_.u8() % 4), seconds(), seconds(), {}});
        if (bit(kind, 4)) ia.t1 = seconds();
        if (bit(kind, 5)) ia.t2 = seconds();
        if (bit(kind, 6)) ia.addresses.front() = {address(in_.u8() % 4), seconds(), seconds(), {}};
        if (bit(kind, 7)) message.preference = in_.u8();
        if (flaws >= 160) {
            if (bit(flaws, 0)) message.status.code = StatusCode{static_cast<std::uint16_t>(in_.u8() % 8)};
            if (bit(flaws, 1)) ia.status.code = StatusCode{static_cast<std::uint16_t>(in_.u8() % 8)};
            if (bit(flaws, 2)) ia.addresses.clear();
            if (bit(flaws, 3)) message.xid ^= in_.u8();
            if (bit(flaws, 4)) message.sol_max_rt = message.inf_max_rt = message.information_refresh_time = in_.u32();
        }
        handle(dhcp6::Received{std::move(message)});
    }

    void promise(bool kept, const char* words) {
        static constexpr const char* kEvents[] = {"LinkUp",          "LinkDown", "Received", "DeadlineReached",
                                                  "AddressConflict", "RenewNow", "Stop"};
        if (kept || !broken_.empty()) return;
        broken_ = std::string(words) + ": broken by event " + std::to_string(events_) + ", " + kEvents[event_] +
                  " in " + std::string(name_of(state_before_));
    }

    void handle(const dhcp6::Event& event) {
        const bool is_packet = std::holds_alternative<dhcp6::Received>(event);
        const auto deadline = client_.deadline();
        const bool awaited = deadline && *deadline <= now_;
        const auto drops = is_packet ? client_.drops().total() : 0;
        state_before_ = client_.state();
        event_ = event.index();
        ++events_;
        if (std::holds_alternative<dhcp6::LinkUp>(event)) link_up_ = true;
        if (std::holds_alternative<dhcp6::LinkDown>(event)) link_up_ = false;

        const auto actions = client_.handle(event, now_);
        promise(actions.size() <= 4, "a bounded number of actions an event");
        for (const auto& action : actions) std::visit([&](const auto& done) { check(done); }, action);
        check_standing();

        const bool unchanged = actions.empty() && client_.state() == state_before_ && client_.deadline() == deadline;
        if (is_packet && client_.drops().total() != drops) {
            promise(client_.drops().total() == drops + 1, "a message is dropped for one reason");
            promise(unchanged, "a drop moves nothing");
        }
        if (std::holds_alternative<dhcp6::DeadlineReached>(event)) {
            if (!awaited) promise(unchanged, "a wake before the deadline moves nothing");
            promise(!in_use_ || in_use_->first_end() > now_, "no address is in use after its expiry");
            promise(!client_.deadline() || *client_.deadline() > now_, "the next deadline lies in the future");
        }
    }

    void check(const dhcp6::Send& sent) {
        using dhcp6::MessageType;
        const auto& message = sent.message;
        const auto type = message.type;
        promise(link_up_, "nothing is sent without a link");
        promise(type != MessageType::advertise && type != MessageType::reply, "what is sent is a client's");
        promise(message.client == guest(), "what is sent is the guest's");
        promise(message.xid != 0 && message.xid == client_.xid(), "every message belongs to the exchange under way");
        promise(message.elapsed.has_value(), "every message says how long it has been (RFC 8415 21.9)");
        const bool to_one = type == MessageType::request || type == MessageType::renew ||
                            type == MessageType::release || type == MessageType::decline;
        promise(message.server.empty() != to_one, "what is meant for one server names it (RFC 8415 16)");
        promise(message.ia_na.empty() == (type == MessageType::information_request),
                "all but an INFORMATION-REQUEST are about our IA");
        const auto back = dhcp6::parse(serialize(message));
        promise(std::holds_alternative<dhcp6::Message>(back) && std::get<dhcp6::Message>(back) == message,
                "what is sent can be read");
    }
    void check(const dhcp6::Bind& bind) {
        const auto& lease = bind.lease;
        promise(!lease.addresses.empty() && lease.addresses.size() <= dhcp6::Lease::kMaxAddresses,
                "a lease has an address, and not too many");
        for (const auto& leased : lease.addresses) {
            promise(leased.address.is_beyond_link(), "an address that a host may have");
            promise(leased.valid_until > now_, "what is bound is not over already");
            promise(leased.preferred_until <= leased.valid_until, "an address is not preferred after its end");
        }
        promise(lease.acquired_at <= now_ && lease.acquired_at < lease.renew_at && lease.renew_at <= lease.rebind_at,
                "the request, T1 and T2 come in this order");
        promise(lease.renew_at >= lease.acquired_at + dhcp6::kShortestT1 || lease.is_too_short_to_renew() ||
                    lease.renew_at >= lease.first_end(),
                "T1 is not too soon");
        in_use_ = lease;
    }
    void check(const dhcp6::Unbind& unbind) {
        promise(in_use_ && *in_use_ == unbind.lease, "only the lease in use is withdrawn");
        in_use_.reset();
    }
    void check(const dhcp6::Configured&) { promise(bit(flags_, 3), "configured alone is who is stateless"); }

    void check_standing() {
        using dhcp6::State;
        const auto state = client_.state();
        const auto* lease = client_.lease();
        promise((lease != nullptr) == in_use_.has_value() && (lease == nullptr || *lease == *in_use_),
                "lease() is what was bound and not withdrawn");
        const bool in_exchange = state != State::stopped && state != State::init && state != State::bound &&
                                 state != State::informed && state != State::waiting_for_link;
        promise(in_exchange == (client_.xid() != 0), "an exchange has a transaction");
        promise(client_.deadline() || (!in_exchange && state != State::init), "who waits has a deadline");
        promise(!in_use_ || in_use_->first_end() == kNever ||
                    (client_.deadline() && *client_.deadline() <= in_use_->first_end()),
                "the deadline is not after the end of an address");
        promise(state != State::stopped || (!client_.deadline() && !in_use_),
                "a stopped client has and awaits nothing");
        promise(state != State::soliciting || !in_use_, "who looks for a lease has none");
        const bool needs_lease = state == State::bound || state == State::renewing || state == State::rebinding ||
                                 state == State::confirming;
        promise(!needs_lease || in_use_, "what is renewed or confirmed is in use");
    }

    ByteReader in_;
    std::uint8_t flags_;
    dhcp6::Client client_;
    TimePoint now_{std::chrono::seconds(3)};
    std::optional<dhcp6::Lease> in_use_;
    bool link_up_ = false;
    dhcp6::State state_before_{};
    std::size_t event_ = 0, events_ = 0;
    std::string broken_;
};

}  // namespace nlinit::test
