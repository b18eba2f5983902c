// SPDX-License-Identifier: Apache-2.0
// Disks that never answer, among one that does: a look at any of them waits for a share whose server is silent.
#include "app/pid1/disk_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>

#include "support/fuse_share.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace fs = std::filesystem;

// An ext4 superblock that has a label and nothing else.
std::string labelled(const std::string& label) {
    std::string disk(sys::kSuperblocks, '\0');
    return disk.replace(1024 + 56, 2, "\x53\xef").replace(1024 + 120, label.size(), label);
}

class DiskSearchTest : public ::testing::Test {
  protected:
    void SetUp() override {
        test::enter_own_mount_namespace();
        fs::create_directory(root_ / "class");
        fs::create_directory(root_ / "dev");
        share_ = test::FuseShare::mount(root_ / "share");
        if (!share_) GTEST_SKIP() << "FUSE cannot be mounted here";
        share_->fall_silent();
    }
    void TearDown() override {
        share_.reset();  // the kernel lets all go that wait
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
    }
    void add(const std::string& name) const { fs::create_directory(root_ / ("class/" + name)); }
    void add_disk(const std::string& name, const std::string& content) const {
        add(name);
        std::ofstream(root_ / ("dev/" + name), std::ios::binary) << content;
    }
    void add_silent_disk(const std::string& name) const {
        add(name);
        fs::create_symlink(root_ / "share/in", root_ / ("dev/" + name));
    }
    [[nodiscard]] std::string dev(const std::string& name) const { return root_ / ("dev/" + name); }

    // What a child of a boot finds for each name, one after the other; what PID 1 has been told is in silent_.
    std::vector<std::string> find(const std::vector<std::string>& names) {
        std::vector<std::string> found;
        StepRunner::Steps steps;
        for (const auto& name : names) steps.names.push_back({name});
        steps.begin = [this, &names](StepChild& child) {
            struct Worker {
                std::vector<std::string> silent;
                DiskSearch search;
                Worker(StepChild& its_child, std::vector<std::string> known)
                    : silent(std::move(known)), search(its_child, silent) {}
            };
            const auto worker = std::make_shared<Worker>(child, silent_);
            return [this, worker, &names, &child](std::size_t number) -> std::optional<StepDone> {
                const sys::BlockDevices devices(
                    [&](const std::string& path, off_t offset, std::size_t size) {
                        return worker->search.read(path, offset, size);
                    },
                    root_ / "class", root_ / "dev");
                const auto ask = [&](const auto& questions) { return worker->search.ask(names[number], questions); };
                const auto path = devices.find(*parse_device_name(names[number]), ask);
                child.note("found " + path.value_or("none"));
                return std::nullopt;
            };
        };
        steps.on_note = [&](std::string_view note) {
            if (!DiskSearch::take_note(note, silent_)) found.emplace_back(note.substr(6));
        };
        steps.on_silent = [this](std::size_t /*number*/, const sys::AsideEnd& how) -> std::optional<Error> {
            if (DiskSearch::take_silence(how.subject, silent_)) return std::nullopt;
            return Error{0, how.subject};
        };
        bool ended = false;
        steps.on_end = [&] { ended = true; };
        runner_.run(std::move(steps));
        const auto before = BootClock::now();
        while (!ended) loop_.wait();
        took_ = BootClock::now() - before;
        return found;
    }

    test::TemporaryDirectory root_;
    std::unique_ptr<test::FuseShare> share_;
    sys::EventLoop loop_ = *sys::EventLoop::create();
    sys::BestEffort attempt_{"test"};
    StepRunner runner_{loop_, attempt_};
    std::vector<std::string> silent_;
    Duration took_{};
};

TEST_F(DiskSearchTest, ADiskThatAnswersIsFoundAmongSilentOnesAtOnce) {
    for (const char* name : {"vda", "vdb", "vdc", "vdd"}) add_silent_disk(name);
    add_disk("vde", labelled("root"));
    EXPECT_THAT(find({"LABEL=root"}), ElementsAre(dev("vde")));
    EXPECT_LT(took_, 2s) << "and not after one limit, or four";
    EXPECT_THAT(silent_, IsEmpty()) << "they were not waited for";
}

TEST_F(DiskSearchTest, SilentDisksCostOneLimitTogetherAndOnce) {
    for (const char* name : {"vda", "vdb", "vdc", "vdd"}) add_silent_disk(name);
    add_disk("vde", labelled("root"));
    EXPECT_THAT(find({"LABEL=data", "LABEL=more", "LABEL=root"}), ElementsAre("none", "none", dev("vde")));
    EXPECT_GE(took_, DiskSearch::kLimit);
    EXPECT_LT(took_, 2 * DiskSearch::kLimit);
    EXPECT_THAT(silent_, UnorderedElementsAre(dev("vda"), dev("vdb"), dev("vdc"), dev("vdd")));
}

TEST_F(DiskSearchTest, OneSilentDiskAloneIsLeftToTheNextChild) {
    add_silent_disk("vda");
    EXPECT_THAT(find({"LABEL=root", "LABEL=data"}), ElementsAre("none", "none"));
    EXPECT_LT(took_, 2 * DiskSearch::kLimit);
    EXPECT_THAT(silent_, ElementsAre(dev("vda")));
}

TEST_F(DiskSearchTest, OfDisksThatAreAlikeTheFirstCounts) {
    for (const char* name : {"vda", "vdb", "vdc", "vdd", "vde", "vdf"}) add_disk(name, labelled("root"));
    for (int i = 0; i < 10; ++i) EXPECT_THAT(find({"LABEL=root"}), ElementsAre(dev("vda")));
}

}  // namespace
}  // namespace nlinit::app
