// SPDX-License-Identifier: Apache-2.0
// An input device that is none: a FIFO in place of /dev/input/eventN, and what the kernel would say of it in sysfs. No
// test may make one in earnest, for uinput's are the whole machine's.
#pragma once

#include <fcntl.h>
#include <linux/input.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::test {

// Bitmaps as sysfs has them, of 64-bit words: the ACPI button, a restart key, the keyboard of a PC, and a mouse.
inline constexpr const char* kPowerKey = "10000000000000 0";
inline constexpr const char* kRestartKey = "1000000 0 0 0 0 0 0";
inline constexpr const char* kKeyboard = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe";
inline constexpr const char* kMouse = "1f0000 0 0 0 0";

// The device first, as in the kernel's own order.
inline void make_fake_button(const std::string& dev, const std::string& input_class, const std::string& name,
                             const std::string& keys) {
    const auto capabilities = std::filesystem::path(input_class) / name / "device/capabilities";
    std::filesystem::create_directories(capabilities);
    std::ofstream(capabilities / "key") << keys << '\n';
    std::filesystem::create_directories(dev + "/input");
    if (::mkfifo((dev + "/input/" + name).c_str(), 0600) != 0) throw std::runtime_error("make " + name);
}

// The other end of the FIFO. Closed, it is to a reader as a device that is gone.
class FakeButton {
  public:
    explicit FakeButton(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) {
        if (!fd_.valid()) throw std::runtime_error("open " + path);
    }
    // value: 1 down, 0 up, 2 repeat. False when no more fits.
    bool event(int type, int code, int value) const {
        input_event event{};
        event.type = static_cast<__u16>(type);
        event.code = static_cast<__u16>(code);
        event.value = value;
        return ::write(fd_.get(), &event, sizeof event) == static_cast<ssize_t>(sizeof event);
    }
    void press(int code) const {
        for (const int value : {1, 0}) {
            event(EV_KEY, code, value);
            event(EV_SYN, SYN_REPORT, 0);
        }
    }
    void write(const std::string& bytes) const { static_cast<void>(::write(fd_.get(), bytes.data(), bytes.size())); }
    void close() { fd_.reset(); }

  private:
    sys::UniqueFd fd_;
};

}  // namespace nlinit::test
