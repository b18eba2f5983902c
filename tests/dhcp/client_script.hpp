// SPDX-License-Identifier: Apache-2.0
// A life of the client written in bytes: each instruction is one event, and after each the promises of the client are
// checked. Random bytes make a property test of it, a fuzzer's bytes a fuzzer.
//
//     EXPECT_EQ(ClientScript(bytes).first_broken_promise(), "");
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp/client.hpp"

namespace nlinit::test {

class ClientScript {
  public:
    explicit ClientScript(ByteView script)
        : in_(script), flags_(in_.u8()), seed_(in_.u8()), client_(config_of(flags_, seed_), bits_from(seed_)) {}

    // In words; empty when all were kept to the end of the script.
    std::string first_broken_promise() {
        while (broken_.empty() && !in_.at_end()) step();
        return broken_;
    }

  private:
    static constexpr MacAddress kMac{{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};

    // Each life has a generator of its own, of which it takes some dozen numbers: the 624 words that std::mt19937 fills
    // before its first one were most of what a fuzzer did. This is SplitMix (Steele, Lea, Flood 2014).
    static dhcp::RandomBits bits_from(unsigned seed) {
        return [state = std::uint64_t{seed}]() mutable {
            state += 0x9e3779b97f4a7c15;
            auto mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            return static_cast<std::uint32_t>(mixed >> 32);
        };
    }

    static bool bit(unsigned byte, unsigned index) { return ((byte >> index) & 1) != 0; }

    static dhcp::ClientConfig config_of(std::uint8_t flags, std::uint8_t seed) {
        using std::chrono::seconds;
        dhcp::ClientConfig config;
        config.mac = kMac;
        config.rapid_commit = !bit(flags, 0);
        config.release_on_stop = bit(flags, 1);
        if (bit(flags, 2)) config.start_delay = seconds(5);
        config.rules.ms_routes = bit(flags, 3);
        if (bit(flags, 4)) config.rules.fallback_duration = seconds(600);
        if (bit(flags, 5)) {
            const auto lease = lease_from(reply(dhcp::MessageType::ack), {10, 0, 2, 2}, TimePoint{}, {});
            if (const auto* good = std::get_if<dhcp::Lease>(&lease)) config.previous_lease = *good;
        }
        if (bit(flags, 6)) config.denied_servers = {Ipv4Address(10, 0, 2, 3)};
        config.broadcast_flag = bit(flags, 7);
        if (bit(seed, 7)) config.conflict_detection = dhcp::ConflictDetection::probe;
        if (bit(seed, 6)) config.conflict_detection = dhcp::ConflictDetection::optimistic;
        config.ipv6_only_preferred = bit(seed, 5);
        return config;
    }

    static dhcp::Message reply(dhcp::MessageType type) {
        using dhcp::OptionCode;
        dhcp::Message message;
        message.op = dhcp::OpCode::boot_reply;
        message.type = type;
        message.chaddr = kMac;
        message.yiaddr = {10, 0, 2, 15};
        message.options.set_address(OptionCode::server_identifier, {10, 0, 2, 2});
        message.options.set_u32(OptionCode::lease_time, 3600);
        message.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 0});
        message.options.set_address(OptionCode::router, {10, 0, 2, 1});
        return message;
    }

    void step() {
        const auto wait_for = [&](Duration duration) { now_ += duration; };
        switch (in_.u8() % 16) {
            case 0:
                return handle(dhcp::LinkUp{});
            case 1:
                return handle(dhcp::LinkDown{});
            case 2:
                return handle(dhcp::AddressConflict{});
            case 3:
                switch (in_.u8() % 16) {
                    case 0:
                        return handle(dhcp::Stop{});
                    case 1:
                        return handle(dhcp::RenewNow{});
                    case 2:
                    case 3:
                        return handle(dhcp::AddressFree{});
                    default:
                        return handle(dhcp::LinkUp{});
                }
            case 4:
            case 5:
            case 6:
                if (client_.deadline()) now_ = std::max(now_, *client_.deadline());
                return handle(dhcp::DeadlineReached{});
            case 7:
                wait_for(std::chrono::seconds(in_.u16()));
                return handle(dhcp::DeadlineReached{});
            case 8: {  // time passes unnoticed, so that the next event comes before the timer
                const auto wait = in_.u8();
                return wait_for(wait < 200 ? 10 * wait * std::chrono::milliseconds(1) : wait * std::chrono::minutes(1));
            }
            case 9:
                return receive_bytes();
            default:
                return receive_reply();
        }
    }

