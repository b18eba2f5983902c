// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/boot_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recorded_boot.hpp"

namespace nlinit::record {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(BootTableTest, TheWholeTable) {
    EXPECT_EQ(boot_table(test::recorded_boot()),
              R"(Network usable after 120.5 ms, payload after 130.3 ms; the kernel took 1000.0 ms before.
nlinit 0.1.0, profile arcbox, /etc/nlinit.toml

    at ms  took ms  |0                                  141.1|
  -1000.0   1000.0                                             kernel
      0.1      9.9  |===                                     | early mounts
      0.2      2.4  |-                                       |   mount /proc
     10.0    115.0  |  ==================================    | plan
     12.0           |   +                                    |   eth0: found
     13.0           |   +                                    |   eth0: up
     14.0           |   +                                    |   eth0: carrier
     15.0           |    >                                   |   eth0: DISCOVER to 255.255.255.255
     20.0      0.1  |     -                                  |   mount users on /Users  skipped
                                                                   no device has this tag: Invalid argument
     40.0     60.0  |           xxxxxxxxxxxxxxxxxx           |   mount disk on /data  FAILED
                                                                   mount ext4 /dev/vdb on /data: No such device
     50.0           |              <                         |   eth0: OFFER from 10.0.2.2
     50.5           |              >                         |   eth0: REQUEST to 255.255.255.255
    110.0           |                               <        |   eth0: ACK from 10.0.2.2
    120.5           |                                  *     |   eth0: configured
    130.0           |                                    *   |   eth0: IPv6 usable
    500.0           |                                        | /sbin/agent --serve
   8000.0           |                                        |   eth0: REQUEST to 10.0.2.2

network
  eth0: 10.0.2.15/24, default via 10.0.2.2
    link 52:54:00:12:34:56, mtu 1500
    name servers 10.0.2.3, 10.0.2.4
    lease of 10.0.2.2 for 86400 s, renewed after 43200 s
    dropped 3 bad_udp_checksum

payload
  /sbin/agent --serve
    ended with status 3 after 400.0 ms, started 2 times

end
  poweroff at 1000.0 ms

warnings: 1
  nlinit.colour: there is no such parameter
)");
}

TEST(BootTableTest, NothingThatATerminalObeysComesThrough) {
    const auto record = read_boot_record(
        R"({"boot": {}, "profile": "\u001b[2J", "warnings": ["a\nb\u009bc"],
            "payload": {"command": ["x\u0007y"], "error": "\u007f"}})");
    ASSERT_TRUE(record.ok());
    EXPECT_THAT(boot_table(**record), AllOf(HasSubstr("\\x1b[2J"), HasSubstr("a\\x0ab\\xc2\\x9bc"),
                                            HasSubstr("x\\x07y"), HasSubstr("failed: \\x7f"), Not(HasSubstr("\x1b"))));
}

TEST(BootTableTest, AnEmptyReportIsATableToo) {
    const auto record = read_boot_record(R"({"boot": {}})");
    ASSERT_TRUE(record.ok());
    EXPECT_THAT(boot_table(**record), HasSubstr("No usable network, no payload;"));
}

}  // namespace
}  // namespace nlinit::record
