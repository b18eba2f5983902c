// SPDX-License-Identifier: Apache-2.0
// Boots whose configuration is not one.
#include "app/pid1/boot_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <random>

#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using test::kQuick;
using test::sh;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class BootConfigTest : public ::testing::Test {
  protected:
    std::string write(const std::string& text) {
        std::ofstream(directory_ / "nlinit.toml") << text;
        return directory_ / "nlinit.toml";
    }
    static BootConfig read(const std::string& parameters) {
        return read_boot_config(config::parse_kernel_command_line(parameters));
    }

    test::TemporaryDirectory directory_;
};

TEST_F(BootConfigTest, TheCommandLineLiesOverTheFileAndTheFileOverTheProfile) {
    const auto path = write("profile = \"minimal\"\nlog = \"error\"\n[network]\ntimeout = \"1s\"\n");
    const auto result = read("nlinit.log=debug nlinit.config=" + path);
    EXPECT_THAT(result.warnings, IsEmpty());
    EXPECT_EQ(result.file, path);
    EXPECT_EQ(result.config.profile, "minimal");
    EXPECT_EQ(result.config.log_level, LogLevel::debug);
    EXPECT_EQ(result.config.network.timeout, std::chrono::seconds(1));
    EXPECT_EQ(result.sources.at("profile"), path + ":1:1");
    EXPECT_EQ(result.sources.at("network.timeout"), path + ":4:1");
    EXPECT_EQ(result.sources.at("log"), "kernel command line nlinit.log=");
}

TEST_F(BootConfigTest, AProfileOfTheCommandLineWinsOverThatOfTheFile) {
    const auto path = write("profile = \"minimal\"\nlog = \"error\"\n");
    const auto result = read("nlinit.profile=none nlinit.config=" + path);
    EXPECT_EQ(result.config.profile, "none");
    EXPECT_EQ(result.config.log_level, LogLevel::error);
    EXPECT_EQ(result.sources.at("profile"), "kernel command line nlinit.profile=");
    const auto unknown = read("nlinit.profile=nnoe nlinit.config=" + path);
    EXPECT_EQ(unknown.config.profile, "minimal");
    EXPECT_THAT(unknown.warnings, ElementsAre("nlinit.profile='nnoe': there is no such profile: did you mean 'none'?"));
}

TEST_F(BootConfigTest, AFileThatIsNoConfigIsOneSentenceAndTheProfileCounts) {
    const auto large = read("nlinit.config=" + write(std::string(10'000'000, '#')));
    EXPECT_THAT(large.warnings, ElementsAre(AllOf(HasSubstr("longer than a configuration may be, 1048576 bytes"),
                                                  HasSubstr("the profile boots"))));
    const auto directory = read("nlinit.config=" + directory_ / "");
    EXPECT_THAT(directory.warnings, ElementsAre(AllOf(HasSubstr("Is a directory"), HasSubstr("the profile boots"))));
    for (const auto* result : {&large, &directory}) {
        EXPECT_EQ(result->config.profile, "minimal");
        EXPECT_THAT(result->file, IsEmpty());
    }
    const auto path = write(
        "\x7f"
        "ELF\x02\x01");
    const auto binary = read("nlinit.config=" + path);
    EXPECT_EQ(binary.config.profile, "minimal");
    EXPECT_THAT(binary.warnings, ElementsAre(StartsWith(path + ":1:1: "), path + " is not used: the profile boots"));
}

TEST_F(BootConfigTest, AMisspeltProfileCostsNothingElseOfTheFile) {
    const auto path = write("profile = \"arcbux\"\nlog = \"error\"\n[network]\ntimeout = \"1s\"\n");
    const auto result = read("nlinit.config=" + path);
    EXPECT_EQ(result.config.profile, "minimal");
    EXPECT_EQ(result.file, path);
    EXPECT_EQ(result.config.log_level, LogLevel::error);
    EXPECT_EQ(result.config.network.timeout, std::chrono::seconds(1));
    EXPECT_THAT(result.warnings, ElementsAre(AllOf(StartsWith(path + ":1:11: "), HasSubstr("not 'arcbux'"))));
}

TEST_F(BootConfigTest, AConfigOfTenMegabytesBootsTheProfile) {
    auto loop = *sys::EventLoop::create();
    test::Guest guest;
    guest.config = std::string(10'000'000, '#');
    guest.parameters = "nlinit.profile=none ip=off";
    guest.start(loop, sh("exit 7"));
    EXPECT_EQ(guest.wait(), SIGINT);
    EXPECT_THAT(guest.log(), AllOf(HasSubstr("longer than a configuration may be"), HasSubstr("status 7")));
}

// What an address space that was written over makes of a command line.
TEST_F(BootConfigTest, ACommandLineOfRandomBytesBootsOn) {
    for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
        auto loop = *sys::EventLoop::create();
        test::Guest guest;
        std::mt19937 random(seed);
        for (int i = 0; i < 4096; ++i) guest.parameters += static_cast<char>(random());
        guest.config = "profile = \"none\"\n" + kQuick;
        guest.start(loop, "");
        const auto report = [&] { return guest.file("/run/nlinit/boot.json"); };
        ASSERT_TRUE(guest.comes_to([&] { return report().find("\"payload\"") != std::string::npos; })) << guest.log();
        EXPECT_TRUE(test::Json::parse(report())) << report();
        guest.signal(SIGUSR2);
        EXPECT_EQ(guest.wait(), SIGINT) << seed;
    }
}

}  // namespace
}  // namespace nlinit::app
