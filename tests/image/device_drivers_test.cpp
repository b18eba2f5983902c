// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/device_drivers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::image {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Names = std::vector<std::string>;

constexpr std::string_view kDependencies =
    "kernel/drivers/virtio/virtio_pci.ko: kernel/drivers/virtio/virtio.ko\nkernel/drivers/net/virtio_net.ko:\n"
    "kernel/drivers/ata/ahci.ko:\nkernel/drivers/gpu/drm/virtio/virtio-gpu.ko:\nextra/mine.ko:\n";
constexpr std::string_view kAliases =
    "alias pci:v00001AF4d*sv*sd*bc*sc*i* virtio_pci\nalias virtio:d00000001v* virtio_net\n"
    "alias virtio:d00000010v* virtio_gpu\nalias pci:v*d*sv*sd*bc01sc06i01* ahci\nalias pci:v0000CAFE* mine\n"
    "alias virtio:d00000001v* gone\n";

TEST(DeviceDriversTest, EachDeviceHasItsDriversOnce) {
    const Names names{"pci:v00001AF4d00001041sv00001AF4sd00001100bc02sc00i00", "virtio:d00000001v00001AF4",
                      "pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc00i00", "platform:none"};
    const auto found = drivers_of(names, DriverUse::guest, kDependencies, kAliases);
    EXPECT_THAT(found.modules, ElementsAre("virtio_pci", "virtio_net"));
    EXPECT_THAT(found.remarks, IsEmpty());
}

TEST(DeviceDriversTest, DriversForOtherUsesAreLeftAlone) {
    const Names names{"virtio:d00000010v00001AF4", "pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01",
                      "pci:v0000CAFEd1"};
    EXPECT_THAT(drivers_of(names, DriverUse::guest, kDependencies, kAliases).modules, ElementsAre("mine"));
    EXPECT_THAT(drivers_of(names, DriverUse::disk, kDependencies, kAliases).modules, ElementsAre("ahci", "mine"));
    EXPECT_THAT(drivers_of(names, DriverUse::other, kDependencies, kAliases).modules,
                ElementsAre("virtio_gpu", "ahci", "mine"));
}

TEST(DeviceDriversTest, OfFortyModulesForADeviceTheFirstEightAreTried) {
    std::string dependencies, aliases;
    for (int i = 0; i < 40; ++i) {
        dependencies += "kernel/net/m" + std::to_string(i) + ".ko:\n";
        aliases += "alias virtio:* m" + std::to_string(i) + "\n";
    }
    const auto found = drivers_of({"virtio:d00000001v\n1"}, DriverUse::guest, dependencies, aliases);
    EXPECT_THAT(found.modules, ElementsAre("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"));
    EXPECT_THAT(
        found.remarks,
        ElementsAre("device virtio:d00000001v\\x0a1: 40 modules would drive it, of which the first 8 are tried: "
                    "m0, m1, m2, m3, m4, m5, m6, m7"));
}

TEST(DeviceDriversTest, TheUseOfADriverIsWhereItIs) {
    const struct {
        const char* file;
        DriverUse use;
    } kCases[] = {
        {"kernel/drivers/nvme/host/nvme.ko", DriverUse::guest},
        {"kernel/drivers/char/hw_random/virtio-rng.ko.xz", DriverUse::guest},
        {"kernel/drivers/char/virtio_console.ko", DriverUse::guest},
        {"kernel/drivers/char/ipmi/ipmi_si.ko", DriverUse::other},
        {"kernel/net/vmw_vsock/vmw_vsock_virtio_transport.ko", DriverUse::guest},
        {"kernel/fs/fuse/virtiofs.ko", DriverUse::guest},
        {"kernel/drivers/scsi/sd_mod.ko", DriverUse::disk},
        {"kernel/drivers/usb/storage/usb-storage.ko", DriverUse::disk},
        {"kernel/drivers/usb/misc/x.ko", DriverUse::other},
        {"kernel/sound/virtio/virtio_snd.ko", DriverUse::other},
        {"kernel/drivers/watchdog/iTCO_wdt.ko", DriverUse::other},
        {"updates/dkms/mine.ko", DriverUse::guest},
    };
    for (const auto& [file, use] : kCases) EXPECT_EQ(use_of_driver(file), use) << file;
}

}  // namespace
}  // namespace nlinit::image
