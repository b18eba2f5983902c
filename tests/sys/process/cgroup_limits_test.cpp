// SPDX-License-Identifier: Apache-2.0
// What a leaf may take, by files as the kernel has them: not every machine that builds has the controllers. That a
// payload is killed by it is seen in a virtual machine.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "nlinit/base/number.hpp"
#include "nlinit/machine/memory_size.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/machine/memory.hpp"
#include "nlinit/sys/process/cgroup.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;

constexpr std::uint64_t kMuch = 64 << 20;

class CgroupLimitsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        test::enter_own_mount_namespace();
        ASSERT_EQ(::mount("tmpfs", "/sys/fs/cgroup", "tmpfs", 0, "mode=0755"), 0);
        std::filesystem::create_directory("/sys/fs/cgroup/payload");
        for (const char* file : {"pids.max", "memory.oom.group"}) put(file, "");
        put("memory.max", "max\n");
    }
    void TearDown() override { ::umount2("/sys/fs/cgroup", MNT_DETACH); }
    static void put(const std::string& file, const std::string& text) {
        std::ofstream("/sys/fs/cgroup/payload/" + file) << text;
    }
    static std::string read(const std::string& file) {
        const auto text = read_file("/sys/fs/cgroup/payload/" + file, 4096);
        return text.ok() ? *text : "(none)";
    }
};

TEST_F(CgroupLimitsTest, WhatIsAskedForIsWritten) {
    EXPECT_TRUE(is_ok(limit("payload", {.pids = 50, .memory = kMuch})));
    EXPECT_EQ(read("pids.max"), "50");
    EXPECT_EQ(read("memory.max"), std::to_string(kMuch));
    EXPECT_EQ(read("memory.oom.group"), "1");
    EXPECT_EQ(memory_limit_of("payload"), "64M");
}

TEST_F(CgroupLimitsTest, WithoutAWordThereIsALimitThatLeavesSomethingToPid1) {
    const auto memory = read_memory();
    ASSERT_TRUE(is_ok(memory));
    EXPECT_TRUE(is_ok(limit("payload", {})));
    const auto pids = parse_number<std::uint32_t>(read("pids.max"));
    const auto bytes = parse_number<std::uint64_t>(read("memory.max"));
    ASSERT_TRUE(pids && bytes) << read("pids.max") << read("memory.max");
    const auto threads = read_file("/proc/sys/kernel/threads-max", 64);
    EXPECT_LE(*pids, std::stoul(*threads) / 4 * 3);
    EXPECT_LT(*bytes, memory->total - (16 << 20));
    EXPECT_EQ(read("memory.oom.group"), "1");
}

TEST_F(CgroupLimitsTest, ALimitGetsNoSmallerForTheNextStartWhichMeetsWhatTheLastOneLeft) {
    const auto memory = read_memory();
    ASSERT_TRUE(is_ok(memory));
    const auto more = std::to_string(memory->total + 1);
    put("memory.max", more);
    EXPECT_TRUE(is_ok(limit("payload", {})));
    EXPECT_EQ(read("memory.max"), more);
}

TEST_F(CgroupLimitsTest, MemoryThatTheMachineWasGivenSinceIsTheNextStartsToo) {
    put("memory.max", "5000000\n");
    EXPECT_TRUE(is_ok(limit("payload", {})));
    EXPECT_GT(parse_number<std::uint64_t>(read("memory.max")).value_or(0), 5000000U);
}

TEST_F(CgroupLimitsTest, WithoutDefaultsNothingIsWrittenButWhatIsAskedFor) {
    EXPECT_TRUE(is_ok(limit("payload", {.pids = {}, .memory = {}, .by_default = false})));
    EXPECT_EQ(read("pids.max"), "");
    EXPECT_EQ(read("memory.max"), "max\n");
    EXPECT_EQ(read("memory.oom.group"), "");
    EXPECT_TRUE(is_ok(limit("payload", {.pids = 7, .memory = kMuch, .by_default = false})));
    EXPECT_EQ(read("pids.max"), "7");
    EXPECT_EQ(read("memory.max"), std::to_string(kMuch));
    EXPECT_EQ(read("memory.oom.group"), "");
}

TEST_F(CgroupLimitsTest, WhoeverWantsNoneHasNone) {
    put("memory.max", "");
    EXPECT_TRUE(is_ok(limit("payload", {.pids = {}, .memory = kMemoryWithoutLimit})));
    EXPECT_EQ(memory_limit_of("payload"), "max");
    EXPECT_EQ(read("memory.oom.group"), "");
}

TEST_F(CgroupLimitsTest, WithoutTheControllerOnlyWhatWasAskedForIsMissing) {
    for (const char* file : {"pids.max", "memory.max", "memory.oom.group"})
        std::filesystem::remove(std::string("/sys/fs/cgroup/payload/") + file);
    EXPECT_TRUE(is_ok(limit("payload", {})));
    EXPECT_EQ(limit("payload", {.pids = 5, .memory = {}}).error().code, ENOENT);
    EXPECT_EQ(limit("payload", {.pids = {}, .memory = kMuch}).error().code, ENOENT);
    EXPECT_EQ(memory_limit_of("payload"), "");
    EXPECT_EQ(oom_kills("payload"), 0U);
}

TEST_F(CgroupLimitsTest, TheKernelsCountOfKillsIsRead) {
    put("memory.events", "low 0\nhigh 0\nmax 31\noom 2\noom_kill 7\noom_group_kill 1\n");
    EXPECT_EQ(oom_kills("payload"), 7U);
}

}  // namespace
}  // namespace nlinit::sys
