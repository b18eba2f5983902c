// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/domain_name.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

TEST(DomainNameTest, LabelsWithDotsBetweenThemAreAName) {
    const std::string label(63, 'a'), longest = label + '.' + label + '.' + label + '.' + std::string(61, 'b');
    ASSERT_EQ(longest.size(), kMaxDomainName);
    for (const auto& name : {std::string("a"), std::string("guest-7"), std::string("_dmarc.Example.ORG"),
                             std::string("7"), std::string("1.2.3.4.5"), label, longest})
        EXPECT_EQ(parse_domain_name(name), name);
    EXPECT_EQ(parse_domain_name("example.org."), "example.org");
    EXPECT_EQ(parse_domain_name(longest + '.'), longest);
}

TEST(DomainNameTest, AnythingElseIsNone) {
    const std::string label(63, 'a');
    for (const auto& text : {std::string(), std::string("."), std::string(".."), std::string("a.."), std::string(".a"),
                             std::string("a..b"), std::string("-a"), std::string("a-"), std::string("b.a-.c"),
                             std::string("a b"), std::string("a\nb"), std::string("a/b"), std::string("\xc3\xa4"),
                             std::string("10.0.0.1"), std::string("10.0.0.1."), std::string(64, 'a'),
                             label + '.' + label + '.' + label + '.' + std::string(62, 'b')})
        EXPECT_EQ(parse_domain_name(text), std::nullopt) << text;
}

// Option values have reached shells (CVE-2011-0997) and become directives of resolv.conf.
TEST(DomainNameTest, NoOtherByteIsOfOne) {
    for (int byte = 0; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        const bool in_alphabet = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                 c == '-' || c == '_' || c == '.';
        EXPECT_EQ(parse_domain_name(std::string("a") + c + "b").has_value(), in_alphabet) << byte;
        const bool at_an_end = in_alphabet && c != '-' && c != '.';
        EXPECT_EQ(parse_domain_name(c + std::string("b")).has_value(), at_an_end) << byte;
        EXPECT_EQ(parse_domain_name(std::string("a") + c).has_value(), at_an_end || c == '.') << byte;
    }
    EXPECT_EQ(parse_domain_name(std::string(100000, 'a')), std::nullopt);
}

TEST(DomainNameTest, AHostNameMayBeShorter) {
    EXPECT_EQ(parse_domain_name("abc.de", 6), "abc.de");
    EXPECT_EQ(parse_domain_name("abc.de.", 6), "abc.de");
    EXPECT_EQ(parse_domain_name("abc.def", 6), std::nullopt);
}

}  // namespace
}  // namespace nlinit
