// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "dhcp6/client_harness.hpp"
#include "dhcp6/client_script.hpp"

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;
using test::Dhcp6Harness;
using test::Dhcp6Script;

class Dhcp6PropertyTest : public testing::TestWithParam<unsigned> {};

TEST_P(Dhcp6PropertyTest, NoSequenceOfEventsBreaksAPromise) {
    std::mt19937 random(GetParam());
    for (int round = 0; round < 300; ++round) {
        Bytes script(300);
        for (auto& byte : script) byte = static_cast<std::uint8_t>(random());
        ASSERT_EQ(Dhcp6Script(script).first_broken_promise(), "") << "seed " << GetParam() << ", round " << round;
    }
}

// With a server that mostly answers well the later states are reached more often than by chance alone.
TEST_P(Dhcp6PropertyTest, NoLifeWithAServerBreaksAPromise) {
    std::mt19937 random(GetParam());
    const Bytes usual[] = {{0},
                           {1},
                           {2, 1},
                           {4},
                           {4},
                           {4},
                           {8, 3},
                           {10, 4, 0},
                           {10, 4, 0},
                           {10, 0, 0},
                           {10, 0, 0},
                           {10, 129, 0, 255},
                           {10, 1, 0},
                           {10, 0, 162, 3},
                           {10, 12, 0, 2, 1, 0, 2, 0},
                           {7, 1, 0},
                           {10, 0, 164},
                           {3, 1},
                           {7, 8, 0}};
    for (int round = 0; round < 100; ++round) {
        Bytes script{static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random())};
        for (int step = 0; step < 150; ++step) {
            const auto& next = usual[random() % std::size(usual)];
            script.insert(script.end(), next.begin(), next.end());
        }
        ASSERT_EQ(Dhcp6Script(script).first_broken_promise(), "") << "seed " << GetParam() << ", round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Dhcp6PropertyTest, testing::Range(1U, 9U));

TEST(Dhcp6LivenessTest, AServerThatComesBackIsFoundWhateverWentBefore) {
    for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        Dhcp6Harness guest(test::dhcp6_config(), seed);
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
                    guest.receive(guest.ia_status(StatusCode::no_addrs_avail));
                    break;
                case 4:
                    guest.receive(guest.advertise());
                    break;
                default:
                    guest.advance_by(std::chrono::seconds(random() % 4000));
                    break;
            }
        }
        guest.link_up();
        // As long as the longest timeout of a SOLICIT.
        const auto returned_at = guest.now();
        while (guest.state() != State::bound && guest.now() < returned_at + 3960s) {
            guest.advance_to_deadline();
            guest.receive(guest.rapid_reply());
        }
        EXPECT_EQ(guest.state(), State::bound);
    }
}

}  // namespace
}  // namespace nlinit::dhcp6
