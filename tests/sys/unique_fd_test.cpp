// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace nlinit::sys {
namespace {

int open_something() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(UniqueFd, ClosesItsDescriptorAtTheEndOfTheScope) {
    const int fd = open_something();
    { const UniqueFd owner(fd); }
    EXPECT_FALSE(is_open(fd));
}

TEST(UniqueFd, GivesItsDescriptorToWhomItIsMovedTo) {
    UniqueFd from(open_something());
    const int fd = from.get();
    const UniqueFd to(std::move(from));
    EXPECT_EQ(to.get(), fd);
    EXPECT_TRUE(is_open(fd));
}

TEST(UniqueFd, ClosesWhatItHeldWhenItIsAssigned) {
    UniqueFd owner(open_something());
    const int old = owner.get();
    owner = UniqueFd(open_something());
    EXPECT_FALSE(is_open(old));
    EXPECT_TRUE(is_open(owner.get()));
}

TEST(UniqueFd, DoesNotCloseWhatItReleased) {
    UniqueFd owner(open_something());
    const int fd = owner.release();
    owner.reset();
    EXPECT_TRUE(is_open(fd));
    ::close(fd);
}

TEST(UniqueFd, KeepsErrnoWhileItCloses) {
    UniqueFd owner(open_something());
    ::close(owner.get());  // so that its own close fails
    errno = ENOSPC;
    owner.reset();
    EXPECT_EQ(errno, ENOSPC);
}

TEST(UniqueFd, TakesZeroForADescriptor) {
    UniqueFd owner(0);
    EXPECT_TRUE(owner.valid());
    EXPECT_EQ(owner.release(), 0);
    EXPECT_FALSE(owner.valid());
}

}  // namespace
}  // namespace nlinit::sys
