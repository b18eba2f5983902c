// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/phase_sequence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nlinit::app {
namespace {

using Done = PhaseSequence::Done;
using ::testing::ElementsAre;

class PhaseSequenceTest : public ::testing::Test {
  protected:
    // One that waits for what done_ says, later.
    PhaseSequence::Phase waiting(const char* name) {
        return {name, "the test", [this, name](const Done& done) {
                    begun_.emplace_back(name);
                    done_ = done;
                }};
    }
    PhaseSequence::Phase ready_at_once(const char* name) {
        return {name, "nothing long", [this, name](const Done& done) {
                    begun_.emplace_back(name);
                    done();
                }};
    }
    PhaseSequence::Phase plain(const char* name) {
        return {name, nullptr, [this, name](const Done&) { begun_.emplace_back(name); }};
    }
    std::vector<std::string_view> in_diary() const {
        std::vector<std::string_view> names;
        for (const auto& phase : diary_.phases()) names.push_back(phase.name);
        return names;
    }

    BootDiary diary_{TimePoint{}};
    std::vector<std::string> begun_;
    Done done_;
};

TEST_F(PhaseSequenceTest, BeginsAPhaseWhenTheOneBeforeIsDone) {
    PhaseSequence sequence(diary_, {plain("one"), waiting("two"), ready_at_once("three"), plain("four")});
    sequence.run();
    EXPECT_THAT(begun_, ElementsAre("one", "two"));
    done_();
    EXPECT_THAT(begun_, ElementsAre("one", "two", "three", "four"));
    EXPECT_THAT(in_diary(), ElementsAre("one", "two", "three", "four"));
}

TEST_F(PhaseSequenceTest, IsNotDoneTwiceByOnePhase) {
    PhaseSequence sequence(diary_, {waiting("one"), waiting("two"), plain("three")});
    sequence.run();
    const auto first = done_;
    first();
    first();
    EXPECT_THAT(begun_, ElementsAre("one", "two"));
}

TEST_F(PhaseSequenceTest, BeginsNoneAfterItWasStopped) {
    PhaseSequence sequence(diary_, {waiting("one"), plain("two")});
    sequence.run();
    sequence.stop();
    done_();
    EXPECT_THAT(begun_, ElementsAre("one"));
}

TEST_F(PhaseSequenceTest, IsStoppedByAPhaseOfItsOwn) {
    std::vector<PhaseSequence::Phase> phases{plain("one"), plain("two")};
    PhaseSequence* stopped = nullptr;
    phases.insert(phases.begin() + 1, {"end", "what never comes", [&](const Done& done) {
                                           stopped->stop();
                                           done();
                                       }});
    PhaseSequence sequence(diary_, std::move(phases));
    stopped = &sequence;
    sequence.run();
    EXPECT_THAT(begun_, ElementsAre("one"));
}

TEST_F(PhaseSequenceTest, CountsAPhaseWithoutANameToTheOneBefore) {
    PhaseSequence sequence(diary_, {plain("one"), {nullptr, nullptr, [](const Done&) {}}, plain("two")});
    sequence.run();
    EXPECT_THAT(in_diary(), ElementsAre("one", "two"));
}

TEST_F(PhaseSequenceTest, GoesOnAfterAPhaseThatHasThrown) {
    const auto throwing = [this](const Done& done) {
        done_ = done;
        throw std::bad_alloc();
    };
    PhaseSequence sequence(diary_, {{"one", "the test", throwing}, plain("two")});
    EXPECT_THROW(sequence.run(), std::bad_alloc);
    done_();
    EXPECT_THAT(begun_, ElementsAre("two"));
}

// However many are done at once: none begins within another.
TEST_F(PhaseSequenceTest, DoesNotNest) {
    int depth = 0, deepest = 0;
    const auto phase = [&](const Done& done) {
        deepest = std::max(deepest, ++depth);
        done();
        --depth;
    };
    PhaseSequence sequence(diary_, std::vector<PhaseSequence::Phase>(50, {"one", "nothing", phase}));
    sequence.run();
    EXPECT_EQ(deepest, 1);
    EXPECT_EQ(diary_.phases().size(), 50U);
}

}  // namespace
}  // namespace nlinit::app
