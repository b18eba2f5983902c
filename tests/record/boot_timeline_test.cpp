// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/boot_timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "recorded_boot.hpp"
#include "xml_check.hpp"

namespace nlinit::record {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::Not;
using ::testing::SizeIs;

std::string drawn(const std::string& json) {
    const auto record = read_boot_record(json);
    return record.ok() ? boot_timeline(**record) : record.error().what;
}

// Left edges of the blocks of a kind, or of the arrows.
std::vector<int> places(const std::string& svg, const std::string& pattern) {
    std::vector<int> found;
    const std::regex regex(pattern);
    for (std::sregex_iterator match(svg.begin(), svg.end(), regex), end; match != end; ++match)
        found.push_back(std::stoi((*match)[1]));
    return found;
}

TEST(BootTimelineTest, ItIsWellFormed) {
    EXPECT_EQ(test::XmlCheck::fault(boot_timeline(test::recorded_boot())), "");
    EXPECT_EQ(test::XmlCheck::fault(drawn(R"({"boot": {}})")), "");
}

TEST(BootTimelineTest, TheCheckItselfFindsFaults) {
    for (const char* text : {"", "<a>", "<a></b>", "<a/><b/>", "<a b='c' b='d'/>", "<a b=c/>", "<a>&x;</a>",
                             "<a>\x01</a>", "<a b='<'/>", "<a>\xff</a>", "<a"})
        EXPECT_NE(test::XmlCheck::fault(text), "") << text;
    EXPECT_EQ(test::XmlCheck::fault("<a b='c'>d &amp; <e/></a>"), "");
}

TEST(BootTimelineTest, TitleAndLanesSayWhatTheBootCameTo) {
    const auto svg = boot_timeline(test::recorded_boot());
    EXPECT_THAT(svg,
                AllOf(HasSubstr(">Network usable after 120.5 ms, payload after 130.3 ms; the kernel took 1000.0 ms"),
                      HasSubstr(">early mounts</text>"), HasSubstr(">eth0</text>"), HasSubstr(">payload</text>"),
                      HasSubstr(">network usable, 121 ms</text>"),
                      HasSubstr(">1\xc2\xa0"
                                "000 ms</text>"),
                      HasSubstr("mount ext4 /dev/vdb on /data: No such device</text>")));
}

TEST(BootTimelineTest, AnInterfaceIsReadyFromWhenItIsConfigured) {
    const std::string ready = "<rect class='ready' x='([0-9]+)'";
    auto json = test::recorded_json();
    EXPECT_THAT(places(drawn(json), ready), SizeIs(2)) << "one is the legend's";
    const std::string_view configured = ", \"configured\": 1120.5";
    json.erase(json.find(configured), configured.size());
    EXPECT_THAT(places(drawn(json), ready), SizeIs(1));
}

TEST(BootTimelineTest, PacketsStandWhereTheyOverlapTheSteps) {
    const auto svg = boot_timeline(test::recorded_boot());
    const auto sent = places(svg, "class='arrow out' d='M(\\d+) \\d+v110");
    const auto received = places(svg, "class='arrow in' d='M(\\d+) \\d+v110");
    const auto failed = places(svg, "<rect class='failed' x='(\\d+)'[^>]*><title>mount disk");
    ASSERT_THAT(sent, SizeIs(2)) << "the third comes long after the boot";
    ASSERT_THAT(received, SizeIs(3)) << "the last is when IPv6 could be used";
    ASSERT_THAT(failed, SizeIs(1));
    EXPECT_LT(sent[0], failed[0]);
    EXPECT_GT(received[0], failed[0]);
    EXPECT_GT(received[1], received[0]);
    EXPECT_GT(received[2], received[1]);
    EXPECT_NE(svg.find("<title>IPv6, usable, at "), std::string::npos);
}

TEST(BootTimelineTest, NamesFromHostilePlacesAreText) {
    const auto svg = drawn(
        R"({"boot": {"payload_ms": 5}, "nlinit": "</text><script>alert(1)</script>",
            "phases": [{"phase": "a' onload='x", "start_ms": 0, "end_ms": 4}],
            "steps": [{"step": "<b>&\"\u0000\uffff\ud800%", "outcome": "failed", "error": "]]>"}],
            "network": {"interfaces": [{"interface": "%<", "summary": "<!--"}]},
            "payload": {"command": ["<%>"], "start_ms": 5}})");
    EXPECT_EQ(test::XmlCheck::fault(svg), "");
    EXPECT_THAT(svg, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("' onload=")), HasSubstr("&lt;script&gt;")));
}

TEST(BootTimelineTest, TimesOfAnySizeStayWithinThePicture) {
    for (const char* time : {"-99999999999", "0", "0.001", "1", "100", "99999999999", "1e9"}) {
        const auto svg = drawn(std::string(R"({"boot": {"kernel_ms": 100, "payload_ms": )") + time +
                               R"(}, "phases": [{"phase": "x", "start_ms": )" + time + R"(, "end_ms": )" + time +
                               R"(}], "payload": {"command": ["x"], "start_ms": )" + time + "}}");
        EXPECT_EQ(test::XmlCheck::fault(svg), "") << time;
        EXPECT_THAT(places(svg, "[^a-z-]x='(-?\\d+)'"), Each(AllOf(Gt(0), Lt(11'200)))) << time;
    }
}

// What a label covers, by its line and kind of alignment.
TEST(BootTimelineTest, LabelsOfPacketsDoNotOverlap) {
    std::string packets;
    for (int i = 0; i < 64; ++i)
        packets += (i > 0 ? "," : "") + std::string(R"({"ms": )") + std::to_string(10 + i * 3) +
                   R"(, "direction": "sent", "type": "DISCOVER", "peer": "255.255.255.255"})";
    const auto svg = drawn(R"({"boot": {"payload_ms": 500}, "network": {"interfaces": [{"interface": "eth0",
                               "dhcp": {"packets": [)" +
                           packets + "]}}]}}");
    std::map<std::string, std::vector<int>> lines;
    const std::regex label("<text class='mid' x='(\\d+)' y='(\\d+)'>DISCOVER<");
    for (std::sregex_iterator match(svg.begin(), svg.end(), label), end; match != end; ++match)
        lines[(*match)[2]].push_back(std::stoi((*match)[1]));
    ASSERT_THAT(lines, SizeIs(2));
    for (const auto& [line, labels] : lines) {
        for (std::size_t i = 1; i < labels.size(); ++i) EXPECT_GT(labels[i] - labels[i - 1], 8 * 84) << line;
    }
    EXPECT_THAT(places(svg, "class='arrow out' d='M(\\d+) \\d+v110"), SizeIs(64));
}

}  // namespace
}  // namespace nlinit::record
