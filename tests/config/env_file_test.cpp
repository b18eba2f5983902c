// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/env_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Variables = std::map<std::string, std::string>;

TEST(EnvFileTest, LinesAreVariablesAsDockerReadsThem) {
    Payload payload;
    Sources sources;
    EXPECT_THAT(lay_env_file("\xef\xbb\xbf# a comment\n\n  A=1\r\nB=\"x y\" # z \nC=\n  \t\nD=a=b\nA=2\nE=end", "/e",
                             payload, sources),
                IsEmpty());
    EXPECT_EQ(payload.environment,
              (Variables{{"A", "2"}, {"B", "\"x y\" # z "}, {"C", ""}, {"D", "a=b"}, {"E", "end"}}));
    EXPECT_EQ(sources.at("payload.env.A"), "/e:8");
}

TEST(EnvFileTest, WhatIsSetStays) {
    Payload payload;
    payload.environment = {{"A", "mine"}};
    Sources sources{{"payload.env.A", "/etc/nlinit.toml:1:1"}};
    EXPECT_THAT(lay_env_file("A=1\nB=2\n", "/second", payload, sources), IsEmpty());
    EXPECT_THAT(lay_env_file("B=3\nC=4\n", "/first", payload, sources), IsEmpty());
    EXPECT_EQ(payload.environment, (Variables{{"A", "mine"}, {"B", "2"}, {"C", "4"}}));
}

TEST(EnvFileTest, AMistakeIsNamedWithoutItsValueAndTheRestCounts) {
    Payload payload;
    Sources sources;
    EXPECT_THAT(
        lay_env_file(std::string_view("NAME\n=secret\nA B=secret\nC=sec\0ret\nD=1\n", 38), "/e", payload, sources),
        ElementsAre("/e:1: 'NAME': there is no '=' in it, and no environment to take a value from",
                    "/e:2: '': a name is to stand before the '='", "/e:3: 'A B': the name has white space in it",
                    "/e:4: 'C': there is a NUL in it"));
    EXPECT_EQ(payload.environment, (Variables{{"D", "1"}}));
}

}  // namespace
}  // namespace nlinit::config
