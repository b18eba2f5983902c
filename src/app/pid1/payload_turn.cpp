// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/payload_turn.hpp"

#include <utility>

#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {
namespace {

constexpr Duration kChildrenLimit = std::chrono::seconds(1);  // each has only to end

}  // namespace

PayloadTurn::PayloadTurn(BootContext& context, const DebugShell& shell)
    : context_(context), shell_(shell), timer_(context.loop.add_timer([this] { look(); })) {}

PayloadTurn::~PayloadTurn() {
    context_.loop.remove_timer(timer_);
}

void PayloadTurn::wait(std::function<void()> done) {
    done_ = std::move(done);
    look();
}

// One that a dead disk holds may never end.
void PayloadTurn::look() {
    if (!done_ || !context_.errands.idle()) return;
    if (waits_for_children()) {
        const TimePoint now = BootClock::now();
        if (!children_until_) context_.loop.arm(timer_, *(children_until_ = now + kChildrenLimit));
        if (now < *children_until_) return;
    }
    std::exchange(done_, nullptr)();
}

bool PayloadTurn::waits_for_children() const {
    return context_.config().payload.handoff == config::Handoff::exec && !shell_.is_running() && sys::has_children();
}

}  // namespace nlinit::app
