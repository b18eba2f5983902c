// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/svg_writer.hpp"

#include <gtest/gtest.h>

namespace nlinit::record {
namespace {

TEST(SvgWriterTest, PiecesReplaceTheirPlacesAndTextsAreEscaped) {
    SvgWriter svg;
    svg.add("<text x='%' y='%'>%</text>", {-5, std::size_t{7}, "<a & 'b' \"c\">"});
    EXPECT_EQ(svg.text(), "<text x='-5' y='7'>&lt;a &amp; &#39;b&#39; &#34;c&#34;&gt;</text>\n");
}

TEST(SvgWriterTest, APieceIsNoPattern) {
    SvgWriter svg;
    svg.add("%|%", {"%", "x"});
    EXPECT_EQ(svg.text(), "%|x\n");
}

TEST(SvgWriterTest, AnEmptyTextIsNoNumber) {
    SvgWriter svg;
    svg.add("[%][%][%][%]", {std::string_view(), std::string_view(""), std::string(), 0});
    EXPECT_EQ(svg.text(), "[][][][0]\n");
}

TEST(SvgWriterTest, TextIsCutWhereItDoesNotFit) {
    EXPECT_EQ(fitted("a short one", width_of("a short one")), "a short one");
    EXPECT_EQ(fitted("a short one", width_of("a short")), "a shor…");
    EXPECT_EQ(fitted("äöüßäöüß", width_of("äöüßä")), "äöüß…");
    EXPECT_EQ(fitted("a short one", width_of("a sh")), "") << "three letters tell nothing";
    EXPECT_EQ(fitted("abc", -5), "");
}

}  // namespace
}  // namespace nlinit::record
