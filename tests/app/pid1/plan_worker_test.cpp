// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/plan_worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::app {
namespace {

using ::testing::ElementsAre;

plan::Step step(plan::Work work) {
    return {.name = "step", .work = std::move(work)};
}

MountRow tmpfs_on(const std::string& target) {
    MountRow row;
    row.source = row.type = "tmpfs";
    row.target = target;
    return row;
}

TEST(PlanKnowledgeTest, AModuleThatHungIsNamedOnceAndNotTriedAgain) {
    PlanKnowledge knowledge;
    knowledge.failed_modules = {"virtio_x", "other"};
    EXPECT_FALSE(knowledge.take_silent_module("mount tmpfs on /lib/modules"));
    EXPECT_FALSE(knowledge.take_silent_module("load module unknown"));
    EXPECT_TRUE(knowledge.take_silent_module("load module virtio_x"));
    EXPECT_THAT(knowledge.failed_modules, ElementsAre("other"));
    EXPECT_FALSE(knowledge.take_silent_module("load module virtio_x"));
}

TEST(MayWaitTest, WhatIsTheKernelsOwnDoesNot) {
    EXPECT_FALSE(may_wait(step(tmpfs_on("/run"))));
    EXPECT_FALSE(may_wait(step(tmpfs_on("/dev/shm"))));
    EXPECT_FALSE(may_wait(step(plan::SetHostname{"guest"})));
    EXPECT_FALSE(may_wait(step(plan::MountCgroup{})));
    EXPECT_FALSE(may_wait(step(config::Directory{.path = "/run/lock"})));
}

TEST(MayWaitTest, WhatIsOnADiskOrAShareDoes) {
    EXPECT_TRUE(may_wait(step(tmpfs_on("/tmp")))) << "a directory of the root";
    EXPECT_TRUE(may_wait(step(tmpfs_on("/runner"))));
    auto share = tmpfs_on("/run/share");
    share.type = "virtiofs";
    EXPECT_TRUE(may_wait(step(share)));
    auto disk = tmpfs_on("/run/disk");
    disk.source = "LABEL=data";
    disk.type = "ext4";
    EXPECT_TRUE(may_wait(step(disk)));
    auto bind = tmpfs_on("/run/bind");
    bind.source = "/srv";
    bind.type.clear();
    bind.flags = 4096;  // MS_BIND
    EXPECT_TRUE(may_wait(step(bind)));
    EXPECT_TRUE(may_wait(step(plan::TakeHostname{"guest"}))) << "/etc/hostname";
    EXPECT_TRUE(may_wait(step(config::Directory{.path = "/var/log"})));
    auto on_read_only = step(tmpfs_on("/run"));
    on_read_only.only_on_read_only_root = true;
    EXPECT_TRUE(may_wait(on_read_only)) << "the root is looked at first";
}

}  // namespace
}  // namespace nlinit::app
