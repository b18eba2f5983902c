// SPDX-License-Identifier: Apache-2.0
// Files read and written while the machine runs, each by a child (sys/aside): PID 1 hears of the end, and waits for
// nobody.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/aside.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

struct Errand {
    std::string subject;                        // "write /etc/resolv.conf": the sentence, when nobody answers
    std::function<Result<std::string>()> work;  // in the child; the value is for on_end
    std::function<void(const Result<std::string>& answer)> on_end;
    Duration limit = sys::Aside::kDefaultLimit;
};

// Those of one key come one after the other, and of those that wait the last one counts. Where nobody answered, the
// next one waits until the process that was left behind is gone: a disk that is dead holds one process a key, however
// often it is to be written to. Where no child can be made the errand fails.
class Errands {
  public:
    // on_idle: nothing runs any more.
    Errands(sys::EventLoop& loop, std::function<void()> on_idle) : loop_(loop), on_idle_(std::move(on_idle)) {}
    void run(const std::string& key, Errand errand);
    // A child has been reaped: perhaps it was one that was left behind.
    void reaped(pid_t pid);
    // Nothing runs; what waits for a process that was left behind does not count.
    [[nodiscard]] bool idle() const noexcept;
    [[nodiscard]] std::string subject() const;  // of one that runs; empty: none does

  private:
    struct Running {
        std::unique_ptr<sys::Aside> child;  // none: one was left behind
        pid_t left_behind = 0;
        std::string subject, answer;
        std::function<void(const Result<std::string>&)> on_end;
        std::optional<Errand> next;
    };
    void start(const std::string& key, Errand errand);
    void go_on_after(const std::string& key);
    void end(const std::string& key, const sys::AsideEnd& how);

    sys::EventLoop& loop_;
    std::function<void()> on_idle_;
    std::map<std::string, Running> running_;
};

}  // namespace nlinit::app
