// SPDX-License-Identifier: Apache-2.0
// What comes to PID 1 by itself: signals, and children that end. Where the kernel gives no descriptor for signals it is
// asked for those that are pending, until it does.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/end_action.hpp"
#include "nlinit/sys/best_effort.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/process/process.hpp"
#include "nlinit/sys/signals.hpp"

namespace nlinit::app {

class MainLoop {
  public:
    struct Events {
        std::function<void(const sys::Exited& child)> on_child;  // each that is reaped
        std::function<void()> on_all_reaped;                     // there is no other that has ended
        std::function<void()> on_reload;                         // SIGHUP
        // A signal that ends the machine; why: who has sent which.
        std::function<void(EndAction action, const std::string& why)> on_end;
        std::function<void(int number)> on_other_signal;  // all others, which are the payload's business
    };
    MainLoop(sys::EventLoop& loop, sys::BestEffort& attempt, Events events);
    ~MainLoop();
    MainLoop(const MainLoop&) = delete;
    MainLoop& operator=(const MainLoop&) = delete;

    // From now on signals are events.
    void watch_signals();
    // In a child that goes on after PID 1 has become another program: it hears no signal but SIGHUP and SIGCHLD.
    // Whoever is PID 1 now may end all others by kill(-1), and wants the network until then; it dies of SIGKILL, or
    // with the machine.
    void watch_signals_of_keeper();
    // Signals that the loop has not come to yet.
    void read_signals();
    [[noreturn]] void run();

  private:
    [[nodiscard]] Result<> take_over_signals();
    void ask_for_signals();
    void on_signal(const signalfd_siginfo& signal);
    void reap_children();

    sys::EventLoop& loop_;
    sys::BestEffort& attempt_;
    Events events_;
    std::optional<sys::SignalFd> signals_;
    sys::EventLoop::TimerId signal_timer_, reap_timer_;
    bool is_keeper_ = false;
};

}  // namespace nlinit::app
