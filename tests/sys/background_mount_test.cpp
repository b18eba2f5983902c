#include "nlinit/sys/background_mount.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mount.h>

#include <cerrno>
#include <string>

#include "nlinit/sys/mount.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

class BackgroundMountTest : public ::testing::Test {
  protected:
    void SetUp() override { test::enter_own_mount_namespace(); }
    boot::MountRow row(const std::string& type, const std::string& data) const {
        boot::MountRow row;
        row.source = row.type = type;
        row.target = directory_.path();
        row.data = data;
        return row;
    }
    static bool readable_within(const BackgroundCalls& mounting, int milliseconds) {
        pollfd fd{mounting.fd(), POLLIN, 0};
        return ::poll(&fd, 1, milliseconds) == 1;
    }
    const std::string& target() const { return directory_.path(); }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(BackgroundMountTest, MountsWhatMountWould) {
    const auto mounting = start_mount(row("tmpfs", "size=1m"), MS_NOSUID);
    ASSERT_TRUE(test::is_ok(mounting));
    ASSERT_TRUE(readable_within(*mounting, 10'000));
    EXPECT_TRUE(mounting->done());
    EXPECT_EQ(mount_result(*mounting), 0);
    EXPECT_TRUE(is_mounted(target()));
}

TEST_F(BackgroundMountTest, GivesTheErrnoAndLeavesThatOfTheCallerAlone) {
    errno = 0;
    const auto mounting = start_mount(row("nosuchfs", ""), 0);
    ASSERT_TRUE(test::is_ok(mounting));
    ASSERT_TRUE(readable_within(*mounting, 10'000));
    EXPECT_EQ(errno, 0);
    EXPECT_EQ(mount_result(*mounting), ENODEV);
}

// A filesystem in user space that mounts, and whose first question nobody answers.
TEST_F(BackgroundMountTest, IsNotDoneUntilSomebodyAnswers) {
    UniqueFd server(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
    if (!server.valid()) GTEST_SKIP() << "no /dev/fuse";
    const auto mounting =
        start_mount(row("fuse", "fd=" + std::to_string(server.get()) + ",rootmode=40000,user_id=0,group_id=0"), 0);
    ASSERT_TRUE(test::is_ok(mounting));
    EXPECT_FALSE(readable_within(*mounting, 200));
    EXPECT_FALSE(mounting->done());
    server.reset();  // the kernel ends the connection, and with it all that waits for it
    ASSERT_TRUE(readable_within(*mounting, 10'000));
    EXPECT_EQ(mount_result(*mounting), 0);
}

}  // namespace
}  // namespace nlinit::sys
