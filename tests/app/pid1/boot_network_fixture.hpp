// SPDX-License-Identifier: Apache-2.0
// A cable to a scripted server and PID 1 at the other end, with more cables where a test wants them.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "support/cable.hpp"
#include "support/dhcp_server.hpp"
#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/kernel_view.hpp"

namespace nlinit::test {

// Another interface of the guest: NAME, which leads to a server's far-NAME with 10.NUMBER.0.1/24. Its lease is
// 10.NUMBER.0.50, with that server for router and 10.NUMBER.0.53 for name server.
struct Port {
    Port(sys::EventLoop& loop, const Cable& cable, const std::string& name, std::uint8_t number)
        : link((make_veth(name, cable.client, "far-" + name, cable.server), name)),
          far("far-" + name),
          server(loop, cable.server, up(cable, number), {10, number, 0, 1}) {
        server.grant.address = {10, number, 0, 50};
        server.grant.options.set_address(dhcp::OptionCode::router, {10, number, 0, 1});
        server.grant.options.set(dhcp::OptionCode::name_server, Bytes{10, number, 0, 53});
    }
    std::string link, far;
    DhcpServer server;

  private:
    std::string up(const Cable& cable, std::uint8_t number) const {
        set_link_up(far, cable.server);
        add_address("10." + std::to_string(number) + ".0.1/24", far, cable.server);
        return far;
    }
};

class BootNetworkFixture : public ::testing::Test {
  protected:
    BootNetworkFixture() {
        guest_.network = &cable_.client;
        guest_.config = kQuick;
        server_.grant.options.set(dhcp::OptionCode::name_server, Bytes{192, 0, 2, 53});
        // What happens in the kernel alone is reason to look again, too.
        EXPECT_TRUE(loop_.watch(events_.fd(), [this] { static_cast<void>(events_.take()); }).ok());
    }

    void boot(const std::string& script) { guest_.start(loop_, sh(script)); }
    // Until the payload runs, which then stays.
    [[nodiscard]] bool boots() {
        boot("echo > /out/started; " + kStay);
        return payload_makes("started");
    }
    // The payload has said so, by making a file.
    [[nodiscard]] bool payload_makes(const std::string& file) {
        return guest_.comes_to([&] { return !guest_.output(file).empty(); });
    }
    [[nodiscard]] bool logs(const std::string& text, std::size_t times = 1) {
        return guest_.comes_to([&] {
            const auto log = guest_.log();
            std::size_t count = 0;
            for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++count;
            return count >= times;
        });
    }
    [[nodiscard]] bool has_lease() {
        return guest_.comes_to([this] { return routes().size() == 2; });
    }
    [[nodiscard]] std::vector<std::string> addresses(const std::string& link = "eth0") const {
        return addresses_of(link, cable_.client);
    }
    [[nodiscard]] std::vector<std::string> routes(const std::string& link = "eth0") const {
        return routes_of(link, cable_.client);
    }
    [[nodiscard]] bool comes_to_addresses(const std::string& link, const std::vector<std::string>& wanted) {
        return guest_.comes_to([&] { return addresses(link) == wanted; });
    }
    [[nodiscard]] bool resolv_conf_becomes(const std::string& text) {
        return guest_.file_becomes("/etc/resolv.conf", text);
    }
    // net.ipv4.conf.LINK.KEY; the kernel shows the network namespace of who reads.
    [[nodiscard]] std::string sysctl(const std::string& link, const std::string& key) const {
        const auto inside = cable_.client.enter();
        std::ifstream file("/proc/sys/net/ipv4/conf/" + link + '/' + key);
        std::string value;
        file >> value;
        return value;
    }
    int end() {
        guest_.signal(SIGUSR2);
        return guest_.wait();
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    Guest guest_;  // before the cable: it takes the test out of the machine's namespaces
    Cable cable_;
    KernelEvents events_{cable_.client};
    DhcpServer server_{loop_, cable_.server, "srv0"};
};

// A row for an interface.
inline std::string row(const std::string& match, const std::string& rest = {}) {
    return "[[network.interface]]\nmatch = \"" + match + "\"\n" + rest + "\n";
}

}  // namespace nlinit::test
