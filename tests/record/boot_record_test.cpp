// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/boot_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "recorded_boot.hpp"

namespace nlinit::record {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(BootRecordTest, TimesCountFromTheStartOfInit) {
    const auto& record = test::recorded_boot();
    EXPECT_EQ(record.kernel, 1'000'000);
    EXPECT_EQ(record.network, 120'500);
    EXPECT_EQ(record.payload, 130'250);
    EXPECT_EQ(record.end, 1'000'000);
    ASSERT_THAT(record.phases, SizeIs(2));
    EXPECT_EQ(record.phases[0].start, 100);
    EXPECT_EQ(record.phases[1].end, 125'000);
    EXPECT_EQ(record.interfaces.at(0).packets.at(1).at, 50'000);
    EXPECT_EQ(record.title, "Network usable after 120.5 ms, payload after 130.3 ms; the kernel took 1000.0 ms before");
}

TEST(BootRecordTest, StepsAreInTheirPhasesWithWhatBecameOfThem) {
    const auto& record = test::recorded_boot();
    ASSERT_THAT(record.phases, SizeIs(2));
    EXPECT_THAT(record.phases[0].steps, SizeIs(1));
    const auto& steps = record.phases[1].steps;
    ASSERT_THAT(steps, SizeIs(2));
    EXPECT_EQ(steps[0].outcome, StepOutcome::skipped);
    EXPECT_EQ(steps[1].outcome, StepOutcome::failed);
    EXPECT_EQ(steps[1].error, "mount ext4 /dev/vdb on /data: No such device");
}

TEST(BootRecordTest, AnInterfaceIsToldInLines) {
    const auto& record = test::recorded_boot();
    ASSERT_THAT(record.interfaces, SizeIs(1));
    EXPECT_THAT(record.interfaces[0].facts,
                ElementsAre("link 52:54:00:12:34:56, mtu 1500", "name servers 10.0.2.3, 10.0.2.4",
                            "lease of 10.0.2.2 for 86400 s, renewed after 43200 s", "dropped 3 bad_udp_checksum"));
}

TEST(BootRecordTest, WhatIsShownEndsSoonAfterTheBoot) {
    const auto& record = test::recorded_boot();
    EXPECT_GT(record.shown, 130'250);
    EXPECT_LT(record.shown, 150'000)
        << "a renewal after 8 s belongs to no boot, nor does a second start of the payload";
}

TEST(BootRecordTest, WhatIsMissingIsLeftOut) {
    const auto record = read_boot_record(R"({"boot": {"kernel_ms": 5}})");
    ASSERT_TRUE(record.ok());
    EXPECT_EQ((*record)->title, "No usable network, no payload; the kernel took 5.0 ms before");
    EXPECT_THAT((*record)->phases, IsEmpty());
    EXPECT_THAT((*record)->interfaces, IsEmpty());
    EXPECT_GT((*record)->shown, 0);
}

TEST(BootRecordTest, TimesThatMakeNoSenseMakeNoSpans) {
    const auto record = read_boot_record(
        R"({"boot": {}, "steps": [{"step": "x", "phase": "none", "start_ms": 5, "end_ms": 1},
                                  {"start_ms": 1e300, "end_ms": "soon"}]})");
    ASSERT_TRUE(record.ok());
    ASSERT_THAT((*record)->phases, SizeIs(1));
    for (const auto& step : (*record)->phases[0].steps) EXPECT_LE(step.start, step.end);
}

std::vector<std::string> failures_of(const std::string& members) {
    const auto record = read_boot_record("{\"boot\": {}, " + members + "}");
    return record.ok() ? (*record)->failures : std::vector<std::string>{to_string(record.error())};
}

TEST(BootRecordTest, WhatWasAskedForAndDidNotComeIsAFailure) {
    EXPECT_THAT(test::recorded_boot().failures,
                ElementsAre("nlinit.colour: there is no such parameter",
                            "mount disk on /data: mount ext4 /dev/vdb on /data: No such device"));
    EXPECT_THAT(failures_of(R"("payload": {"command": ["/bin/x", "-a"], "starts": 1, "exit_status": 127,
                                "error": "execute /bin/x: No such file or directory"})"),
                ElementsAre("start the payload /bin/x -a: execute /bin/x: No such file or directory"));
    EXPECT_THAT(failures_of(R"("payload": {"command": ["/bin/x"], "starts": 1, "exit_status": 1})"), IsEmpty());
    EXPECT_THAT(failures_of(R"("payload": {"command": [], "error": "read /oci.json: No such file or directory"})"),
                ElementsAre("start the payload without a command: read /oci.json: No such file or directory"));
    EXPECT_THAT(failures_of(R"("steps": [{"step": "read /a", "outcome": "failed", "error": "read /a: No such file"}])"),
                ElementsAre("read /a: No such file"))
        << "once, as in the log";
}

TEST(BootRecordTest, ANetworkThatWasNeverUsableIsAFailure) {
    EXPECT_THAT(failures_of(R"("network": {"configured": false, "interfaces": [
                    {"progress": "no_lease", "summary": "eth0: no DHCP lease"},
                    {"progress": "configured", "summary": "eth1: 10.0.2.15/24"},
                    {"progress": "no_carrier", "summary": "eth2: no carrier"}]})"),
                ElementsAre("the network could not be used: eth0: no DHCP lease; eth2: no carrier"));
    EXPECT_THAT(failures_of(R"("network": null)"), IsEmpty());
    EXPECT_THAT(failures_of(R"("network": {"configured": true, "interfaces": []})"), IsEmpty());
    const auto lost_later =
        read_boot_record(R"({"boot": {"network_ms": 5}, "network": {"configured": false, "interfaces": []}})");
    ASSERT_TRUE(lost_later.ok());
    EXPECT_THAT((*lost_later)->failures, IsEmpty());
}

TEST(BootRecordTest, AFileThatIsNoReportIsRefusedInOneSentence) {
    EXPECT_EQ(read_boot_record("hello").error().what, "no report of a boot: byte 0: a value should be here");
    EXPECT_EQ(read_boot_record("[]").error().what, "no report of a boot: it has no \"boot\"");
    EXPECT_EQ(read_boot_record("").error().what, "no report of a boot: byte 0: a value should be here");
}

TEST(BootRecordTest, AsManyPhasesAndStepsAsFitIntoAFileAreReadInTime) {
    std::string phases, steps;
    for (int i = 0; i < 60'000; ++i) {
        phases += (i > 0 ? ",{}" : "{}");
        steps += (i > 0 ? ",{\"phase\":\"x\"}" : "{\"phase\":\"x\"}");
    }
    const auto record = read_boot_record("{\"boot\":{},\"phases\":[" + phases + "],\"steps\":[" + steps + "]}");
    ASSERT_TRUE(record.ok()) << record.error().what;
    EXPECT_EQ((*record)->phases.size(), 64U);
    EXPECT_EQ((*record)->phases.back().steps.size(), 60'000U);
}

TEST(BootRecordTest, MillisecondsHaveOneDecimal) {
    EXPECT_EQ(milliseconds(0), "0.0");
    EXPECT_EQ(milliseconds(49), "0.0");
    EXPECT_EQ(milliseconds(50), "0.1");
    EXPECT_EQ(milliseconds(-49), "0.0");
    EXPECT_EQ(milliseconds(-1'234'567), "-1234.6");
}

}  // namespace
}  // namespace nlinit::record
