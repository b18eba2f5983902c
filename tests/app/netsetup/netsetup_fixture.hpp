// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup`, the real program, in the client's namespace of a cable with a scripted server at the other end.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/cable.hpp"
#include "support/dhcp_server.hpp"
#include "support/kernel_view.hpp"
#include "support/program.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {

class NetsetupFixture : public ::testing::Test {
  protected:
    [[nodiscard]] static std::vector<std::string> command(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {NLINIT_PROGRAM, "netsetup"});
        return arguments;
    }
    Finished netsetup(std::vector<std::string> arguments) {
        Program program(loop_, command(std::move(arguments)), {.network = &cable_.client});
        return program.wait();
    }
    // Calls back once, after a time: for what happens while the program waits.
    void after(Duration delay, std::function<void()> happen) {
        loop_.arm(loop_.add_timer(std::move(happen)), BootClock::now() + delay);
    }
    [[nodiscard]] std::vector<std::string> addresses() const { return addresses_of("eth0", cable_.client); }
    [[nodiscard]] std::vector<std::string> ipv6_addresses() const {
        return addresses_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::vector<std::string> routes() const { return routes_of("eth0", cable_.client); }
    [[nodiscard]] bool is_up(const std::string& link) const {
        return link_of(link, cable_.client).value_or(LinkView{}).up;
    }

    Cable cable_;
    sys::EventLoop loop_ = *sys::EventLoop::create();
    DhcpServer server_{loop_, cable_.server, "srv0"};
};

}  // namespace nlinit::test
