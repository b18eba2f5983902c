// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/path.hpp"

#include <gtest/gtest.h>

#include <array>

namespace nlinit {
namespace {

TEST(AbsolutePathTest, GivesTheNormalForm) {
    const struct {
        std::string_view text, path;
    } cases[] = {
        {"/", "/"}, {"//", "/"}, {"/run", "/run"}, {"/run/", "/run"}, {"//run//x/./y", "/run/x/y"}, {"/..x", "/..x"},
    };
    for (const auto& [text, path] : cases) EXPECT_EQ(absolute_path(text), path) << text;
}

TEST(AbsolutePathTest, RefusesWhatIsRelativeOrLeadsUp) {
    for (const std::string_view text : {"", "run", "./run", "/run/../etc", "/..", "/a\nb", "/a\x7f"})
        EXPECT_EQ(absolute_path(text), std::nullopt) << text;
}

TEST(AbsolutePathTest, RefusesWhatTheKernelCannotTake) {
    EXPECT_TRUE(absolute_path("/" + std::string(255, 'x')));
    EXPECT_FALSE(absolute_path("/" + std::string(256, 'x')));
    std::string longest;
    while (longest.size() < 4095) longest += "/a";
    EXPECT_FALSE(absolute_path(longest));
    longest.pop_back();
    EXPECT_TRUE(absolute_path(longest));
}

TEST(IsBelowTest, ComparesWholeNames) {
    EXPECT_TRUE(is_below("/dev/pts", "/dev"));
    EXPECT_TRUE(is_below("/dev", "/"));
    EXPECT_FALSE(is_below("/dev", "/dev"));
    EXPECT_FALSE(is_below("/devices", "/dev"));
    EXPECT_FALSE(is_below("/", "/"));
}

struct PathRow {
    std::string_view target;
};

TEST(ParentsComeFirstTest, SeesARowThatWouldCoverAnEarlierOne) {
    EXPECT_TRUE(parents_come_first(std::array{PathRow{"/dev"}, PathRow{"/run"}, PathRow{"/dev/pts"}}));
    EXPECT_FALSE(parents_come_first(std::array{PathRow{"/dev/pts"}, PathRow{"/run"}, PathRow{"/dev"}}));
}

TEST(PlaceOfTargetTest, ARelativeTargetIsSeenFromTheLinksDirectory) {
    EXPECT_EQ(place_of_target("/srv/a", "b"), "/srv/b");
    EXPECT_EQ(place_of_target("/srv/a", "../b/./c/"), "/b/c");
    EXPECT_EQ(place_of_target("/srv/a", "../../../b"), "/b");
    EXPECT_EQ(place_of_target("/a", "b"), "/b");
    EXPECT_EQ(place_of_target("/srv/a", ".."), "/");
    EXPECT_EQ(place_of_target("/srv/a", "/mnt//b"), "/mnt/b");
}

}  // namespace
}  // namespace nlinit
