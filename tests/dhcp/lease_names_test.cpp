// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nlinit::dhcp {
namespace {

using namespace std::string_view_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Options with(OptionCode code, std::string_view text) {
    Options options;
    options.set_text(code, text);
    return options;
}

std::vector<std::string> domains(std::string_view text, Remarks& remarks) {
    return domain_names_in(with(OptionCode::domain_name, text), remarks);
}

std::vector<std::string> domains(std::string_view text) {
    Remarks unsaid;
    return domains(text, unsaid);
}

TEST(LeaseNamesTest, ADomainNameMayBeSeveral) {
    struct Row {
        std::string_view text;
        std::vector<std::string> names;
    };
    for (const auto& [text, names] :
         {Row{"example.com", {"example.com"}}, Row{"test1.com test2.com", {"test1.com", "test2.com"}},
          Row{"  test1.com \t test2.com  ", {"test1.com", "test2.com"}}, Row{".ffm", {"ffm"}},
          Row{"example.com ", {"example.com"}}, Row{".a.b. c.", {"a.b", "c"}}, Row{"a.b a.b", {"a.b"}},
          Row{"example.com\0"sv, {"example.com"}}, Row{"example.com\r\n", {"example.com"}}}) {
        Remarks remarks;
        EXPECT_THAT(domains(text, remarks), ElementsAreArray(names)) << text;
        EXPECT_THAT(remarks, IsEmpty()) << text;
    }
}

TEST(LeaseNamesTest, AnAddressIsNoName) {
    Remarks remarks;
    EXPECT_EQ(host_name_in(with(OptionCode::host_name, "192.0.2.7"), remarks), "");
    EXPECT_THAT(domains("192.0.2.7 example.com", remarks), ElementsAre("example.com"));
    EXPECT_THAT(remarks, ElementsAre(HasSubstr("\"192.0.2.7\" is no host name"), HasSubstr("\"192.0.2.7\"")));
}

TEST(LeaseNamesTest, TheServersMessageIsPrintableAndOfBoundedLength) {
    EXPECT_EQ(message_in({}), "");
    EXPECT_EQ(message_in(with(OptionCode::message, "wrong network\0"sv)), "wrong network");
    EXPECT_EQ(message_in(with(OptionCode::message, "a\nb\x1b[2J\xff\\")), "a\\x0ab\\x1b[2J\\xff\\");
    EXPECT_EQ(message_in(with(OptionCode::message, std::string(255, 'x'))), std::string(128, 'x'));
}

TEST(LeaseNamesTest, APartThatIsNoNameIsLeftOutAndSpokenOf) {
    Remarks remarks;
    EXPECT_THAT(domains("a,b", remarks), IsEmpty());
    EXPECT_THAT(remarks, ElementsAre("DHCP option 15 (domain name) has \"a,b\", which is no domain name or one too "
                                     "many: it is left out"));
    remarks.clear();
    EXPECT_THAT(domains("good.org a/b also.good", remarks), ElementsAre("good.org", "also.good"));
    EXPECT_THAT(remarks, ElementsAre(HasSubstr("\"a/b\"")));
}

// Each of these would be a directive of resolv.conf if it came to be written there.
TEST(LeaseNamesTest, WhatHoldsALineBreakIsIgnoredAsAWhole) {
    for (const auto text : {"example.org\nnameserver 6.6.6.6"sv, "example.org evil\nsearch x"sv, "a\rb"sv, "a\0b"sv,
                            "() { :;}; reboot"sv, "a $(reboot)"sv})
        EXPECT_THAT(domains(text), IsEmpty()) << text;
    Remarks remarks;
    EXPECT_THAT(domains("a\nb", remarks), IsEmpty());
    EXPECT_THAT(remarks, ElementsAre("DHCP option 15 (domain name) \"a\\x0ab\" is no domain name: it is ignored"));
    remarks.clear();
    EXPECT_THAT(domains('$' + std::string(100, 'a'), remarks), IsEmpty());
    EXPECT_THAT(remarks, ElementsAre("DHCP option 15 (domain name) \"$" + std::string(47, 'a') +
                                     "...\" is no domain name: it is ignored"));
}

TEST(LeaseNamesTest, OneCharacterOfAShellMakesTheWholeValueSuspect) {
    for (const char c : std::string_view("(){}<>[]$`;|&\\\"'*?!#~"))
        EXPECT_THAT(domains(std::string("example.org a") + c), IsEmpty()) << c;
}

TEST(LeaseNamesTest, NoMoreThanThirtyTwoNamesAreTaken) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "n" + std::to_string(i) + ' ';
    Remarks remarks;
    EXPECT_EQ(domains(text, remarks).size(), 32U);
    EXPECT_THAT(remarks, ElementsAre(HasSubstr("\"n32\"")));
}

TEST(LeaseNamesTest, AHostNameIsOneName) {
    Remarks remarks;
    const auto name = [&](std::string_view text) { return host_name_in(with(OptionCode::host_name, text), remarks); };
    EXPECT_EQ(name("vm-7"), "vm-7");
    EXPECT_EQ(name("vm-7.example.org."), "vm-7.example.org");
    EXPECT_EQ(name(" vm-7 \n"), "vm-7");
    EXPECT_EQ(name("vm-7\0\0"sv), "vm-7");
    EXPECT_THAT(remarks, IsEmpty());
    EXPECT_EQ(name("vm 7"), "");
    EXPECT_THAT(remarks, ElementsAre("DHCP option 12 (host name) \"vm 7\" is no host name: it is ignored"));
}

TEST(LeaseNamesTest, OfAHostNameThatTheKernelCannotHaveTheFirstLabelIsTaken) {
    Remarks remarks;
    EXPECT_EQ(host_name_in(with(OptionCode::host_name, "vm." + std::string(62, 'a')), remarks), "vm");
    EXPECT_THAT(remarks, ElementsAre(HasSubstr("longer than 64")));
}

TEST(LeaseNamesTest, OfASearchListWhatCannotBeReadIsLeftOutAndSpokenOf) {
    Options options;
    Remarks remarks;
    options.set(OptionCode::domain_search, Bytes{1, 'a', 0, 0, 0});
    EXPECT_THAT(search_domains_in(options, remarks), ElementsAre("a"));
    EXPECT_THAT(remarks, IsEmpty()) << "it is padded";
    options.set(OptionCode::domain_search, Bytes{1, 'a', 0, 9, 'b'});
    EXPECT_THAT(search_domains_in(options, remarks), ElementsAre("a"));
    EXPECT_THAT(remarks, ElementsAre("DHCP option 119 (domain search) has what are no domain names in the form of RFC "
                                     "1035, or more than 32 of them: left out"));
    remarks.clear();
    options.set_text(OptionCode::domain_search, "example.com");
    EXPECT_THAT(search_domains_in(options, remarks), IsEmpty());
    EXPECT_THAT(remarks, ::testing::SizeIs(1));
}

}  // namespace
}  // namespace nlinit::dhcp
