// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "dhcp/client_script.hpp"
#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ClientScript;

class ClientPropertyTest : public testing::TestWithParam<unsigned> {};

TEST_P(ClientPropertyTest, NoSequenceOfEventsBreaksAPromise) {
    std::mt19937 random(GetParam());
    for (int round = 0; round < 300; ++round) {
        Bytes script(300);
        for (auto& byte : script) byte = static_cast<std::uint8_t>(random());
        ASSERT_EQ(ClientScript(script).first_broken_promise(), "") << "seed " << GetParam() << ", round " << round;
    }
}

// With a server that mostly answers well the later states are reached more often than by chance alone.
TEST_P(ClientPropertyTest, NoLifeWithAServerBreaksAPromise) {
    std::mt19937 random(GetParam());
    const Bytes usual[] = {{0}, {1}, {4}, {4}, {4}, {8, 3}, {10, 0, 0}, {10, 2, 0}, {10, 10, 0}, {10, 5, 0}, {7, 8, 0}};
    for (int round = 0; round < 300; ++round) {
        Bytes script{static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random())};
        for (int step = 0; step < 150; ++step) {
            const auto& next = usual[random() % std::size(usual)];
            script.insert(script.end(), next.begin(), next.end());
        }
        ASSERT_EQ(ClientScript(script).first_broken_promise(), "") << "seed " << GetParam() << ", round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ClientPropertyTest, testing::Range(1U, 9U));

TEST(ClientLivenessTest, AServerThatComesBackIsFoundWhateverWentBefore) {
    for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        test::ClientHarness guest(test::guest_config(), seed);
        guest.link_up();
        for (int step = 0; step < 200; ++step) {
            switch (random() % 6) {
                case 0:
                    guest.link_down();
                    break;
                case 1:
                    guest.link_up();
                    break;
                case 2:
                    guest.conflict();
                    break;
                case 3:
                    guest.receive(guest.nak());
                    break;
                case 4:
                    guest.receive(guest.offer());
                    break;
                default:
                    guest.advance_by(std::chrono::seconds(random() % 4000));
                    break;
            }
        }
        guest.link_up();
        const auto returned_at = guest.now();
        while (guest.state() != State::bound && guest.now() < returned_at + 3min) {
            guest.receive(guest.state() == State::selecting ? guest.offer() : guest.ack());
            if (guest.state() != State::bound) guest.advance_to_deadline();
        }
        EXPECT_EQ(guest.state(), State::bound);
    }
}

}  // namespace
}  // namespace nlinit::dhcp
