// SPDX-License-Identifier: Apache-2.0
// A program under test: started, heard out, and ended with the test if need be. Driven by the test's event loop, so
// that servers on the same loop can answer it meanwhile.
//
//     Program netsetup(loop, {NLINIT_PROGRAM, "netsetup", "eth0"}, {.network = &cable.client});
//     const auto finished = netsetup.wait();
//     EXPECT_EQ(finished.exit_code, 0) << finished.errors;
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"

namespace nlinit::test {

struct Surroundings {
    const NetworkNamespace* network = nullptr;
    std::vector<int> capabilities_without = {};  // CAP_*
};

struct Finished {
    int exit_code = -1;  // -1: it did not exit by itself
    int signal = 0;      // that ended it
    std::string output, errors;
    Duration took{};
    Duration cpu{};   // of the program itself, in user and kernel mode
    long sleeps = 0;  // how often it gave the processor away of its own will: at most once a wake-up and wait
};

class Program {
  public:
    // The first argument is the program's path.
    Program(sys::EventLoop& loop, const std::vector<std::string>& arguments, const Surroundings& surroundings);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // A program that has not ended by then fails the test and is killed.
    Finished wait(Duration limit = std::chrono::seconds(15));
    void signal(int number) const;
    [[nodiscard]] bool running() const noexcept { return !status_; }
    [[nodiscard]] const std::string& output() const noexcept { return output_.text; }  // so far
    [[nodiscard]] const std::string& errors() const noexcept { return errors_.text; }

  private:
    struct Stream {
        sys::UniqueFd fd;
        std::string text;
    };
    [[nodiscard]] sys::UniqueFd watch(Stream& stream);  // gives the program's end
    void read(Stream& stream);
    void reap();

    sys::EventLoop& loop_;
    TimePoint started_at_;
    Stream output_, errors_;
    pid_t pid_ = 0;
    sys::UniqueFd process_;
    std::optional<int> status_;
    TimePoint ended_at_;
    Duration cpu_{};
    long sleeps_ = 0;
};

}  // namespace nlinit::test
