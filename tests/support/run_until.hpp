// SPDX-License-Identifier: Apache-2.0
// Turns of an event loop until something is so: how tests wait for the kernel, for servers and for other processes.
#pragma once

#include <chrono>
#include <functional>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::test {

// False when it is not so within the limit, which is there for tests that fail.
[[nodiscard]] inline bool run_until(sys::EventLoop& loop, const std::function<bool()>& done,
                                    Duration limit = std::chrono::seconds(30)) {
    bool late = false;
    const auto timer = loop.add_timer([&] { late = true; });
    loop.arm(timer, BootClock::now() + limit);
    bool is_done = done();
    for (; !is_done && !late; is_done = done()) loop.wait();
    loop.remove_timer(timer);
    return is_done;
}

}  // namespace nlinit::test
