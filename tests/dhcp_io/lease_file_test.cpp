// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/lease_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "nlinit/sys/file/file.hpp"
#include "support/client_harness.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::dhcp_io {
namespace {

using namespace std::chrono_literals;
using dhcp::OptionCode;
using test::is_ok;
using test::sentence;

const dhcp::LeaseHolder kHolder{test::kGuestMac, {1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};

dhcp::Message ack() {
    dhcp::Message message;
    message.type = dhcp::MessageType::ack;
    message.yiaddr = {192, 0, 2, 50};
    message.options.set_address(OptionCode::server_identifier, {192, 0, 2, 1});
    message.options.set_u32(OptionCode::lease_time, 3600);
    message.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 0});
    message.options.set_address(OptionCode::router, {192, 0, 2, 1});
    return message;
}

dhcp::Lease lease_since(TimePoint requested_at, const dhcp::Message& message = ack()) {
    return std::get<dhcp::Lease>(lease_from(message, {192, 0, 2, 1}, requested_at, {}));
}

class LeaseFileTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<dhcp::Lease> read(const dhcp::LeaseHolder& holder = kHolder) const {
        const auto text = read_lease_file(path_);
        return text.ok() ? lease_kept_in(path_, *text, holder, {}) : Result<dhcp::Lease>(text.error());
    }
    [[nodiscard]] Result<> write(const dhcp::Lease& lease) const { return write_lease_file(path_, lease, kHolder); }
    [[nodiscard]] std::string content() const {
        std::ifstream file(path_);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void replace_line(const std::string& key, const std::string& value) const {
        auto text = content();
        const auto at = text.find('\n' + key + ' ') + 1;
        ASSERT_NE(at, 0U) << "no " << key << " in " << text;
        text.replace(at, text.find('\n', at) - at, key + ' ' + value);
        std::ofstream(path_) << text;
    }
    // As a file that the boot before this one left behind.
    void make_of_another_boot() const { replace_line("boot-id", "0f0e0d0c-0b0a-0908-0706-050403020100"); }
    [[nodiscard]] std::ptrdiff_t entries() const {
        return std::distance(std::filesystem::directory_iterator(directory_.path()), {});
    }

    test::TemporaryDirectory directory_;
    std::string path_ = directory_ / "eth0.lease";
};

TEST_F(LeaseFileTest, IsWhereALinkLeads) {
    const auto kept = path_ + ".kept";
    std::filesystem::create_symlink(kept, path_);
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now()))));
    EXPECT_TRUE(std::filesystem::is_symlink(path_));
    EXPECT_TRUE(std::filesystem::is_regular_file(kept));
    EXPECT_TRUE(is_ok(read()));
    ASSERT_TRUE(is_ok(remove_lease_file(path_)));
    EXPECT_FALSE(std::filesystem::exists(kept));
    EXPECT_TRUE(std::filesystem::is_symlink(path_));
    EXPECT_TRUE(is_ok(remove_lease_file(path_))) << "there is none any more";
}

TEST_F(LeaseFileTest, WithoutAFileThereIsNoLease) {
    const auto text = read_lease_file(path_);
    ASSERT_FALSE(text.ok());
    EXPECT_EQ(text.error().code, ENOENT);
}

TEST_F(LeaseFileTest, BelowADirectoryOfAnothersThereIsNoLeaseFile) {
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now()))));
    ASSERT_EQ(::chown(directory_.path().c_str(), 1000, 1000), 0);
    const auto name = directory_.path().substr(directory_.path().rfind('/') + 1);
    const std::string why = path_ + ": \"" + name + "\" belongs to user 1000, who could lead root astray: nothing is ";
    EXPECT_EQ(sentence(read()), why + "read below it");
    EXPECT_EQ(sentence(write(lease_since(BootClock::now()))), "lease file " + why + "written below it");
    EXPECT_EQ(sentence(remove_lease_file(path_)), why + "removed below it");
    EXPECT_EQ(entries(), 1);
    ASSERT_EQ(::chown(directory_.path().c_str(), 0, 0), 0);
    ASSERT_EQ(::chown(path_.c_str(), 1000, 1000), 0);
    EXPECT_FALSE(read().ok());  // whose content another chose
}

TEST_F(LeaseFileTest, ALeaseComesBackAsItWas) {
    const auto lease = lease_since(BootClock::now());
    ASSERT_TRUE(is_ok(write(lease)));
    const auto read = this->read();
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(*read, lease);
}

TEST_F(LeaseFileTest, TheNextBootFindsALeaseThatGoesOn) {
    const auto lease = lease_since(BootClock::now() - 600s);
    ASSERT_TRUE(is_ok(write(lease)));
    make_of_another_boot();
    const auto read = this->read();
    ASSERT_TRUE(is_ok(read));
    // The wall clock has seconds, and one may have begun meanwhile.
    EXPECT_LE(read->expires_at, lease.expires_at + 1s);
    EXPECT_GE(read->expires_at, lease.expires_at - 10s);
    EXPECT_EQ(read->options, lease.options);
}

TEST_F(LeaseFileTest, TheNextBootDoesNotFindALeaseThatIsOver) {
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now()))));
    make_of_another_boot();
    replace_line("acquired", std::to_string(::time(nullptr) - 3700));
    EXPECT_THAT(sentence(read()), testing::MatchesRegex("lease file " + path_ + ": the lease ended 10[0-9] s ago"));
}

