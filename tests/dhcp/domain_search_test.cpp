// SPDX-License-Identifier: Apache-2.0
// Compressed names, of which one heap overflow was made (CVE-2020-7461).
#include "nlinit/dhcp/domain_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "nlinit/net/domain_name.hpp"

namespace nlinit::dhcp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Writes names label by label.
class Names {
  public:
    Names& label(const std::string& text) {
        bytes_.push_back(static_cast<std::uint8_t>(text.size()));
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        return *this;
    }
    Names& root() { return raw({0}); }
    Names& pointer(std::size_t offset) {
        return raw({static_cast<std::uint8_t>(0xc0 | (offset >> 8)), static_cast<std::uint8_t>(offset)});
    }
    Names& raw(const Bytes& bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

  private:
    Bytes bytes_;
};

TEST(DomainSearchTest, TheExampleOfTheRfcIsUnderstood) {
    // RFC 3397 2: eng.apple.com and marketing.apple.com, the second pointing into the first.
    const Bytes value = Names().label("eng").label("apple").label("com").root().label("marketing").pointer(4).bytes();
    EXPECT_THAT(parse_domain_search(value), ElementsAre("eng.apple.com", "marketing.apple.com"));
}

TEST(DomainSearchTest, PlainNamesNeedNoPointers) {
    EXPECT_THAT(parse_domain_search(Names().label("a").root().label("b").label("c").root().bytes()),
                ElementsAre("a", "b.c"));
    EXPECT_THAT(parse_domain_search({}), IsEmpty());
}

TEST(DomainSearchTest, APointerMayLeadToAPointer) {
    Names names;
    names.label("org").root();          // 0
    names.label("example").pointer(0);  // 5
    names.label("www").pointer(5);      // 15
    EXPECT_THAT(parse_domain_search(names.bytes()), ElementsAre("org", "example.org", "www.example.org"));
}

TEST(DomainSearchTest, WhatFollowsAFaultIsIgnored) {
    struct Row {
        const char* fault;
        Bytes after_a_good_name;  // which takes bytes 0 to 3
    };
    const Row rows[] = {
        {"a pointer to itself", Names().pointer(4).bytes()},
        {"a label, then a pointer to itself", Names().label("b").pointer(4).bytes()},
        {"a pointer forward", Names().pointer(6).label("b").root().bytes()},
        {"a label, then a pointer forward", Names().label("b").pointer(8).label("c").root().bytes()},
        {"a pointer beyond the option", Names().label("b").pointer(0x3fff).bytes()},
        {"a pointer to the end of the option", Names().label("b").pointer(8).bytes()},
        {"half a pointer", Names().label("b").raw({0xc0}).bytes()},
        {"a label beyond the option", Names().raw({5, 'b'}).bytes()},
        {"no root", Names().label("b").bytes()},
        {"a label of 64 bytes", Names().raw({0x40}).raw(Bytes(64, 'b')).root().bytes()},
        {"a label type of RFC 2673", Names().raw({0x80, 1}).root().bytes()},
    };
    for (const auto& [fault, bytes] : rows) {
        const Bytes value = Names().label("ok").root().raw(bytes).bytes();
        EXPECT_THAT(parse_domain_search(value), ElementsAre("ok")) << fault;
    }
}

TEST(DomainSearchTest, PointersThatCircleEnd) {
    // b → a pointer that leads back before itself, into a name that runs into the same pointer again.
    const Bytes value = Names().label("a").label("b").pointer(0).label("c").pointer(2).bytes();
    EXPECT_THAT(parse_domain_search(value), IsEmpty());
}

TEST(DomainSearchTest, ANameThatIsTooLongIsAFault) {
    Names names;
    names.label("ok").root();
    for (int i = 0; i < 5; ++i) names.label(std::string(63, 'b'));
    names.root().label("later").root();
    EXPECT_THAT(parse_domain_search(names.bytes()), ElementsAre("ok"));
}

TEST(DomainSearchTest, ADotInALabelMakesNoTwoOfIt) {
    bool complete = true;
    EXPECT_THAT(parse_domain_search(Names().label("ok").root().label("a.b.c").root().bytes(), &complete),
                ElementsAre("ok"));
    EXPECT_FALSE(complete);
}

TEST(DomainSearchTest, ANameCountsOnce) {
    bool complete = false;
    EXPECT_THAT(parse_domain_search(Names().label("a").root().label("b").root().label("a").root().bytes(), &complete),
                ElementsAre("a", "b"));
    EXPECT_TRUE(complete);
}

TEST(DomainSearchTest, NoMoreThanThirtyTwoNamesAreTaken) {
    Names names;
    for (int i = 0; i < 33; ++i) names.label("n" + std::to_string(i)).root();
    bool complete = true;
    const auto taken = parse_domain_search(names.bytes(), &complete);
    ASSERT_EQ(taken.size(), 32U);
    EXPECT_EQ(taken.back(), "n31");
    EXPECT_FALSE(complete);
}

TEST(DomainSearchTest, NoNameThatResolvConfCouldMisreadComesOut) {
    for (const auto& label : {std::string("a b"), std::string("a\nb"), std::string("a\0b", 3), std::string("a.b;"),
                              std::string("\xc3\xa9"), std::string("$x"), std::string("a/b")}) {
        const Bytes value = Names().label("ok").root().label(label).root().bytes();
        for (const auto& name : parse_domain_search(value)) EXPECT_EQ(parse_domain_name(name), name);
    }
}

// Each name points to the one before it: quadratic for who follows every chain to its end without a bound.
TEST(DomainSearchTest, LongChainsOfPointersStayBounded) {
    Names names;
    names.label("a").root();
    std::size_t before = 0;
    while (names.bytes().size() < 16000) {
        const std::size_t here = names.bytes().size();
        names.label("b").pointer(before);
        before = here;
    }
    const auto taken = parse_domain_search(names.bytes());
    ASSERT_EQ(taken.size(), 17U) << "one without a pointer, and up to sixteen pointers";
    EXPECT_EQ(taken.back().size(), 33U);
}

TEST(DomainSearchTest, WhateverComesInOnlyValidNamesComeOut) {
    for (const unsigned seed : {1U, 2U, 3U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        for (int round = 0; round < 3000; ++round) {
            Bytes value(random() % 80);
            for (auto& byte : value) {
                const auto kind = random() % 4;
                byte = static_cast<std::uint8_t>(kind == 0 ? 0xc0 : kind == 1 ? random() % 80 : 'a' + random() % 26);
            }
            for (const auto& name : parse_domain_search(value)) ASSERT_EQ(parse_domain_name(name), name);
        }
    }
}

}  // namespace
}  // namespace nlinit::dhcp
