// The orderly end: payload, everything else, filesystems, machine; each stage bounded.
#pragma once

#include <cstdint>
#include <functional>

#include "nlinit/app/supervisor.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class Shutdown {
  public:
    // finish: all processes are gone, or were given every chance; to be called once, and to end the machine.
    Shutdown(sys::EventLoop& loop, Supervisor* payload, std::function<void(config::EndAction)> finish);
    ~Shutdown();
    Shutdown(const Shutdown&) = delete;
    Shutdown& operator=(const Shutdown&) = delete;

    // A second call cuts the present grace short, for someone who is in a hurry.
    void begin(config::EndAction action);
    // Some child has been reaped: perhaps it was the last.
    void child_reaped();
    [[nodiscard]] bool under_way() const noexcept { return stage_ != Stage::none; }

  private:
    enum class Stage : std::uint8_t { none, payload, everything, killing, done };
    void enter(Stage stage);
    void next_stage();

    sys::EventLoop& loop_;
    Supervisor* payload_;
    std::function<void(config::EndAction)> finish_;
    sys::EventLoop::TimerId timer_;
    Stage stage_ = Stage::none;
    config::EndAction action_ = config::EndAction::poweroff;
};

}  // namespace nlinit::app
