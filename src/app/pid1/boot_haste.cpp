// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_haste.hpp"

#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/process/cgroup.hpp"

namespace nlinit::app {
namespace {

constexpr Duration kUntilFavour = std::chrono::seconds(1);  // after the payload's start

}  // namespace

BootHaste::BootHaste(BootContext& context)
    : context_(context), favour_timer_(context.loop.add_timer([] { sys::favour_init(); })) {}

BootHaste::~BootHaste() {
    context_.loop.remove_timer(favour_timer_);
}

void BootHaste::begin() {
    rcu_expedited_ = context_.attempt("expedite RCU", Importance::optional, [] { return sys::expedite_rcu(); });
}

void BootHaste::end() {
    if (rcu_expedited_.value_or(false))
        context_.attempt("stop expediting RCU", Importance::optional, [] { return sys::stop_expediting_rcu(); });
    // The payload's start comes before what PID 1 has still to write.
    if (context_.config().system.cgroup && !context_.is_keeper)
        context_.loop.arm(favour_timer_, BootClock::now() + kUntilFavour);
}

}  // namespace nlinit::app
