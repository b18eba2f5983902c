// SPDX-License-Identifier: Apache-2.0
// The text of a lease record, and the sentences about one that is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "dhcp/lease_records.hpp"
#include "support/result.hpp"

namespace nlinit::dhcp {
namespace {

using test::ack;
using test::first_boot;
using test::is_ok;
using test::kHolder;
using test::kText;
using test::record_of_ack;
using test::with;
using ::testing::HasSubstr;

std::string complaint_about(const std::string& record, const LeaseHolder& holder = kHolder) {
    return test::sentence(lease_in(record, holder, first_boot(), {}));
}

TEST(LeaseRecordTextTest, APersonCanReadIt) {
    EXPECT_EQ(record_of_ack(), kText);
}

TEST(LeaseRecordTextTest, OptionsOfAnyLengthComeBackAsTheyWere) {
    for (const std::size_t size : {0U, 1U, 2U, 255U, 256U, 1000U}) {
        auto message = ack();
        message.options.set(OptionCode::vendor_specific, Bytes(size, 0xa5));
        message.options.set(static_cast<OptionCode>(254), Bytes(size, 0));
        EXPECT_EQ(*lease_in(record_of_ack(message), kHolder, first_boot(), {}), test::lease_of(message)) << size;
    }
}

TEST(LeaseRecordTextTest, AHolderWithoutAClientIdentifierIsNone) {
    const LeaseHolder holder{kHolder.mac, {}};
    const auto record = record_of(test::lease_of(ack()), holder, first_boot());
    EXPECT_THAT(record, HasSubstr("\nclient-identifier none\n"));
    EXPECT_EQ(complaint_about(record, holder), "ok");
    EXPECT_EQ(complaint_about(record), "it is the lease of another client identifier than the link's");
}

// Each of its lines is named when it is not as it must be, is missing, or comes twice.
TEST(LeaseRecordTextTest, ALineThatIsNotAsItMustBeIsNamed) {
    const struct {
        std::string line, wanted;
        std::vector<std::string> wrong;
    } lines[] = {
        {"# nlinit lease, version 2",
         "line 1 must be '# nlinit lease, version 2'",
         {"# nlinit lease, version 1", "# nlinit lease, version 20", "# nlinit lease", "#", "lease {",
          "\x7f"
          "ELF"}},
        {"mac 52:54:00:12:34:56",
         "line 2 must be 'mac 52:54:00:12:34:56'",
         {"mac", "mac ", "mac  52:54:00:12:34:56", "MAC 52:54:00:12:34:56", "mac 52:54:00:12:34",
          "mac 52:54:00:12:34:5g"}},
        {"client-identifier 01525400123456",
         "line 3 must be 'client-identifier 01525400123456, 1 to 255 bytes in hexadecimal, or none'",
         {"client-identifier", "client-identifier 0", "client-identifier xy",
          "client-identifier " + std::string(512, '0')}},
        {"address 10.0.2.15/24",
         "line 4 must be 'address 192.0.2.50/24'",
         {"address", "address /", "address 10.0.2.15", "address 10.0.2.15/", "address 10.0.2.15/33",
          "address 10.0.2.15/+1", "address 10.0.2/24", "address 10.0.2.15/24/1"}},
        {"server 10.0.2.2",
         "line 5 must be 'server 192.0.2.1'",
         {"server", "server 10.0.2.2/24", "server dhcp.example", "server 10.0.2.2\r", "server 10.0.2.2\t"}},
        {"duration 3600",
         "line 6 must be 'duration 3600, in seconds, or 4294967295 for ever'",
         {"duration", "duration 0", "duration -1", "duration +1", "duration 3600s", "duration 4294967296",
          "duration 99999999999999999999"}},
        {"acquired 1795569949",
         "line 7 must be 'acquired 1795569949, seconds since 1970'",
         {"acquired", "acquired -1", "acquired 253402300800", "acquired 1.5"}},
        {"acquired-boottime-ns 1000000000000",
         "line 8 must be 'acquired-boottime-ns 4711000000, of CLOCK_BOOTTIME'",
         {"acquired-boottime-ns", "acquired-boottime-ns 4294967295000000001",
          "acquired-boottime-ns -4294967295000000001", "acquired-boottime-ns 9223372036854775808"}},
        {"boot-id 5c3c2a0e-7d0b-4c5e-9c57-0f6f5f8f1d11",
         "line 9 must be 'boot-id that of /proc/sys/kernel/random/boot_id, or unknown'",
         {"boot-id", "boot-id "}},
        {"option 54 0a000202",
         "line 10 must be 'option 3 c0000201, a code of 1 to 254, once, and bytes in hexadecimal'",
         {"option", "option 0 00", "option 255 00", "option -1 00", "option 3 0", "option 3 0a00 0201", "option 3  0a",
          "option x 00", "options 3 00"}},
        {"end", "line 14 must be 'end, and the last'", {"End", "ende", "gateway 10.0.2.1", "\xc3\xa4"}},
    };
    for (const auto& [line, wanted, wrong] : lines) {
        for (const auto& other : wrong) EXPECT_EQ(complaint_about(with(line + '\n', other + '\n')), wanted) << other;
        if (!line.starts_with("option")) {
            EXPECT_NE(complaint_about(with(line + '\n', "")), "ok") << line << " is missing";
        }
        EXPECT_NE(complaint_about(with(line + '\n', line + '\n' + line + '\n')), "ok") << line << " comes twice";
    }
    EXPECT_EQ(complaint_about(kText + "\n"), "line 14 must be 'end, and the last'");
    EXPECT_EQ(complaint_about(kText + "mac 52:54:00:12:34:56\n"), "line 14 must be 'end, and the last'");
    EXPECT_EQ(complaint_about(""), "it is empty");
}

TEST(LeaseRecordTextTest, ATextThatWasCutShortIsRefused) {
    // Without the final newline nothing is missing.
    for (std::size_t size = 0; size + 1 < kText.size(); ++size)
        EXPECT_NE(complaint_about(kText.substr(0, size)), "ok") << "the first " << size << " bytes";
    EXPECT_EQ(complaint_about(kText.substr(0, kText.size() - 1)), "ok");
}

TEST(LeaseRecordTextTest, ALongTextIsRefusedUnread) {
    EXPECT_EQ(complaint_about(std::string(kMaxLeaseRecordSize + 1, '#')), "it is longer than a lease may be");
}

class LeaseRecordPropertyTest : public testing::TestWithParam<unsigned> {};

// Refused with one line, or a lease that is written and read again to the same.
void expect_refused_or_whole(const std::string& text) {
    const auto lease = lease_in(text, kHolder, first_boot(), {});
    if (!lease.ok()) {
        ASSERT_NE(lease.error().what, "");
        ASSERT_EQ(lease.error().what.find('\n'), std::string::npos);
        return;
    }
    const auto again = lease_in(record_of(*lease, kHolder, first_boot()), kHolder, first_boot(), {});
    ASSERT_TRUE(is_ok(again)) << text;
    ASSERT_EQ(*again, *lease) << text;
}

TEST_P(LeaseRecordPropertyTest, NoChangeToATextMakesHalfALease) {
    std::mt19937 random(GetParam());
    for (int round = 0; round < 2000; ++round) {
        auto text = kText;
        for (auto changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) {
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
        }
        expect_refused_or_whole(text);
    }
}

TEST_P(LeaseRecordPropertyTest, RandomBytesAreRefused) {
    std::mt19937 random(GetParam());
    for (int round = 0; round < 1000; ++round) {
        std::string text(random() % 300, '\0');
        for (auto& byte : text) byte = static_cast<char>(random());
        ASSERT_FALSE(lease_in(text, kHolder, first_boot(), {}).ok());
        expect_refused_or_whole("# nlinit lease, version 2\n" + text);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeaseRecordPropertyTest, testing::Range(1U, 6U));

}  // namespace
}  // namespace nlinit::dhcp
