// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/rehearsal.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "nlinit/dhcp/client.hpp"
#include "nlinit/wire/frame.hpp"

namespace nlinit::dhcp_io {
namespace {

constexpr Ipv4Address kServer(192, 0, 2, 1);
constexpr Ipv4Address kAddress(192, 0, 2, 2);
constexpr std::uint32_t kMask = 0xffffff00;
constexpr std::uint32_t kLeaseTime = 3600;

// Over the wire and back, as everything that a server says comes.
std::variant<dhcp::Message, DropReason> answer_to(const dhcp::Message& question) {
    using enum dhcp::OptionCode;
    static_cast<void>(wire::wrap({}, kBroadcastAddress, dhcp::serialize(question)));
    dhcp::Message answer;
    answer.op = dhcp::OpCode::boot_reply;
    const bool committed = question.type == dhcp::MessageType::request || question.options.has(rapid_commit);
    answer.type = committed ? dhcp::MessageType::ack : dhcp::MessageType::offer;
    answer.xid = question.xid;
    answer.chaddr = question.chaddr;
    answer.yiaddr = question.options.address(requested_address).value_or(kAddress);
    answer.options.set_address(server_identifier, kServer);
    answer.options.set_u32(lease_time, kLeaseTime);
    answer.options.set_u32(subnet_mask, kMask);
    answer.options.set_address(router, kServer);
    answer.options.set_address(name_server, kServer);
    answer.options.set(rapid_commit, {});
    return dhcp::parse(dhcp::serialize(answer));
}

}  // namespace

NetworkPlan rehearse(dhcp::ClientConfig config, const dhcp::RoutePreferences& routes, TimePoint now) {
    // Nothing that would keep this server's answer, or the lease, from being taken at once.
    config.start_delay = {};
    config.conflict_detection = dhcp::ConflictDetection::off;
    config.allowed_servers.clear();
    config.denied_servers.clear();
    dhcp::Client client(std::move(config), [] { return std::uint32_t{1}; });
    auto actions = client.handle(dhcp::LinkUp{}, now);
    for (int exchanges = 0; exchanges < 2 && !actions.empty(); ++exchanges) {
        const auto* question = std::get_if<dhcp::Broadcast>(&actions.front());
        if (question == nullptr) break;
        auto answer = answer_to(question->message);
        if (!std::holds_alternative<dhcp::Message>(answer)) break;
        actions = client.handle(dhcp::Received{std::get<dhcp::Message>(std::move(answer)), kServer}, now);
    }
    const auto* lease = client.lease();
    return lease == nullptr ? NetworkPlan{} : dhcp::plan_for(*lease, routes, now);
}

}  // namespace nlinit::dhcp_io
