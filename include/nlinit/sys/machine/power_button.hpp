// SPDX-License-Identifier: Apache-2.0
// Power buttons: the input devices (evdev) that have a key for the machine's end.
//
//     PowerButtons buttons(loop, [&](const Press& press) { … });
//     auto watched = buttons.watch();
//
// Where QEMU's system_powerdown, Cloud Hypervisor's power-button and requestStop of Virtualization.framework come out:
// as a key of the ACPI button, of gpio-keys, or of a keyboard.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

struct Press {
    enum class Key : std::uint8_t { power, restart };  // KEY_POWER or KEY_POWER2; KEY_RESTART (input-event-codes.h)
    Key key;
    std::string device;  // "event0"
};

// Every device with such a key is kept open, kMostDevices at most; also those that come later. All else is left
// unopened, for to close an evdev waits for an RCU grace period. The kernel is told to wake nobody for other keys. What
// another program has grabbed (EVIOCGRAB) is not heard; what is gone, or cannot be read, is let go.
class PowerButtons {
  public:
    using Callback = std::function<void(const Press&)>;
    static constexpr std::size_t kMostDevices = 32;

    // dev: where the directory "input" of the devices is. input_class: what the kernel says of each.
    PowerButtons(EventLoop& loop, Callback on_press, std::string dev = "/dev",
                 std::string input_class = "/sys/class/input");
    ~PowerButtons();
    PowerButtons(const PowerButtons&) = delete;
    PowerButtons& operator=(const PowerButtons&) = delete;

    // ENODEV in a kernel without input devices. Any other failure is about those that come later: those that are there
    // are heard all the same.
    [[nodiscard]] Result<> watch();
    void read_all();  // presses that the loop has not come to
    [[nodiscard]] std::size_t count() const noexcept { return devices_.size(); }

  private:
    struct Device {
        std::string name;
        UniqueFd fd;
    };
    [[nodiscard]] Result<> watch_directories();
    void on_new_files();
    void look_for_devices();
    [[nodiscard]] std::vector<int> ready(short wanted) const;
    void open(const std::string& name);
    void read(int fd);
    void let_go(int fd) noexcept;

    EventLoop& loop_;
    Callback on_press_;
    std::string dev_, input_class_;
    UniqueFd new_files_;  // inotify(7)
    std::vector<Device> devices_;
};

}  // namespace nlinit::sys
