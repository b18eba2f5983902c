// SPDX-License-Identifier: Apache-2.0
// Work that may never end, done by a child: a look, a mount, a write, a module. The loop hears of it as events.
//
//     auto aside = Aside::start(loop, "write /srv/report",
//                               [&](AsideReport& report) { report.send(to_string(write_file(path, text))); },
//                               {.on_record = [&](std::string_view record) { … }, .on_end = [&](const AsideEnd& end) {
//                               … }});
//
// The work runs in a child and not in a thread: the child can run any code of this process, on a copy of its memory; a
// crash ends the child alone; and execve(2) does not wait for a child that hangs in the kernel, as it would for a
// thread. The child does not call execve(2). It blocks no signal, ignores SIGTERM, and has no descriptors but the
// standard streams and the pipe for its report. It is reaped like any other child.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// The child's end.
class AsideReport {
  public:
    static constexpr std::size_t kMaxRecord = 16 << 10;  // what is longer is cut

    // Sends one record, for which on_record() is called. A record is a sign of life: the time limit starts again.
    void send(std::string_view record) noexcept;
    // Announces the next piece of work, and how long it may take until the next sign of life. AsideEnd names the last
    // subject.
    void begin(std::string_view subject, Duration limit) noexcept;

  private:
    friend class Aside;
    explicit AsideReport(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
    bool put(char kind, std::string_view record) noexcept;
    UniqueFd fd_;
};

struct AsideEnd {
    enum class Kind : std::uint8_t {
        finished,  // the work returned
        silent,    // no sign of life within the limit: the child was left behind
        crashed    // it ended in another way
    };
    Kind kind = Kind::finished;
    std::string subject;  // the subject of the last begin()
    Duration limit{};     // the limit of the same begin()
};

class Aside {
  public:
    using Work = std::function<void(AsideReport& report)>;
    struct Handlers {
        std::function<void(std::string_view record)> on_record;  // may be empty
        std::function<void(const AsideEnd& end)> on_end;         // once, the last; it may destroy the Aside
    };
    static constexpr Duration kDefaultLimit = std::chrono::seconds(5);

    // `subject` and `limit`: as of a begin() before the first one. Fails where no child can be made.
    [[nodiscard]] static Result<std::unique_ptr<Aside>> start(EventLoop& loop, std::string_view subject,
                                                              const Work& work, Handlers handlers,
                                                              Duration limit = kDefaultLimit);
    // A child that still works is killed and left behind; none of its records are read any more.
    ~Aside();
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

    // Starts a piece of work in the child's place, for a caller that knows which work follows a record.
    void begin(std::string_view subject, Duration limit);

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    // Whether an Aside has started this child, even if that Aside is gone. True until the child is reaped.
    [[nodiscard]] static bool is_one(pid_t pid) noexcept;
    [[nodiscard]] static bool is_any_left() noexcept;
    static void reaped(pid_t pid) noexcept;
    // Counts a process that such a child has made and left behind as one of these: it may never end either.
    static void adopt(pid_t pid) noexcept;

  private:
    Aside(EventLoop& loop, UniqueFd fd, pid_t pid, std::string_view subject, Duration limit, Handlers handlers);
    [[noreturn]] static void run_child(UniqueFd channel, const Work& work) noexcept;
    void hear();
    void take(std::string_view message);
    void end(AsideEnd::Kind kind);
    void close() noexcept;

    EventLoop& loop_;
    UniqueFd fd_;
    pid_t pid_;
    std::string subject_;
    Duration limit_;
    Handlers handlers_;
    EventLoop::TimerId timer_;
    bool finished_ = false;
};

}  // namespace nlinit::sys
