// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/uevent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>

#include "support/namespaces.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

using namespace std::string_literals;

using ::testing::IsEmpty;

TEST(UeventTest, AFieldIsFoundByItsWholeKey) {
    const auto event = "add@/devices/x\0ACTION=add\0MODALIASES=no\0MODALIAS=virtio:d1\0SUBSYSTEM=virtio\0"s;
    EXPECT_EQ(uevent_field(event, "MODALIAS"), "virtio:d1");
    EXPECT_EQ(uevent_field(event, "ACTION"), "add");
    EXPECT_EQ(uevent_field(event, "SUBSYSTEM"), "virtio");
    EXPECT_EQ(uevent_field(event, "DRIVER"), "");
    EXPECT_EQ(uevent_field("MODALIAS=x"s, "MODALIAS"), "x");
    EXPECT_EQ(uevent_field("", "MODALIAS"), "");
}

// A sender that is root, in a network namespace of the test's own.
class DeviceSocketTest : public ::testing::Test {
  protected:
    bool wakes(const std::string& event, DeviceSocket::Event which = DeviceSocket::Event::added) {
        const auto inside = network_.enter();
        auto opened = DeviceSocket::open(which);
        if (!opened.ok()) throw std::runtime_error(to_string(opened.error()));
        const UniqueFd sender(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
        sockaddr_nl group{};
        group.nl_family = AF_NETLINK;
        group.nl_groups = 1;
        // What the kernel itself answers to it is of no concern.
        static_cast<void>(
            ::sendto(sender.get(), event.data(), event.size(), 0, reinterpret_cast<sockaddr*>(&group), sizeof group));
        pollfd ready{opened->fd(), POLLIN, 0};
        const bool is_ready = ::poll(&ready, 1, 0) == 1;
        bool lost = true;
        EXPECT_THAT(opened->read("MODALIAS", lost), IsEmpty()) << "only the kernel is believed";
        EXPECT_FALSE(lost);
        return is_ready;
    }
    test::NetworkNamespace network_;
};

TEST_F(DeviceSocketTest, WakesForDevicesOfTheMachineAlone) {
    const std::string fields = "\0MODALIAS=virtio:d1\0"s;
    EXPECT_TRUE(wakes("add@/devices/pci0000:00/0000:00:03.0/virtio0" + fields));
    EXPECT_TRUE(wakes("add@/devices/platform/x" + fields));
    EXPECT_TRUE(wakes("add@/devices/virgin" + fields));
    for (const auto* other :
         {"add@/devices/virtual/net/veth0", "remove@/devices/pci0000:00/0000:00:03.0",
          "bind@/devices/pci0000:00/0000:00:03.0", "add@/module/virtio_net", "add@/kernel/slab/x", "a", "add@"})
        EXPECT_FALSE(wakes(other + fields)) << other;
}

TEST_F(DeviceSocketTest, WakesForWhateverHasChanged) {
    for (const auto* changed : {"change@/devices/pci0000:00/virtio0/block/vda", "change@/devices/virtual/block/loop0"})
        EXPECT_TRUE(wakes(changed + "\0RESIZE=1\0"s, DeviceSocket::Event::changed)) << changed;
    for (const auto* other : {"add@/devices/pci0000:00/virtio0", "bind@/devices/x", "cha", ""})
        EXPECT_FALSE(wakes(other, DeviceSocket::Event::changed)) << other;
}

}  // namespace
}  // namespace nlinit::sys
