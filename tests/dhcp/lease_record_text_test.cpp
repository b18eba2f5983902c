// The text of a lease record, and the sentences about one that is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "dhcp/lease_records.hpp"
#include "support/result.hpp"

namespace nlinit::dhcp {
namespace {

using test::is_ok;
using test::record_of_ack;
using test::sentence;
using ::testing::HasSubstr;

const std::string kText =
    "# nlinit lease, version 1\n"
    "# acquired 2026-11-25T01:25:49Z, T1 2026-11-25T01:55:49Z, T2 2026-11-25T02:18:19Z, ends 2026-11-25T02:25:49Z\n"
    "mac 52:54:00:12:34:56\n"
    "client-identifier 01525400123456\n"
    "address 10.0.2.15/24\n"
    "server 10.0.2.2\n"
    "duration 3600\n"
    "acquired 1795569949\n"
    "acquired-boottime-ns 1000000000000\n"
    "boot-id 5c3c2a0e-7d0b-4c5e-9c57-0f6f5f8f1d11\n"
    "option 54 0a000202\n"
    "option 51 00000e10\n"
    "option 1 ffffff00\n"
    "option 3 0a000201\n"
    "end\n";

// kText with one part of it replaced.
std::string with(const std::string& part, const std::string& replacement) {
    auto text = kText;
    const auto at = text.find(part);
    if (at == std::string::npos) ADD_FAILURE() << "no '" << part << "' to replace";
    return text.replace(at, part.size(), replacement);
}

std::string complaint(const std::string& text) {
    return sentence(parse_lease_record(text));
}

TEST(LeaseRecordTextTest, APersonCanReadIt) {
    EXPECT_EQ(to_text(record_of_ack()), kText);
}

TEST(LeaseRecordTextTest, AnInfiniteLeaseNeverEnds) {
    auto message = test::ack();
    message.options.set_u32(OptionCode::lease_time, 0xffffffff);
    const auto record = record_of_ack(message);
    const auto text = to_text(record);
    EXPECT_THAT(text, HasSubstr("\n# acquired 2026-11-25T01:25:49Z, never ends\n"));
    EXPECT_THAT(text, HasSubstr("\nduration infinite\n"));
    const auto read = parse_lease_record(text);
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(*read, record);
}

TEST(LeaseRecordTextTest, AnOptionWithoutAValueIsKept) {
    auto message = test::ack();
    message.options.set(OptionCode::rapid_commit, {});
    const auto record = record_of_ack(message);
    EXPECT_THAT(to_text(record), HasSubstr("\noption 80\n"));
    const auto read = parse_lease_record(to_text(record));
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(*read, record);
}

TEST(LeaseRecordTextTest, WithoutABootIdItIsUnknown) {
    auto record = record_of_ack();
    record.boot_id.clear();
    EXPECT_THAT(to_text(record), HasSubstr("\nboot-id unknown\n"));
    const auto read = parse_lease_record(to_text(record));
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(read->boot_id, "");
}

TEST(LeaseRecordTextTest, CommentsEmptyLinesAndOrderDoNotMatter) {
    auto text = with("server 10.0.2.2\n", "");
    text.replace(text.find("end\n"), 4, "# by hand\n\nserver 10.0.2.2\nend");
    const auto read = parse_lease_record(text);
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(*read, record_of_ack());
}

TEST(LeaseRecordTextTest, TheFirstLineSaysWhatItIs) {
    const std::string wanted = "line 1 must be '# nlinit lease, version 1'";
    EXPECT_EQ(complaint(with("# nlinit lease, version 1\n", "")), wanted);
    EXPECT_EQ(complaint("\n"), wanted);
    EXPECT_EQ(complaint("lease {\n"), wanted);
    for (const auto* version : {"version 2", "version 10", "version 1 ", "version "})
        EXPECT_EQ(complaint(with("version 1", version)), "line 1 must say version 1: no other is known");
}

TEST(LeaseRecordTextTest, ATextThatWasCutShortIsRefused) {
    EXPECT_EQ(complaint(""), "it is empty");
    EXPECT_EQ(complaint(with("end\n", "")), "the last line must be 'end': the text was cut short");
    // Without the final newline nothing is missing.
    for (std::size_t size = 0; size + 1 < kText.size(); ++size)
        EXPECT_FALSE(parse_lease_record(kText.substr(0, size)).ok()) << "the first " << size << " bytes";
}

TEST(LeaseRecordTextTest, ALongTextIsRefusedUnread) {
    auto text = kText;
    text.insert(text.find("end\n"), "#" + std::string(kMaxLeaseRecordSize - kText.size() - 2, 'x') + "\n");
    ASSERT_EQ(text.size(), kMaxLeaseRecordSize);
    EXPECT_EQ(complaint(text), "ok");
    EXPECT_EQ(complaint(text + "\n"), "it is longer than the 65536 bytes that a lease may take");
}

TEST(LeaseRecordTextTest, NothingFollowsTheEnd) {
    for (const auto* more : {"\n", "# comment\n", "end\n", "mac"})
        EXPECT_EQ(complaint(kText + more), "line 16 follows 'end', which must be the last") << more;
}

TEST(LeaseRecordTextTest, BytesThatAreNoTextAreRefused) {
    const std::string nul(1, '\0');
    for (const auto& byte : {nul, std::string("\t"), std::string("\r"), std::string("\x7f"), std::string("\xc3")})
        EXPECT_EQ(complaint(with("10.0.2.2", "10.0.2.2" + byte)), "line 6 may hold nothing but printable ASCII");
    EXPECT_EQ(complaint("\x7f"
                        "ELF"),
              "line 1 may hold nothing but printable ASCII");
}

TEST(LeaseRecordTextTest, AnUnknownKeyIsRefused) {
    for (const auto* key : {"gateway", "MAC", "options", " mac", "ends", "mac\t"}) {
        const auto said = complaint(with("mac ", std::string(key) + ' '));
        EXPECT_TRUE(said == "line 3 must begin with a key of a lease, 'option', 'end' or '#'" ||
                    said == "line 3 may hold nothing but printable ASCII")
            << said;
    }
}

TEST(LeaseRecordTextTest, AHolderWithoutClientIdentifierIsNone) {
    const std::string none = with("client-identifier 01525400123456\n", "client-identifier none\n");
    const auto record = parse_lease_record(none);
    ASSERT_TRUE(is_ok(record));
    EXPECT_TRUE(record->holder.client_identifier.empty());
    EXPECT_EQ(to_text(*record), none);
}

TEST(LeaseRecordTextTest, EveryKeyIsNeededAndNoneTwice) {
    for (const std::string key :
         {"mac", "client-identifier", "address", "server", "duration", "acquired", "acquired-boottime-ns", "boot-id"}) {
        const auto at = kText.find('\n' + key + ' ') + 1;
        const auto line = kText.substr(at, kText.find('\n', at) + 1 - at);
        EXPECT_THAT(complaint(with(line, "")),
                    testing::StartsWith("line 14 is the end, but '" + key + "' is missing: "));
        EXPECT_EQ(complaint(with("end\n", line + "end\n")), "line 15 gives '" + key + "' a second time");
    }
    EXPECT_EQ(complaint(with("option 3 0a000201\n", "option 1 ffffff00\n")), "line 14 gives option 1 a second time");
}

struct Wrong {
    std::string key, form;
    std::vector<std::string> values;
};

TEST(LeaseRecordTextTest, AWrongValueIsNamedWithWhatWouldBeRight) {
    const std::string long_identifier(512, '0');
    const std::vector<Wrong> all{
        {"mac", "six pairs of hexadecimal digits, as 52:54:00:12:34:56", {"", "52:54:00:12:34", "52:54:00:12:34:5g"}},
        {"client-identifier",
         "1 to 255 bytes in hexadecimal, as 01525400123456, or 'none'",
         {"", "0", "xy", long_identifier}},
        {"address",
         "an address and its prefix length, as 192.0.2.50/24",
         {"", "/", "10.0.2.15", "10.0.2.15/", "10.0.2.15/33", "10.0.2.15/+1", "10.0.2/24", "10.0.2.15/24/1", "/24"}},
        {"server", "an address, as 192.0.2.1", {"", "10.0.2.2/24", "dhcp.example", "10.0.2.256"}},
        {"duration",
         "1 to 4294967294 seconds, or 'infinite'",
         {"", "0", "-1", "+1", "3600s", "3600 ", "4294967295", "4294967296", "99999999999999999999", "forever"}},
        {"acquired",
         "seconds since 1970, up to the year 9999",
         {"", "-1", "253402300800", "1.5", "2026-11-25T01:25:49Z"}},
        {"acquired-boottime-ns",
         "nanoseconds of CLOCK_BOOTTIME, 136 years at most",
         {"", "1.5", "4294967295000000001", "-4294967295000000001", "9223372036854775808"}},
        {"boot-id",
         "that of /proc/sys/kernel/random/boot_id, or 'unknown'",
         {"", "none", "5c3c 2a0e", std::string(65, 'a')}},
    };
    for (const auto& [key, form, values] : all) {
        const auto at = kText.find('\n' + key + ' ') + 1;
        const auto number = std::count(kText.begin(), kText.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
        const auto line = kText.substr(at, kText.find('\n', at) - at);
        for (const auto& value : values)
            EXPECT_EQ(complaint(with('\n' + line + '\n', '\n' + key + ' ' + value + '\n')),
                      "line " + std::to_string(number) + " must give '" + key + "' as " + form)
                << value;
    }
}

TEST(LeaseRecordTextTest, AnOptionIsItsCodeAndItsBytes) {
    for (const auto* value :
         {"", " ", "0 00", "255 00", "256 00", "-1 00", "3 0", "3 0a00020", "3 0a00 0201", "3  0a", "x 00"})
        EXPECT_EQ(complaint(with("option 3 0a000201", std::string("option ") + value)),
                  "line 14 must give an option's code, 1 to 254, and bytes in hexadecimal, as 'option 3 c0000201'")
            << value;
}

class LeaseRecordPropertyTest : public testing::TestWithParam<unsigned> {};

TEST_P(LeaseRecordPropertyTest, WhatIsWrittenIsReadAsItWas) {
    std::mt19937 random(GetParam());
    for (int round = 0; round < 200; ++round) {
        const auto record = test::random_record(random);
        const auto read = parse_lease_record(to_text(record));
        ASSERT_TRUE(is_ok(read)) << to_text(record);
        ASSERT_EQ(*read, record) << to_text(record);
    }
}

// Refused with one line, or a record that is written and read again to the same.
void expect_refused_or_whole(const std::string& text) {
    const auto read = parse_lease_record(text);
    if (!read.ok()) {
        ASSERT_NE(read.error().what, "");
        ASSERT_EQ(read.error().what.find('\n'), std::string::npos);
        return;
    }
    const auto again = parse_lease_record(to_text(*read));
    ASSERT_TRUE(is_ok(again)) << text;
    ASSERT_EQ(*again, *read) << text;
}

TEST_P(LeaseRecordPropertyTest, NoChangeToATextMakesHalfARecord) {
    std::mt19937 random(GetParam());
    for (int round = 0; round < 2000; ++round) {
        auto text = kText;
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            const auto at = random() % text.size();
            switch (random() % 4) {
                case 0:
                    text[at] = static_cast<char>(random());
                    break;
                case 1:
                    text.erase(at, random() % 20);
                    break;
                case 2:
                    text.insert(at, text, random() % text.size(), random() % 40);
                    break;
                default:
                    text[at] = "0123456789 \n-:/."[random() % 16];
                    break;
            }
            if (text.empty()) break;
        }
        expect_refused_or_whole(text);
    }
}

TEST_P(LeaseRecordPropertyTest, RandomBytesAreRefused) {
    std::mt19937 random(GetParam());
    for (int round = 0; round < 1000; ++round) {
        std::string text(random() % 300, '\0');
        for (auto& byte : text) byte = static_cast<char>(random());
        ASSERT_FALSE(parse_lease_record(text).ok());
        expect_refused_or_whole("# nlinit lease, version 1\n" + text);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeaseRecordPropertyTest, testing::Range(1U, 6U));

}  // namespace
}  // namespace nlinit::dhcp
