#include "nlinit/sys/background_look.hpp"

#include <dirent.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;

template <class Look>
void wait_for(const Look& look) {
    pollfd fd{look.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&fd, 1, 10'000), 1);
    ASSERT_TRUE(look.done());
}

std::size_t open_descriptors() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

class BackgroundLookTest : public ::testing::Test {
  protected:
    std::string read(const std::string& path, off_t offset, std::size_t size) {
        const auto reading = BackgroundRead::start(path, offset, size);
        EXPECT_TRUE(test::is_ok(reading));
        wait_for(*reading);
        return reading->bytes();
    }
    bool is_there(const std::string& path) {
        const auto look = start_look(directory_.path(), path);
        EXPECT_TRUE(test::is_ok(look));
        wait_for(*look);
        return was_there(*look);
    }
    test::TemporaryDirectory directory_;
};

TEST_F(BackgroundLookTest, ReadsAsManyBytesAsThereAre) {
    std::ofstream(directory_ / "disk") << "0123456789";
    EXPECT_EQ(read(directory_ / "disk", 0, 4), "0123");
    EXPECT_EQ(read(directory_ / "disk", 8, 4), "89");
    EXPECT_EQ(read(directory_ / "disk", 80, 4), "");
}

TEST_F(BackgroundLookTest, AnErrorIsNothingAndNoDescriptorIsLeft) {
    const auto before = open_descriptors();
    EXPECT_EQ(read(directory_ / "none", 0, 4), "");
    EXPECT_EQ(read(directory_.path(), 0, 4), "");  // a directory can be opened, and not be read
    EXPECT_FALSE(is_there("/none"));
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(BackgroundLookTest, EveryLinkLeadsWithinTheRoot) {
    fs::create_directories(directory_ / "usr/bin");
    std::ofstream(directory_ / "usr/bin/program") << "";
    fs::create_symlink("/usr/bin", directory_ / "bin");
    fs::create_symlink("/etc/passwd", directory_ / "passwd");
    fs::create_symlink("../../../../../etc/passwd", directory_ / "up");
    fs::create_symlink("loop", directory_ / "loop");
    EXPECT_TRUE(is_there("/usr/bin/program"));
    EXPECT_TRUE(is_there("/bin/program"));
    EXPECT_FALSE(is_there("/passwd"));
    EXPECT_FALSE(is_there("/up"));
    EXPECT_FALSE(is_there("/loop"));
    EXPECT_FALSE(is_there("/usr/bin/program/x"));
}

}  // namespace
}  // namespace nlinit::sys