TEST_F(LeaseFileTest, ALeaseOfThisBootThatIsOverIsRefusedToo) {
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now() - 3700s))));
    EXPECT_THAT(sentence(read()), testing::MatchesRegex("lease file " + path_ + ": the lease ended 10[0-9] s ago"));
}

TEST_F(LeaseFileTest, ItKnowsTheBootAndTheTime) {
    const auto before = ::time(nullptr);
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now()))));
    const auto after = ::time(nullptr);
    std::string boot_id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot_id;
    ASSERT_EQ(boot_id.size(), 36U);
    EXPECT_THAT(content(), testing::HasSubstr("\nboot-id " + boot_id + '\n'));
    const auto text = content();
    const std::string key = "\nacquired ";
    const auto acquired = std::stoll(text.substr(text.find(key) + key.size()));
    EXPECT_GE(acquired, before - 1);
    EXPECT_LE(acquired, after);
}

TEST_F(LeaseFileTest, ANewLeaseReplacesTheOldOneAtOnce) {
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now() - 1000s))));
    const std::ifstream reader(path_);
    struct stat before {};
    ASSERT_EQ(::stat(path_.c_str(), &before), 0);
    const auto lease = lease_since(BootClock::now());
    ASSERT_TRUE(is_ok(write(lease)));
    struct stat after {};
    ASSERT_EQ(::stat(path_.c_str(), &after), 0);
    EXPECT_NE(after.st_ino, before.st_ino) << "who has the old file open reads it to its end";
    EXPECT_EQ(after.st_mode & 07777, 0600U);
    EXPECT_EQ(entries(), 1) << "and nothing else is left";
    EXPECT_EQ(*this->read(), lease);
}

TEST_F(LeaseFileTest, TheDirectoryIsMadeWhenItIsMissing) {
    path_ = directory_ / "var/lib/nlinit/eth0.lease";
    const auto lease = lease_since(BootClock::now());
    ASSERT_TRUE(is_ok(write(lease)));
    EXPECT_EQ(*read(), lease);
}

TEST_F(LeaseFileTest, WhatCannotBeWrittenIsSaidWithThePath) {
    std::ofstream(directory_ / "file") << "x";
    path_ = directory_ / "file/eth0.lease";
    EXPECT_EQ(sentence(write(lease_since(BootClock::now()))), "lease file " + path_ + ": Not a directory");
    path_ = directory_.path();
    EXPECT_EQ(sentence(write(lease_since(BootClock::now()))), "lease file " + path_ + ": Is a directory");
}

TEST_F(LeaseFileTest, ALeaseThatWouldNotBeReadAgainIsNotWritten) {
    auto message = ack();
    for (std::uint8_t code = 224; code < 254; ++code) message.options.set(static_cast<OptionCode>(code), Bytes(2000));
    EXPECT_EQ(sentence(write(lease_since(BootClock::now(), message))),
              "lease file " + path_ + ": not written with so many options: File too large");
    EXPECT_EQ(entries(), 0);
}

TEST_F(LeaseFileTest, AFileThatIsNoRecordIsRefusedWithItsPath) {
    std::ofstream(path_) << "lease { interface \"eth0\"; }\n";
    EXPECT_EQ(sentence(read()), "lease file " + path_ + ": line 1 must be '# nlinit lease, version 2'");
    std::ofstream(path_) << "# nlinit lease, version 1\n# acquired 2026-11-25T01:25:49Z, never ends\nend\n";
    EXPECT_EQ(sentence(read()), "lease file " + path_ + ": line 1 must be '# nlinit lease, version 2'");
    std::ofstream(path_).flush();
    EXPECT_EQ(sentence(read()), "lease file " + path_ + ": it is empty");
}

TEST_F(LeaseFileTest, AFileThatIsTooLongIsRefused) {
    std::ofstream(path_) << std::string(dhcp::kMaxLeaseRecordSize + 1, '#');
    EXPECT_EQ(sentence(read()), "read " + path_ + ": File too large");
}

TEST_F(LeaseFileTest, WhatIsNoRegularFileIsNotWaitedFor) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    EXPECT_EQ(sentence(read()), "read " + path_ + ": it is no regular file, and could wait for ever");
}

TEST_F(LeaseFileTest, TheLeaseOfAnotherLinkIsRefused) {
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now()))));
    auto other = kHolder;
    other.mac = MacAddress({0x52, 0x54, 0x00, 0x00, 0x00, 0x01});
    EXPECT_EQ(sentence(read(other)),
              "lease file " + path_ + ": it is the lease of 52:54:00:12:34:56, not of 52:54:00:00:00:01");
}

TEST_F(LeaseFileTest, ARemovedFileIsGoneAndNeedNotHaveBeenThere) {
    ASSERT_TRUE(is_ok(write(lease_since(BootClock::now()))));
    ASSERT_TRUE(is_ok(remove_lease_file(path_)));
    EXPECT_FALSE(sys::exists(path_));
    EXPECT_TRUE(is_ok(remove_lease_file(path_)));
    EXPECT_EQ(sentence(remove_lease_file(directory_.path())), "remove " + directory_.path() + ": Is a directory");
}

}  // namespace
}  // namespace nlinit::dhcp_io
