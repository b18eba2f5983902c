// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/capture_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <string>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::dhcp_io {
namespace {

using test::is_ok;
using ::testing::HasSubstr;
using wire::pcap::PacketType;

constexpr MacAddress kMac({0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
constexpr std::size_t kTimeSize = 8;
const Bytes kPacket{0x45, 0x00, 0x00, 0x14, 0x01};

void write_packet(CaptureFile& capture, ByteView packet = kPacket) {
    capture.write(PacketType::outgoing, wire::pcap::kEtherTypeIpv4, kMac, packet);
}

// What a capture with these packets holds, but for their times, which are zero here.
Bytes capture_of(std::size_t packets) {
    Bytes bytes = wire::pcap::file_header();
    for (std::size_t i = 0; i < packets; ++i) {
        const auto record = wire::pcap::record(
            {std::chrono::nanoseconds(0), PacketType::outgoing, wire::pcap::kEtherTypeIpv4, kMac, kPacket});
        bytes.insert(bytes.end(), record.begin(), record.end());
    }
    return bytes;
}

Bytes bytes_of(const std::string& content) {
    return {content.begin(), content.end()};
}

Bytes without_times(Bytes capture) {
    const auto record_size = capture_of(1).size() - capture_of(0).size();
    for (auto at = capture_of(0).size(); at < capture.size(); at += record_size)
        std::fill_n(capture.begin() + static_cast<std::ptrdiff_t>(at), kTimeSize, std::uint8_t{0});
    return capture;
}

mode_t mode_of(const std::string& path) {
    struct stat there {};
    return ::stat(path.c_str(), &there) == 0 ? there.st_mode & 07777 : 0;
}

class CaptureFileTest : public ::testing::Test {
  protected:
    std::string path() const { return directory_ / "capture"; }
    Bytes content() const { return bytes_of(*sys::read_file(path(), 65536)); }
    void make_fifo() const { ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0); }
    sys::UniqueFd reader() const { return sys::UniqueFd(::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)); }
    // What body logs, when it runs in a child with a mount namespace of its own.
    std::string logged_by(const std::function<void()>& body) {
        const std::string file = directory_ / "log";
        const int status = test::run_in_child([&] {
            const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
            EXPECT_EQ(::dup2(fd, STDERR_FILENO), STDERR_FILENO);
            log::open(log::Target::standard_error, log::Level::debug);
            body();
            return HasFailure() ? 1 : 0;
        });
        EXPECT_EQ(status, 0);
        return *sys::read_file(file, 65536);
    }

    test::TemporaryDirectory directory_;
};

TEST_F(CaptureFileTest, ANewFileIsItsOwnersAloneAndBeginsWithTheHeader) {
    ASSERT_TRUE(is_ok(CaptureFile::create(path())));
    EXPECT_EQ(mode_of(path()), 0600U);
    EXPECT_EQ(content(), wire::pcap::file_header());
}

TEST_F(CaptureFileTest, WhatIsThereIsEmptiedAndKeepsItsMode) {
    ASSERT_TRUE(is_ok(sys::write_file(path(), std::string(1000, 'x'), 0640)));
    ASSERT_TRUE(is_ok(CaptureFile::create(path())));
    EXPECT_EQ(mode_of(path()), 0640U);
    EXPECT_EQ(content(), wire::pcap::file_header());
}

TEST_F(CaptureFileTest, NoLinkIsFollowedWhoeverMadeIt) {
    const std::string victim = directory_ / "victim";
    ASSERT_TRUE(is_ok(sys::write_file(victim, "kept")));
    for (const auto& target : {victim, std::string("victim"), directory_ / "new", std::string("/proc/self/fd/2")}) {
        ASSERT_EQ(::symlink(target.c_str(), path().c_str()), 0);
        EXPECT_EQ(test::sentence(CaptureFile::create(path())),
                  "capture to " + path() + ": it is a link, which is not followed");
        ASSERT_EQ(::lchown(path().c_str(), 1000, 1000), 0);
        EXPECT_FALSE(CaptureFile::create(path()).ok());
        ASSERT_EQ(::unlink(path().c_str()), 0);
    }
    ASSERT_EQ(::symlink(".", (directory_ / "way").c_str()), 0);
    ASSERT_EQ(::lchown((directory_ / "way").c_str(), 1000, 1000), 0);
    EXPECT_FALSE(CaptureFile::create(directory_ / "way/victim").ok());
    EXPECT_EQ(*sys::read_file(victim, 100), "kept");
    EXPECT_FALSE(sys::exists(directory_ / "new"));
}

TEST_F(CaptureFileTest, ASecondNameOfAFileIsNotEmptied) {
    const std::string victim = directory_ / "victim";
    ASSERT_TRUE(is_ok(sys::write_file(victim, "kept")));
    ASSERT_EQ(::link(victim.c_str(), path().c_str()), 0);
    EXPECT_EQ(test::sentence(CaptureFile::create(path())),
              "capture to " + path() + ": the file has another name elsewhere");
    EXPECT_EQ(*sys::read_file(victim, 100), "kept");
}

TEST_F(CaptureFileTest, WhatBelongsToAnotherIsLeftToHim) {
    ASSERT_TRUE(is_ok(sys::write_file(path(), "kept", 0666)));
    ASSERT_EQ(::chown(path().c_str(), 1000, 1000), 0);
    EXPECT_EQ(test::sentence(CaptureFile::create(path())), "capture to " + path() + ": it belongs to user 1000");
    EXPECT_EQ(*sys::read_file(path(), 100), "kept");
    ASSERT_EQ(::unlink(path().c_str()), 0);
    make_fifo();
    ASSERT_EQ(::chown(path().c_str(), 1000, 1000), 0);
    const auto end = reader();
    EXPECT_FALSE(CaptureFile::create(path()).ok());
}

// Under sudo(8) the working directory is the user's own.
TEST_F(CaptureFileTest, InADirectoryOfAnothersANewFileIsMade) {
    ASSERT_EQ(::chown(directory_.path().c_str(), 1000, 1000), 0);
    ASSERT_TRUE(is_ok(CaptureFile::create(path())));
    EXPECT_EQ(content(), wire::pcap::file_header());
    ASSERT_TRUE(is_ok(CaptureFile::create(path())));
}

TEST_F(CaptureFileTest, EveryPacketIsInTheFileAtOnce) {
    auto capture = CaptureFile::create(path());
    ASSERT_TRUE(is_ok(capture));
    write_packet(*capture);
    EXPECT_EQ(without_times(content()), capture_of(1));
    write_packet(*capture);
    EXPECT_EQ(without_times(content()), capture_of(2));
}

TEST_F(CaptureFileTest, APacketHasTheTimeOfTheWallClock) {
    using std::chrono::system_clock;
    auto capture = CaptureFile::create(path());
    ASSERT_TRUE(is_ok(capture));
    const auto before = system_clock::now().time_since_epoch();
    write_packet(*capture);
    const auto after = system_clock::now().time_since_epoch();
    const auto bytes = content();
    ByteReader in(ByteView(bytes).subspan(capture_of(0).size()));
    const std::chrono::seconds seconds(in.u32());
    const auto at = seconds + std::chrono::nanoseconds(in.u32());
    EXPECT_LE(before, at);
    EXPECT_LE(at, after);
}

TEST_F(CaptureFileTest, AFifoWithAReaderIsAsGoodAsAFile) {
    make_fifo();
    const auto end = reader();
    auto capture = CaptureFile::create(path());
    ASSERT_TRUE(is_ok(capture));
    write_packet(*capture);
    std::string heard(1000, '\0');
    const auto size = ::read(end.get(), heard.data(), heard.size());
    ASSERT_GT(size, 0);
    heard.resize(static_cast<std::size_t>(size));
    EXPECT_EQ(without_times(bytes_of(heard)), capture_of(1));
}

TEST_F(CaptureFileTest, AFifoThatNobodyReadsIsRefusedAndNotWaitedFor) {
    make_fifo();
    EXPECT_EQ(CaptureFile::create(path()).error().code, ENXIO);
}

TEST_F(CaptureFileTest, AReaderThatGoesEndsTheCaptureAndNotTheProgram) {
    make_fifo();
    const auto log = logged_by([&] {
        ::signal(SIGPIPE, SIG_DFL);
        auto end = reader();
        auto capture = CaptureFile::create(path());
        ASSERT_TRUE(is_ok(capture));
        end.reset();
        write_packet(*capture);
        EXPECT_FALSE(capture->is_open());
        write_packet(*capture);
    });
    EXPECT_EQ(log, "nlinit: dhcp: the capture ends here: write " + path() + ": Broken pipe\n");
}

TEST_F(CaptureFileTest, AReaderThatGoesLeavesNoSignalBehind) {
    make_fifo();
    logged_by([&] {  // as in PID 1, where signals are blocked and passed on to the payload
        sigset_t pipe, pending;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        auto end = reader();
        auto capture = CaptureFile::create(path());
        ASSERT_TRUE(is_ok(capture));
        end.reset();
        write_packet(*capture);
        sigpending(&pending);
        EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
    });
}

TEST_F(CaptureFileTest, AReaderThatDoesNotReadIsNotWaitedFor) {
    make_fifo();
    const auto log = logged_by([&] {
        const auto end = reader();
        auto capture = CaptureFile::create(path());
        ASSERT_TRUE(is_ok(capture));
        for (int i = 0; i < 100'000 && capture->is_open(); ++i) write_packet(*capture);
        EXPECT_FALSE(capture->is_open());
    });
    EXPECT_THAT(log, HasSubstr("the capture ends here"));
}

TEST_F(CaptureFileTest, AFullDiskEndsTheCaptureAndIsSaidOnce) {
    const auto log = logged_by([&] {
        ASSERT_EQ(::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=8k"), 0);
        auto capture = CaptureFile::create(path());
        ASSERT_TRUE(is_ok(capture));
        const Bytes large(5000);
        write_packet(*capture, large);
        EXPECT_TRUE(capture->is_open());
        write_packet(*capture, large);  // half of it fits
        EXPECT_FALSE(capture->is_open());
        write_packet(*capture);
    });
    EXPECT_EQ(log, "nlinit: dhcp: the capture ends here: write " + path() + ": No space left on device\n");
}

TEST_F(CaptureFileTest, DevicesAndDirectoriesAreRefused) {
    EXPECT_THAT(to_string(CaptureFile::create("/dev/null").error()), HasSubstr("neither a file nor a FIFO"));
    EXPECT_EQ(CaptureFile::create(directory_.path()).error().code, EISDIR);
    EXPECT_EQ(CaptureFile::create(directory_ / "missing/capture").error().code, ENOENT);
}

}  // namespace
}  // namespace nlinit::dhcp_io
