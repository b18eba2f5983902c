// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/binfmt.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

// A directory that looks like binfmt_misc: what is registered in the kernel's own holds for the whole machine.
class BinfmtTest : public ::testing::Test {
  protected:
    void SetUp() override { std::ofstream(directory_ / "register") << ""; }
    std::string content(const std::string& name) const {
        std::ifstream file(directory_ / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    test::TemporaryDirectory directory_;
    const Binfmt row_{"x", "/bin/x", ":x:E::jar::/bin/x:F"};
};

TEST_F(BinfmtTest, WritesTheLineOfTheRow) {
    ASSERT_TRUE(test::is_ok(register_binfmt(row_, directory_.path())));
    EXPECT_EQ(content("register"), row_.registration);
}

TEST_F(BinfmtTest, ReplacesAnEntryOfThatName) {
    std::ofstream(directory_ / "x") << "";
    ASSERT_TRUE(test::is_ok(register_binfmt(row_, directory_.path())));
    EXPECT_EQ(content("x"), "-1");
    EXPECT_EQ(content("register"), row_.registration);
}

TEST_F(BinfmtTest, SaysThatTheKernelHasNone) {
    EXPECT_EQ(test::sentence(register_binfmt(row_, "/proc/nowhere")),
              "register binary format x: the kernel has no binfmt_misc; its module may be named in system.modules");
}

}  // namespace
}  // namespace nlinit::sys
