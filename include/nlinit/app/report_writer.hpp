// Keeps the report of the boot current, and a copy on a share if there is to be one.
//
// A change is written when the loop next comes to it, but not more than once a second: a flapping link costs no more.
// What happens once, such as the start of the payload, is written at once. The copy is written by a process of its own,
// one at a time, for the share may hang.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/write_apart.hpp"

namespace nlinit::app {

class ReportWriter {
  public:
    // text: the report of this moment.
    ReportWriter(sys::EventLoop& loop, std::function<std::string()> text);
    ~ReportWriter();
    ReportWriter(const ReportWriter&) = delete;
    ReportWriter& operator=(const ReportWriter&) = delete;

    void changed();
    void write();
    // The same on the share as well; path empty: there is none. The directory is not made.
    void write_and_share(const std::string& path);
    // The same, and waits for the copy, a second at the most and not beyond the deadline: what comes next is the end of
    // the machine.
    void finish(const std::string& path, TimePoint deadline);
    // A child has been reaped; false when it was not the one that writes the copy.
    bool reaped(pid_t pid, int status);

  private:
    void share(const std::string& path, const std::string& text);
    [[nodiscard]] bool writer_has_ended_by(TimePoint deadline);

    sys::EventLoop& loop_;
    std::function<std::string()> text_;
    sys::EventLoop::TimerId timer_;
    bool armed_ = false;
    std::optional<TimePoint> written_at_;
    sys::ApartWriter writer_;  // of the copy; 0: none runs
    std::string path_;         // of that copy
    bool is_behind_ = false;   // the copy that is being written is old already
};

}  // namespace nlinit::app
