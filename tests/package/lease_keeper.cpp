// SPDX-License-Identifier: Apache-2.0
// The lease of lease_keeper.hpp in nlinit's own loop: kept until SIGTERM or SIGINT, and given back then.
#include "lease_keeper.hpp"

#include <csignal>
#include <cstdio>
#include <string>

#include "nlinit/sys/signals.hpp"

using namespace nlinit;

namespace {

Result<> keep_lease(const std::string& interface) {
    auto loop = sys::EventLoop::create();
    if (!loop.ok()) return loop.error();
    auto signals = sys::SignalFd::open({SIGTERM, SIGINT});
    if (!signals.ok()) return signals.error();
    LeaseKeeper keeper(*loop);
    if (auto started = keeper.start(interface); !started.ok()) return started;
    bool stopped = false;
    auto watched = loop->watch(signals->fd(), [&] { stopped = signals->next().has_value(); });
    if (!watched.ok()) return watched.error();
    while (!stopped) loop->wait();
    keeper.stop();
    return {};
}

}  // namespace

int main(int argc, char* argv[]) {
    const auto kept = argc == 2 ? keep_lease(argv[1]) : Result<>(Error{0, "usage: lease_keeper INTERFACE"});
    if (!kept.ok()) std::fprintf(stderr, "%s\n", to_string(kept.error()).c_str());
    return kept.ok() ? 0 : 1;
}
