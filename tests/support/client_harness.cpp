// SPDX-License-Identifier: Apache-2.0
#include "support/client_harness.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace nlinit::test {

using dhcp::MessageType;
using dhcp::OptionCode;

dhcp::RandomBits seeded_bits(std::uint32_t seed) {
    return [random = std::mt19937(seed)]() mutable { return static_cast<std::uint32_t>(random()); };
}

dhcp::ClientConfig guest_config() {
    dhcp::ClientConfig config;
    config.mac = kGuestMac;
    return config;
}

namespace {

std::string line_of_message(const dhcp::Message& message) {
    std::string line(name_of(message.type));
    if (!message.ciaddr.is_unspecified()) line += " ciaddr=" + message.ciaddr.to_string();
    if (const auto requested = message.options.address(OptionCode::requested_address)) {
        line += " requested=" + requested->to_string();
    }
    if (const auto server = message.options.address(OptionCode::server_identifier)) {
        line += " server=" + server->to_string();
    }
    if (message.options.has(OptionCode::rapid_commit)) line += " rapid";
    return line;
}

struct Line {
    std::string operator()(const dhcp::Broadcast& broadcast) const {
        return "broadcast " + line_of_message(broadcast.message);
    }
    std::string operator()(const dhcp::Unicast& unicast) const {
        return "unicast " + unicast.source.to_string() + " to " + unicast.destination.to_string() + ' ' +
               line_of_message(unicast.message);
    }
    std::string operator()(const dhcp::Bind& bind) const {
        return "bind " + bind.lease.address.to_string() + '/' + std::to_string(bind.lease.prefix_length);
    }
    std::string operator()(const dhcp::Probe& probe) const { return "probe " + probe.lease.address.to_string(); }
    std::string operator()(const dhcp::Unbind& unbind) const {
        return "unbind " + unbind.lease.address.to_string() + ' ' + std::string(name_of(unbind.reason));
    }
};

const dhcp::Message* message_of(const dhcp::Action& action) {
    if (const auto* broadcast = std::get_if<dhcp::Broadcast>(&action)) return &broadcast->message;
    if (const auto* unicast = std::get_if<dhcp::Unicast>(&action)) return &unicast->message;
    return nullptr;
}

}  // namespace

std::string to_line(const dhcp::Action& action) {
    return std::visit(Line{}, action);
}

dhcp::Message without_option(dhcp::Message message, OptionCode code) {
    dhcp::Options kept;
    for (const auto& option : message.options.all()) {
        if (option.code != code) kept.set(option.code, option.value);
    }
    message.options = kept;
    return message;
}

ClientHarness::ClientHarness(dhcp::ClientConfig config, std::uint32_t seed)
    : client_(std::move(config), seeded_bits(seed)) {}

ClientHarness ClientHarness::bound(std::chrono::seconds lease_time, dhcp::ClientConfig config) {
    ClientHarness harness(std::move(config));
    harness.link_up();
    harness.receive(harness.offer());
    harness.receive(harness.ack_for(lease_time));
    EXPECT_EQ(harness.state(), dhcp::State::bound);
    harness.take();
    return harness;
}

void ClientHarness::handle(const dhcp::Event& event) {
    for (auto& action : client_.handle(event, now_)) history_.push_back({now_, std::move(action)});
}

void ClientHarness::expect_drop(const dhcp::Message& message, DropReason reason, Ipv4Address source) {
    const auto state_before = client_.state();
    const auto deadline_before = client_.deadline();
    const auto xid_before = client_.xid();
    const auto drops_before = client_.drops();
    const auto done_before = history_.size();
    receive(message, source);
    EXPECT_EQ(client_.drops()[reason], drops_before[reason] + 1) << name_of(reason);
    EXPECT_EQ(client_.drops().total(), drops_before.total() + 1);
    EXPECT_EQ(client_.state(), state_before) << name_of(client_.state());
    EXPECT_EQ(client_.deadline(), deadline_before) << "no drop moves a timer";
    EXPECT_EQ(client_.xid(), xid_before);
    for (auto i = done_before; i < history_.size(); ++i) ADD_FAILURE() << "did: " << to_line(history_[i].action);
}

void ClientHarness::advance_to(TimePoint then) {
    for (int wakes = 0; client_.deadline() && *client_.deadline() <= then; ++wakes) {
        if (wakes == 100000) {
            ADD_FAILURE() << "a deadline follows the other without end";
            break;
        }
        now_ = std::max(now_, *client_.deadline());
        wake();
    }
    now_ = std::max(now_, then);
}

void ClientHarness::advance_to_deadline() {
    advance_to(deadline());
}

void ClientHarness::pause_by(Duration duration) {
    now_ += duration;
    advance_to(now_);
}

dhcp::Message ClientHarness::reply(MessageType type) const {
    dhcp::Message message;
    message.op = dhcp::OpCode::boot_reply;
    message.type = type;
    message.xid = client_.xid();
    message.chaddr = kGuestMac;
    message.yiaddr = kGuestAddress;
    message.options.set_address(OptionCode::server_identifier, kDhcpServer);
    message.options.set_u32(OptionCode::lease_time, 3600);
    message.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 0});
    message.options.set_address(OptionCode::router, {10, 0, 2, 1});
    return message;
}

dhcp::Message ClientHarness::ack_for(std::chrono::seconds lease_time) const {
    auto message = ack();
    message.options.set_u32(OptionCode::lease_time, static_cast<std::uint32_t>(lease_time.count()));
    return message;
}

dhcp::Message ClientHarness::rapid_ack() const {
    auto message = ack();
    message.options.set(OptionCode::rapid_commit, {});
    return message;
}

dhcp::Message ClientHarness::nak(Ipv4Address server) const {
    auto message = reply(MessageType::nak);
    message.yiaddr = {};
    message.options = {};
    message.options.set_address(OptionCode::server_identifier, server);
    return message;
}

std::vector<std::string> ClientHarness::take() {
    std::vector<std::string> lines;
    for (; taken_ < history_.size(); ++taken_) lines.push_back(to_line(history_[taken_].action));
    return lines;
}

const dhcp::Message& ClientHarness::last_sent() const {
    for (auto done = history_.rbegin(); done != history_.rend(); ++done) {
        if (const auto* message = message_of(done->action)) return *message;
    }
    ADD_FAILURE() << "nothing was sent";
    static const dhcp::Message none;
    return none;
}

dhcp::Lease ClientHarness::lease() const {
    if (client_.lease() == nullptr) {
        ADD_FAILURE() << "no lease is in use";
        return {};
    }
    return *client_.lease();
}

TimePoint ClientHarness::deadline() const {
    if (!client_.deadline()) {
        ADD_FAILURE() << "no deadline in state " << name_of(client_.state());
        return now_;
    }
    return *client_.deadline();
}

}  // namespace nlinit::test
