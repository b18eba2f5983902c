// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/device_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DeviceNamesTest, EachNameIsGivenOnceInTheOrderOfTheDevices) {
    const test::TemporaryDirectory buses;
    const auto device = [&](const std::string& path, const char* name) {
        std::filesystem::create_directories(buses / path);
        if (name != nullptr) std::ofstream(buses / (path + "/modalias")) << name;
    };
    device("virtio/devices/virtio0", "virtio:d1v2\n");
    device("pci/devices/0000:00:02.0", "pci:b\n");
    device("pci/devices/0000:00:01.0", "pci:a\n");
    device("pci/devices/0000:00:03.0", "pci:b\n");
    device("pci/devices/0000:00:04.0", nullptr);
    device("pci/devices/0000:00:05.0", "");
    device("acpi/devices/PNP0C0C:00", "acpi:PNP0C0C:\n");
    EXPECT_THAT(device_names(buses.path()), ElementsAre("pci:a", "pci:b", "virtio:d1v2"));
    EXPECT_THAT(device_names(buses / "none"), IsEmpty());
}

}  // namespace
}  // namespace nlinit::sys
