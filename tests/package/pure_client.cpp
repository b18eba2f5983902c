// SPDX-License-Identifier: Apache-2.0
// Embedding nlinit::core: the DHCP client between a clock and a server that are both made up here, and so without a
// socket, a privilege or a wait. Prints the lease, and what becomes of it when half of it is over.
#include <cstdio>
#include <random>
#include <string>
#include <variant>

#include "nlinit/dhcp/client.hpp"

using namespace nlinit;

namespace {

const Ipv4Address kServer(192, 0, 2, 1);

// What a server answers: an offer to a DISCOVER, and an ACK to all else. By way of bytes, as from the network.
dhcp::Event reply_to(const dhcp::Message& request) {
    dhcp::Message reply;
    reply.op = dhcp::OpCode::boot_reply;
    reply.type = request.type == dhcp::MessageType::discover ? dhcp::MessageType::offer : dhcp::MessageType::ack;
    reply.xid = request.xid;
    reply.chaddr = request.chaddr;
    reply.yiaddr = {192, 0, 2, 50};
    reply.options.set_address(dhcp::OptionCode::server_identifier, kServer);
    reply.options.set_address(dhcp::OptionCode::subnet_mask, {255, 255, 255, 0});
    reply.options.set_address(dhcp::OptionCode::router, kServer);
    reply.options.set_u32(dhcp::OptionCode::lease_time, 3600);
    const Bytes payload = dhcp::serialize(reply);
    return dhcp::Received{std::get<dhcp::Message>(dhcp::parse(payload)), kServer};
}

class Simulation {
  public:
    // One event in; its actions carried out, each message that leaves answered 20 ms later.
    void handle(const dhcp::Event& event) {
        for (const auto& action : client_.handle(event, now_))
            std::visit([this](const auto& wanted) { perform(wanted); }, action);
    }
    // Time does not pass, it is set: to when the client wants to be woken.
    void sleep_until_deadline() {
        now_ = *client_.deadline();
        handle(dhcp::DeadlineReached{});
    }

  private:
    static dhcp::ClientConfig config() {
        dhcp::ClientConfig config;
        config.mac = MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
        config.conflict_detection = dhcp::ConflictDetection::probe;
        return config;
    }
    void perform(const dhcp::Broadcast& action) { send("broadcast", action.message); }
    void perform(const dhcp::Unicast& action) { send("unicast", action.message); }
    void perform(const dhcp::Probe& action) {
        std::printf("probe %s\n", action.lease.address.to_string().c_str());
        handle(dhcp::AddressFree{});  // there is nobody else here
    }
    void perform(const dhcp::Bind& action) {
        const auto plan = plan_for(action.lease, {}, now_);
        std::printf("bind %s", to_string(plan.addresses.front()).c_str());
        for (const auto& route : plan.routes) std::printf(", %s", to_string(route).c_str());
        std::printf(" for %lld s\n", static_cast<long long>(action.lease.duration.count()));
    }
    void perform(const dhcp::Unbind& action) { std::printf("unbind %s\n", action.lease.address.to_string().c_str()); }
    void send(const char* way, const dhcp::Message& message) {
        std::printf("%s %s\n", way, std::string(name_of(message.type)).c_str());
        now_ += std::chrono::milliseconds(20);
        handle(reply_to(message));
    }

    TimePoint now_{};
    dhcp::Client client_{config(), [] { return std::random_device()(); }};
};

}  // namespace

int main() {
    Simulation simulation;
    simulation.handle(dhcp::LinkUp{});
    simulation.sleep_until_deadline();  // T1: half an hour later
    simulation.handle(dhcp::Stop{});
}
