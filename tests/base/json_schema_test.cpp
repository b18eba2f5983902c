// SPDX-License-Identifier: Apache-2.0
// That the schemas of docs/schema are what tests hold documents against. Every document that a test reads goes through
// them (support/json.hpp).
#include "support/json_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "support/json.hpp"

namespace nlinit {
namespace {

using test::schema_violation;
using ::testing::HasSubstr;

TEST(JsonSchema, AllowsWhatItSays) {
    EXPECT_EQ(schema_violation(R"({"interface": "eth0", "error": "no", "exit_status": 3})"), "");
    EXPECT_EQ(schema_violation(R"({"interface": "eth0", "dhcp": {"state": "BOUND", "sent": 2, "received": 2,
                                   "packets": [], "dropped": {"bad_cookie": 1}}})"),
              "");
    EXPECT_EQ(schema_violation("[1]"), "") << "nothing of nlinit's";
}

TEST(JsonSchema, NamesWhatBreaksIt) {
    EXPECT_THAT(schema_violation(R"({"interface": "eth0", "exit_status": 10})"),
                HasSubstr("/exit_status breaks 'maximum'"));
    EXPECT_THAT(schema_violation(R"({"interface": "eth0", "progress": "asleep"})"),
                HasSubstr("/progress breaks 'enum'"));
    EXPECT_THAT(schema_violation(R"({"interface": "eth0", "leases": 1})"), HasSubstr("'additionalProperties'"));
    EXPECT_THAT(schema_violation(R"({"interface": "eth0", "dhcp": {"state": "BOUND"}})"), HasSubstr("'required'"));
    EXPECT_THAT(schema_violation(R"({"nlinit": "0.1.0"})"), HasSubstr("boot.json:  breaks 'required'"));
}

// One text each for who validates with one of them alone.
TEST(JsonSchema, BothSayTheSameOfAnInterface) {
    const auto text_of = [](const char* name) {
        std::ifstream file(std::string(NLINIT_DOCS) + "/schema/" + name);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    const auto definitions = [](const std::string& text, const char* first) {
        const auto from = text.find(first);
        return text.substr(from, text.rfind('}') - from);
    };
    const auto netsetup = text_of("netsetup.json"), boot = text_of("boot.json");
    EXPECT_EQ(definitions(netsetup, "    \"milliseconds\": {"), definitions(boot, "    \"milliseconds\": {"));
    EXPECT_TRUE(test::Json::parse(netsetup) && test::Json::parse(boot));
}

}  // namespace
}  // namespace nlinit