    // Options as they come, behind a head that nobody could refuse: what heads are refused for is parse()'s business,
    // and in 240 bytes of it a fuzzer would change little else.
    void receive_bytes() {
        auto answer = reply(dhcp::MessageType::ack);
        answer.xid = client_.xid();  // which no script could guess
        answer.yiaddr = Ipv4Address(10, 0, 2, in_.u8());
        answer.options = {};
        Bytes bytes = serialize(answer);
        bytes.resize(dhcp::kHeaderSize);
        const auto options = in_.bytes(std::min<std::size_t>(in_.u8(), in_.remaining()));
        bytes.insert(bytes.end(), options.begin(), options.end());
        const auto parsed = dhcp::parse(bytes);
        if (const auto* message = std::get_if<dhcp::Message>(&parsed)) receive(*message);
    }

    void receive_reply() {
        using dhcp::MessageType;
        static constexpr MessageType kTypes[] = {MessageType::offer, MessageType::offer, MessageType::ack,
                                                 MessageType::ack,   MessageType::ack,   MessageType::nak,
                                                 MessageType::nak,   MessageType::inform};
        const auto kind = in_.u8(), flaws = in_.u8();
        auto message = reply(kTypes[kind % std::size(kTypes)]);
        message.xid = client_.xid();
        if (bit(kind, 3)) message.options.set(dhcp::OptionCode::rapid_commit, {});
        if (bit(kind, 4)) message.options.set_u32(dhcp::OptionCode::lease_time, in_.u16());
        if (bit(kind, 5)) message.options.set_u32(dhcp::OptionCode::lease_time, 0xffffffff);
        if (bit(kind, 6)) message.options.set_u32(dhcp::OptionCode::renewal_time, in_.u16());
        if (bit(kind, 7)) message.options.set_u32(dhcp::OptionCode::rebinding_time, in_.u16());
        if (flaws < 160) return receive(message);
        if (bit(flaws, 0)) message.options.set_address(dhcp::OptionCode::server_identifier, {10, 0, 2, 3});
        if (bit(flaws, 1)) message.yiaddr = Ipv4Address(10, 0, 2, in_.u8());
        if (bit(flaws, 2)) message.options.set(dhcp::OptionCode::lease_time, {});
        if (bit(flaws, 3))
            message.options.set_address(dhcp::OptionCode::subnet_mask, Ipv4Address::from_integer(in_.u32()));
        if (bit(flaws, 4)) message.xid ^= in_.u8();
        if (bit(flaws, 6)) message.options.set_u32(dhcp::OptionCode::ipv6_only_preferred, in_.u16());
        receive(message);
    }

    void receive(const dhcp::Message& message) { handle(dhcp::Received{message, Ipv4Address(10, 0, 2, 2)}); }

    void promise(bool kept, const char* words) {
        static constexpr const char* kEvents[] = {"LinkUp",      "LinkDown",        "Received", "DeadlineReached",
                                                  "AddressFree", "AddressConflict", "RenewNow", "Stop"};
        if (kept || !broken_.empty()) return;
        broken_ = std::string(words) + ": broken by event " + std::to_string(events_) + ", " + kEvents[event_] +
                  " in " + std::string(name_of(state_before_));
    }

