// SPDX-License-Identifier: Apache-2.0
// The end of a boot, in whatever phase it comes: processes, shares, network, disks, machine.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/boot_network.hpp"
#include "app/pid1/boot_news.hpp"
#include "app/pid1/boot_payload.hpp"
#include "app/pid1/shutdown.hpp"
#include "nlinit/machine/end_action.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/mount/unmount.hpp"

namespace nlinit::app {

class BootEnd {
  public:
    struct Events {
        std::function<void()> on_begin;  // nothing else is to begin
        std::function<void()> on_last;   // the last moment to hear of another command, which then counts
    };
    struct Parts {
        BootNews& news;
        BootPayload& payload;
        BootNetwork& network;
    };
    BootEnd(BootContext& context, Parts parts, Events events);
    ~BootEnd();
    BootEnd(const BootEnd&) = delete;
    BootEnd& operator=(const BootEnd&) = delete;

    // why: "signal 15 from process 7: ", for the log. A second time cuts the present grace short.
    void begin(EndAction action, const std::string& why = "");
    // By someone who is in no hurry: under way, it only leads elsewhere.
    void redirect(EndAction action, const std::string& why);
    void child_reaped();  // perhaps it was the last
    void look();          // quiet errands have ended, or the network has changed

  private:
    void finish();
    void end_machine_if_thrown(const std::function<void()>& stage);
    void after_files(std::function<void()> next);
    void go_on_without_files();
    void go_on();
    void end_shares_and_network();
    void end_disks();
    void end_machine();

    BootContext& context_;
    Parts parts_;
    Events events_;
    std::optional<Shutdown> shutdown_;
    std::optional<sys::FilesystemsEnd> filesystems_;
    sys::EventLoop::TimerId files_timer_;
    std::function<void()> after_files_;
};

}  // namespace nlinit::app
