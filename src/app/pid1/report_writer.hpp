// SPDX-License-Identifier: Apache-2.0
// Keeps the report of the boot current, and a copy on a share if there is to be one.
//
// A change is written when the loop next comes to it, but not more than once a second: a flapping link costs no more.
// What happens once, such as the start of the payload, is written at once. The copy is an errand, for the share may
// hang.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/errands.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class ReportWriter {
  public:
    // text: the report of this moment. errands: for the copy.
    ReportWriter(sys::EventLoop& loop, Errands& errands, std::function<std::string()> text);
    ~ReportWriter();
    ReportWriter(const ReportWriter&) = delete;
    ReportWriter& operator=(const ReportWriter&) = delete;

    void changed();
    void write();
    // The same on the share as well; path empty: there is none. The directory is not made.
    void write_and_share(const std::string& path);

  private:
    sys::EventLoop& loop_;
    Errands& errands_;
    std::function<std::string()> text_;
    sys::EventLoop::TimerId timer_;
    bool armed_ = false;
    std::optional<TimePoint> written_at_;
};

}  // namespace nlinit::app