    void handle(const dhcp::Event& event) {
        const bool is_packet = std::holds_alternative<dhcp::Received>(event);
        const auto deadline = client_.deadline();
        const bool awaited = deadline && *deadline <= now_;
        const auto drops = is_packet ? client_.drops().total() : 0;
        state_before_ = client_.state();
        event_ = event.index();
        ++events_;
        if (std::holds_alternative<dhcp::LinkUp>(event)) {
            link_up_ = true;
            stopped_ = false;  // it starts anew
        }
        if (std::holds_alternative<dhcp::LinkDown>(event)) link_up_ = false;

        const auto actions = client_.handle(event, now_);
        promise(actions.size() <= 4, "a bounded number of actions an event");
        for (const auto& action : actions) std::visit([&](const auto& done) { check(done); }, action);
        const auto next = client_.deadline();
        check_standing(next);

        const bool unchanged = actions.empty() && client_.state() == state_before_ && next == deadline;
        if (is_packet && client_.drops().total() != drops) {
            promise(client_.drops().total() == drops + 1, "a message is dropped for one reason");
            promise(unchanged, "a drop moves nothing");
        }
        if (std::holds_alternative<dhcp::DeadlineReached>(event)) {
            if (!awaited) promise(unchanged, "a wake before the deadline moves nothing");
            promise(!in_use_ || in_use_->expires_at > now_, "no address is in use after its expiry");
            promise(!next || *next > now_, "the next deadline lies in the future");
        }
        if (std::holds_alternative<dhcp::Stop>(event)) stopped_ = true;
    }

    void check(const dhcp::Broadcast& sent) { check_sent(sent.message); }
    void check(const dhcp::Unicast& sent) {
        check_sent(sent.message);
        promise(in_use_ && sent.source == in_use_->address, "a unicast leaves from the address in use");
        promise(sent.destination.is_host(), "a unicast has one host for its destination");
    }
    void check(const dhcp::Bind& bind) {
        const auto& lease = bind.lease;
        promise(!stopped_, "a stopped client binds nothing");
        promise(lease.address.is_host() && lease.prefix_length <= 32, "an address that a host may have");
        promise(lease.acquired_at <= now_ && lease.acquired_at < lease.expires_at, "a lease has begun and will end");
        promise(lease.expires_at > now_, "what is bound is not over already");
        promise(lease.acquired_at < lease.renew_at && lease.renew_at <= lease.rebind_at &&
                    lease.rebind_at <= lease.expires_at,
                "T1, T2 and the end come in this order");
        in_use_ = lease;
    }
    void check(const dhcp::Probe& probe) {
        const bool before_use = client_.state() == dhcp::State::checking;
        promise(before_use || (in_use_ && *in_use_ == probe.lease), "what is probed is granted");
        promise(!before_use || !in_use_ || in_use_->address != probe.lease.address,
                "an address in use is not probed before use");
    }
    void check(const dhcp::Unbind& unbind) {
        promise(in_use_ && *in_use_ == unbind.lease, "only the lease in use is withdrawn");
        in_use_.reset();
    }

    void check_sent(const dhcp::Message& message) {
        using dhcp::MessageType;
        const bool farewell = message.type == MessageType::decline || message.type == MessageType::release;
        promise(!stopped_, "a stopped client sends nothing");
        promise(link_up_ || farewell, "nothing is asked without a carrier");
        promise(message.op == dhcp::OpCode::boot_request && message.chaddr == kMac, "what is sent is the guest's");
        promise(message.xid != 0, "every message belongs to a transaction");
    }

    void check_standing(const std::optional<TimePoint>& deadline) {
        using dhcp::State;
        const auto state = client_.state();
        const auto* lease = client_.lease();
        promise((lease != nullptr) == in_use_.has_value() && (lease == nullptr || *lease == *in_use_),
                "lease() is what was bound and not withdrawn");
        const bool in_transaction = state == State::selecting || state == State::requesting ||
                                    state == State::rebooting || state == State::renewing || state == State::rebinding;
        promise(in_transaction == (client_.xid() != 0), "a transaction has an xid");
        const bool waits =
            in_transaction || state == State::init || state == State::checking || state == State::ipv6_only;
        promise(deadline || !waits, "who waits has a deadline");
        promise(!in_use_ || in_use_->is_infinite() || (deadline && *deadline <= in_use_->expires_at),
                "the deadline is not after the end of the lease");
        promise(state != State::stopped || !deadline, "a stopped client waits for nothing");
        promise(state != State::bound || in_use_, "BOUND has a lease");
    }

    ByteReader in_;
    std::uint8_t flags_, seed_;
    dhcp::Client client_;
    TimePoint now_{std::chrono::seconds(3)};
    std::optional<dhcp::Lease> in_use_;
    bool link_up_ = false;
    bool stopped_ = false;
    dhcp::State state_before_{};
    std::size_t event_ = 0, events_ = 0;
    std::string broken_;
};

}  // namespace nlinit::test
