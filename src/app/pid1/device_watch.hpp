// SPDX-License-Identifier: Apache-2.0
// Devices that come while the machine runs: their drivers are loaded by errands, one at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/errands.hpp"
#include "nlinit/image/device_drivers.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/machine/uevent.hpp"

namespace nlinit::app {

class DeviceWatch {
  public:
    static constexpr std::size_t kMostWaiting = 256;  // names; of a flood the first count

    DeviceWatch(sys::EventLoop& loop, Errands& errands) : loop_(loop), errands_(errands) {}
    ~DeviceWatch() { stop(); }
    DeviceWatch(const DeviceWatch&) = delete;
    DeviceWatch& operator=(const DeviceWatch&) = delete;

    // From now on devices are heard of, and wait for go_on(). Where that cannot be, it is said.
    void listen();
    void stop() noexcept;
    // Drivers for what has come and for what comes: until the payload runs those of a guest alone.
    void go_on(image::DriverUse up_to);
    // The payload runs: controllers that the boot left alone, and whatever somebody plugs in.
    void take_all();

  private:
    void read();
    void load();

    sys::EventLoop& loop_;
    Errands& errands_;
    std::optional<sys::DeviceSocket> socket_;
    std::optional<image::DriverUse> up_to_;
    std::vector<std::string> waiting_;
    bool looks_at_all_ = false;  // at every device that is there, and not at those alone that wait
    bool is_loading_ = false;
};

}  // namespace nlinit::app
