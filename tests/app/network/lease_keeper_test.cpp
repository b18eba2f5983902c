// SPDX-License-Identifier: Apache-2.0
#include "app/network/lease_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/sys/file/file.hpp"
#include "support/client_harness.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const dhcp::LeaseHolder kHolder{test::kGuestMac, {1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};

class LeaseKeeperTest : public ::testing::Test {
  protected:
    // The errands come one after the other, as by children that are slow.
    void run(const std::string& /*key*/, Errand errand) { waiting_.push_back(std::move(errand)); }
    void do_what_waits() {
        for (auto& errand : std::exchange(waiting_, {})) {
            done_.push_back(errand.subject);
            errand.on_end(errand.work());
        }
    }
    void make_keeper(const std::string& path) {
        keeper_.emplace(path, "eth0", kHolder,
                        [this](const std::string& key, Errand errand) { run(key, std::move(errand)); });
    }
    static dhcp::Lease lease_since(TimePoint acquired_at) {
        auto lease = test::ClientHarness::bound().lease();
        const auto by = acquired_at - lease.acquired_at;
        for (auto* instant : {&lease.acquired_at, &lease.renew_at, &lease.rebind_at, &lease.expires_at}) *instant += by;
        return lease;
    }

    test::TemporaryDirectory directory_;
    std::string path_ = directory_ / "eth0.lease";
    std::vector<Errand> waiting_;
    std::vector<std::string> done_;
    std::optional<LeaseKeeper> keeper_;
};

TEST_F(LeaseKeeperTest, WhatIsKeptIsReadByTheNextBoot) {
    make_keeper(path_);
    const auto lease = lease_since(BootClock::now());
    keeper_->keep(&lease);
    EXPECT_FALSE(sys::exists(path_)) << "PID 1 itself writes nothing";
    do_what_waits();
    EXPECT_TRUE(sys::exists(path_));
    std::optional<Ipv4Address> read;
    keeper_->read({}, [&](const dhcp::Lease& found) { read = found.address; });
    EXPECT_FALSE(read);
    do_what_waits();
    EXPECT_EQ(read, lease.address);
    EXPECT_THAT(done_, ElementsAre("write lease file " + path_, "read lease file " + path_));
}

// A server may want its leases renewed each 15 s.
TEST_F(LeaseKeeperTest, WhatSaysTheSameIsNotWrittenAgainWithinAMinute) {
    make_keeper(path_);
    auto lease = lease_since(BootClock::now());
    keeper_->keep(&lease);
    do_what_waits();
    lease = lease_since(BootClock::now() + 15s);
    keeper_->keep(&lease);
    EXPECT_THAT(waiting_, IsEmpty());
    lease.duration += 1s;
    keeper_->keep(&lease);
    EXPECT_EQ(waiting_.size(), 1U);
}

TEST_F(LeaseKeeperTest, WhatCouldNotBeWrittenIsWrittenBySoonestRenewal) {
    make_keeper("/dev/null/x");
    const auto lease = lease_since(BootClock::now());
    keeper_->keep(&lease);
    do_what_waits();
    ASSERT_TRUE(keeper_->failure());
    EXPECT_THAT(keeper_->failure()->what, HasSubstr("lease file /dev/null/x"));
    keeper_->keep(&lease);
    EXPECT_EQ(waiting_.size(), 1U);
}

TEST_F(LeaseKeeperTest, ALeaseThatIsForgottenIsRemovedAndThenWrittenAgain) {
    make_keeper(path_);
    const auto lease = lease_since(BootClock::now());
    keeper_->keep(&lease);
    keeper_->keep(nullptr);
    do_what_waits();
    EXPECT_FALSE(sys::exists(path_));
    keeper_->keep(&lease);
    do_what_waits();
    EXPECT_TRUE(sys::exists(path_));
}

// A server whose leases last for seconds would have a disk written each time.
TEST_F(LeaseKeeperTest, WhatIsOverBeforeItsRenewalIsNotKeptAndRemovedOnce) {
    make_keeper(path_);
    auto lease = lease_since(BootClock::now());
    lease.duration = std::chrono::seconds(10);
    for (int round = 0; round < 3; ++round) {
        keeper_->keep(&lease);
        keeper_->keep(nullptr);
    }
    do_what_waits();
    EXPECT_THAT(done_, ElementsAre("remove lease file " + path_));
}

TEST_F(LeaseKeeperTest, WhatCouldNotBeRemovedIsRemovedAtTheNextOccasion) {
    ASSERT_EQ(mkdir(path_.c_str(), 0700), 0);
    make_keeper(path_);
    keeper_->keep(nullptr);
    do_what_waits();
    ASSERT_TRUE(keeper_->failure());
    ASSERT_EQ(rmdir(path_.c_str()), 0);
    keeper_->keep(nullptr);
    do_what_waits();
    EXPECT_FALSE(keeper_->failure());
    EXPECT_EQ(done_.size(), 2U);
}

TEST_F(LeaseKeeperTest, WhatIsNoLeaseIsNotTakenForOne) {
    for (const char* content : {"", "# nlinit lease, version 1\n", "lease { interface \"eth0\"; }\n"}) {
        ASSERT_TRUE(sys::write_file(path_, content).ok());
        make_keeper(path_);
        bool found = false;
        keeper_->read({}, [&](const dhcp::Lease&) { found = true; });
        do_what_waits();
        EXPECT_FALSE(found) << content;
    }
}

// The interface may have gone while its file was read.
TEST_F(LeaseKeeperTest, AnAnswerThatComesTooLateIsNobodys) {
    make_keeper(path_);
    const auto lease = lease_since(BootClock::now());
    keeper_->keep(&lease);
    do_what_waits();
    bool found = false;
    keeper_->read({}, [&](const dhcp::Lease&) { found = true; });
    keeper_.reset();
    do_what_waits();
    EXPECT_FALSE(found);
}

TEST_F(LeaseKeeperTest, NetsetupReadsAndWritesAtOnce) {
    LeaseKeeper keeper(path_, "eth0", kHolder, run_errand_here);
    const auto lease = lease_since(BootClock::now());
    keeper.keep(&lease);
    EXPECT_TRUE(sys::exists(path_));
    std::optional<Ipv4Address> read;
    keeper.read({}, [&](const dhcp::Lease& found) { read = found.address; });
    EXPECT_EQ(read, lease.address);
}

}  // namespace
}  // namespace nlinit::app
