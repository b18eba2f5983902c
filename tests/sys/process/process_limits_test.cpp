// SPDX-License-Identifier: Apache-2.0
// What a command is allowed, and that a process which does not become it is as it was.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <span>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/process/confinement.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"
#include "nlinit/sys/process/process.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

Command limited(std::vector<std::string> arguments) {
    Command command;
    command.arguments = std::move(arguments);
    command.rlimits = {{"nofile", 33, 44}, {"core", 0, 0}};
    command.umask = 0077;
    command.oom_score_adj = 123;
    return command;
}

struct Limits {
    rlimit files{};
    mode_t mask = 0;
    std::string score;
    bool operator==(const Limits& other) const {
        return files.rlim_cur == other.files.rlim_cur && files.rlim_max == other.files.rlim_max && mask == other.mask &&
               score == other.score;
    }
};

Limits limits_of_this_process() {
    Limits limits;
    ::getrlimit(RLIMIT_NOFILE, &limits.files);
    limits.mask = ::umask(0);
    ::umask(limits.mask);
    limits.score = read_file("/proc/self/oom_score_adj", 16).ok() ? *read_file("/proc/self/oom_score_adj", 16) : "";
    return limits;
}

int status_of(pid_t child) {
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ProcessLimitsTest, ACommandHasThem) {
    const auto pid =
        spawn(limited({"/bin/sh", "-c",
                       "read s < /proc/self/oom_score_adj; [ $(ulimit -S -n) = 33 ] && [ $(ulimit -H -n) = 44 ] && "
                       "[ $(umask) = 0077 ] && [ $s = 123 ]"}));
    ASSERT_TRUE(test::is_ok(pid));
    EXPECT_EQ(status_of(*pid), 0);
}

TEST(ProcessLimitsTest, WhoeverDoesNotBecomeTheCommandIsAsItWas) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto before = limits_of_this_process();
        auto command = limited({"/none/such"});
        // The way back up of a hard limit takes CAP_SYS_RESOURCE, which not every machine gives its tests.
        command.rlimits = {{"nofile", 33, before.files.rlim_max}};
        const auto error = exec(command);
        ::_exit(error.code == ENOENT && limits_of_this_process() == before ? 0 : 1);
    }
    EXPECT_EQ(status_of(child), 0);
}

TEST(ProcessLimitsTest, ALimitThatTheKernelRefusesIsNamed) {
    const int status = test::run_in_child([] {
        const rlimit none{0, 0};
        const std::span<const std::uint8_t> no_capability;
        // The way back up takes CAP_SYS_RESOURCE.
        if (::setrlimit(RLIMIT_CORE, &none) != 0 || !bound_capabilities_to(no_capability).ok()) return 2;
        if (!take_capabilities_of(no_capability, no_capability).ok()) return 3;
        auto command = limited({"/bin/true"});
        command.rlimits = {{"core", ~std::uint64_t{0}, ~std::uint64_t{0}}};
        const auto said = test::sentence(spawn(command));
        return said == "run /bin/true: set resource limit core: Operation not permitted" ? 0 : 1;
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

// As containers' engines write it. In a container the machine's fs.nr_open stays, and is the most there can be.
TEST(ProcessLimitsTest, UnlimitedDescriptorsAreAsManyAsThereCanBe) {
    const int status = test::run_as_pid_1([] {
        if (is_in_first_pid_namespace()) return 3;  // it was asked for before: fs.nr_open would be raised
        const bool may_raise = may_have_capability(CAP_SYS_RESOURCE);  // which not every machine gives its tests
        for (const auto most : {~std::uint64_t{0}, std::uint64_t{1'073'741'816}}) {
            Command command;
            command.arguments = {"/bin/sh", "-c", "read most < /proc/sys/fs/nr_open; [ $(ulimit -H -n) = $most ]"};
            command.rlimits = {{"nofile", most, most}};
            const auto pid = spawn(command);
            const bool is_started = pid.ok() && status_of(*pid) == 0;
            const bool is_refused =
                test::sentence(pid) == "run /bin/sh: set resource limit nofile: Operation not permitted";
            if (may_raise ? !is_started : !is_refused) return 1;
        }
        return 0;
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(ProcessLimitsTest, TheWorkingDirectoryIsMadeWhereThatIsAskedFor) {
    char base[] = "/tmp/nlinit-limits-XXXXXX";
    ASSERT_NE(::mkdtemp(base), nullptr);
    ::chmod(base, 0755);
    Command command;
    command.arguments = {"/bin/true"};
    command.working_directory = std::string(base) + "/a/b";
    EXPECT_FALSE(spawn(command).ok());
    command.makes_working_directory = true;
    const auto pid = spawn(command);
    // /tmp is sticky, and so root's directory in it is nobody else's.
    ASSERT_TRUE(test::is_ok(pid));
    EXPECT_EQ(status_of(*pid), 0);
    EXPECT_EQ(::rmdir((std::string(base) + "/a/b").c_str()), 0);
    EXPECT_EQ(::rmdir((std::string(base) + "/a").c_str()), 0);
    EXPECT_EQ(::rmdir(base), 0);
}

}  // namespace
}  // namespace nlinit::sys
