// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/accounts.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "nlinit/base/append.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;
using Groups = std::vector<gid_t>;

class AccountsTest : public ::testing::Test {
  protected:
    AccountsTest() : files_{directory_ / "passwd", directory_ / "group"} {
        std::ofstream(files_.users) << "root:x:0:0:root:/root:/bin/sh\n"
                                       "broken\n"
                                       "nonsense:x:many:0::/:\n"
                                       "www:x:33:34:web,,:/srv/www:/bin/false\n"
                                       "www:x:1:1::/second:\n"
                                       "homeless:x:40:40:::\n";
        std::ofstream(files_.groups)
            << "root:x:0:\nvideo:x:44:a,www\nwww:x:34:www\naudio:x:29:wwww,xwww\nbad:x:-1:www\n"
               "users:x:100:www";
    }
    [[nodiscard]] Result<Identity> find(const std::string& user, const std::vector<std::string>& groups = {}) const {
        return find_identity(user, groups, files_);
    }

    test::TemporaryDirectory directory_;
    AccountFiles files_;
};

TEST_F(AccountsTest, AUserByNameHasItsGroupsAndItsHome) {
    const auto found = find("www");
    ASSERT_TRUE(is_ok(found));
    EXPECT_EQ(found->user, 33U);
    EXPECT_EQ(found->group, 34U);
    EXPECT_EQ(found->groups, (Groups{44, 34, 100}));
    EXPECT_EQ(found->home, "/srv/www");
}

TEST_F(AccountsTest, AUserByNumberIsTheSameOne) {
    const auto found = find("33");
    ASSERT_TRUE(is_ok(found));
    EXPECT_EQ(found->group, 34U);
    EXPECT_EQ(found->groups, (Groups{44, 34, 100}));
    EXPECT_EQ(found->home, "/srv/www");
}

TEST_F(AccountsTest, AGroupThatIsGivenReplacesThoseOfTheUser) {
    const auto found = find("www:video", {"audio", "29", "7"});
    ASSERT_TRUE(is_ok(found));
    EXPECT_EQ(found->user, 33U);
    EXPECT_EQ(found->group, 44U);
    EXPECT_EQ(found->groups, (Groups{29, 7}));
}

// It would be root's otherwise.
TEST_F(AccountsTest, AUserWithoutAGroupIsNamedUnlessTheGroupIsGiven) {
    for (const std::string group : {"", "users", "4294967295"}) {
        std::ofstream(files_.users) << "www:x:1000:" << group << "::\n";
        for (const std::string user : {"www", "1000"})
            EXPECT_EQ(test::sentence(find(user)), concat({"user '", user, "' has no group in ", files_.users,
                                                          ", where '", group, "' stands for its number"}));
        const auto found = find("www:44");
        ASSERT_TRUE(is_ok(found));
        EXPECT_EQ(found->group, 44U);
    }
}

TEST_F(AccountsTest, NumbersNeedNoFiles) {
    files_ = {directory_ / "none", directory_ / "none"};
    const auto found = find("1000:1001", {"1002"});
    ASSERT_TRUE(is_ok(found));
    EXPECT_EQ(found->user, 1000U);
    EXPECT_EQ(found->group, 1001U);
    EXPECT_EQ(found->groups, Groups{1002});
    EXPECT_EQ(found->home, "/");
    EXPECT_EQ(find("1000")->group, 0U);
}

TEST_F(AccountsTest, NobodyInParticularIsRoot) {
    const auto found = find("");
    ASSERT_TRUE(is_ok(found));
    EXPECT_EQ(found->user, 0U);
    EXPECT_EQ(found->group, 0U);
    EXPECT_EQ(found->groups, Groups{});
    EXPECT_EQ(found->home, "/root");
}

TEST_F(AccountsTest, AHomeThatIsNoneIsTheRoot) {
    EXPECT_EQ(find("homeless")->home, "/");
}

TEST_F(AccountsTest, AFileThatOthersMayWriteToMakesNobodyAnyone) {
    ASSERT_EQ(::chmod(files_.users.c_str(), 0664), 0);
    const std::string why =
        files_.users + ": \"passwd\" may be written to by group 0, who could lead root astray: it is not read";
    for (const char* user : {"www", "www:users"}) EXPECT_EQ(test::sentence(find(user)), why) << user;
    EXPECT_EQ(test::sentence(find("33")), why + "; it is not needed for a number with its group, as in \"33:33\"");
    // Nothing is needed of it.
    EXPECT_EQ(find("33:7")->user, 33U);
    EXPECT_EQ(find("")->user, 0U);
    EXPECT_EQ(find("")->home, "/");
    ASSERT_EQ(::chmod(files_.users.c_str(), 0644), 0);
    ASSERT_EQ(::chown(files_.groups.c_str(), 1000, 0), 0);
    const std::string whose =
        files_.groups + ": \"group\" belongs to user 1000, who could lead root astray: it is not read";
    for (const char* user : {"www", "www:users", "33:users"}) EXPECT_EQ(test::sentence(find(user)), whose) << user;
    EXPECT_EQ(test::sentence(find("33:34", {"video"})), whose);
    EXPECT_EQ(find("33:34")->home, "/srv/www");
}

TEST_F(AccountsTest, AFileBelowADirectoryOfAnothersIsNotReadEither) {
    ASSERT_EQ(::chown(directory_.path().c_str(), 1000, 1000), 0);
    EXPECT_FALSE(find("www").ok());
    ASSERT_EQ(::chown(directory_.path().c_str(), 0, 0), 0);
    EXPECT_TRUE(find("www").ok());
}

TEST_F(AccountsTest, SaysWhoIsMissingFromWhichFile) {
    EXPECT_EQ(test::sentence(find("nobody")), "user 'nobody' is not in " + files_.users);
    EXPECT_EQ(test::sentence(find("nonsense")), "user 'nonsense' is not in " + files_.users);
    EXPECT_EQ(test::sentence(find("4294967295")),
              "user 4294967295 cannot be: the number stands for \"no change\" (setresuid(2))");
    EXPECT_EQ(test::sentence(find("1:4294967295")),
              "group 4294967295 cannot be: the number stands for \"no change\" (setresuid(2))");
    EXPECT_EQ(test::sentence(find("www:none")), "group 'none' is not in " + files_.groups);
    EXPECT_EQ(test::sentence(find("www", {"bad"})), "group 'bad' is not in " + files_.groups);
    files_.users = directory_ / "none";
    EXPECT_EQ(test::sentence(find("www")), "user 'www' is not in " + files_.users + ": No such file or directory");
}

TEST(IdentityTest, ComesBackFromItsText) {
    const Identity one{.user = 1000, .group = 100, .groups = {27, 44}, .home = "/home/a b"};
    EXPECT_EQ(to_text(one), "1000 100 27,44 /home/a b");
    EXPECT_EQ(identity_in(to_text(one)), one);
    const Identity root;
    EXPECT_EQ(identity_in(to_text(root)), root);
}

}  // namespace
}  // namespace nlinit::sys
