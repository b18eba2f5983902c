// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/supervisor.hpp"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support/fuse_share.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

// Its working directory is on a share that does not answer for some time, and then is gone.
TEST(SupervisorTest, APayloadThatCouldNotBeExecutedAfterAllIsOneThatWasNotStarted) {
    test::enter_own_mount_namespace();
    const test::TemporaryDirectory directory;
    auto share = test::FuseShare::mount(directory / "share");
    if (!share) GTEST_SKIP() << "FUSE cannot be mounted here";
    share->fall_silent();

    auto loop = *sys::EventLoop::create();
    config::Payload payload;
    payload.command = {"/bin/true"};
    payload.working_directory = directory / "share/within";
    int ends = 0;
    Supervisor supervisor(
        loop, payload, {.room = "payload", .cgroup = {}}, [&] { ++ends; }, [] {});
    supervisor.start();
    EXPECT_TRUE(supervisor.running()) << "for all that can be known";
    share.reset();
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(supervisor.pid()), &info, WEXITED | WNOWAIT), 0);
    const auto child = sys::reap();
    ASSERT_TRUE(child);
    EXPECT_TRUE(supervisor.reaped(*child));

    EXPECT_FALSE(supervisor.running());
    ASSERT_TRUE(supervisor.latest().failure);
    EXPECT_NE(to_string(*supervisor.latest().failure).find("run /bin/true in "), std::string::npos);
    EXPECT_EQ(supervisor.latest().exit_status, sys::kExitNotPrepared);
    EXPECT_FALSE(supervisor.latest().exited);
    EXPECT_EQ(ends, 1);
}

TEST(SupervisorTest, ACapabilityThatIsNotToBeHadIsNoReasonNotToStart) {
    const int status = test::run_in_child([] {
        if (::prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT) != 0) return 1;
        auto loop = *sys::EventLoop::create();
        config::Payload payload;
        payload.command = {"/bin/true"};
        payload.capabilities = {CAP_CHOWN, CAP_SYS_BOOT};
        payload.ambient_capabilities = {CAP_SYS_BOOT};
        Supervisor supervisor(
            loop, payload, {.room = "payload", .cgroup = {}}, [] {}, [] {});
        const auto command = supervisor.command();
        if (command.capabilities != std::vector<std::uint8_t>{CAP_CHOWN}) return 2;
        if (command.ambient_capabilities != std::vector<std::uint8_t>()) return 3;
        supervisor.start();
        int ended = -1;
        if (!supervisor.running() || ::waitpid(supervisor.pid(), &ended, 0) != supervisor.pid()) return 4;
        return ended == 0 ? 0 : 5;
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace nlinit::app
