// SPDX-License-Identifier: Apache-2.0
// The lease of lease_keeper.hpp in another library's loop, Asio's here: kept until SIGTERM or SIGINT, and given back
// then.
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "lease_keeper.hpp"

using namespace nlinit;

namespace {

// A part of Asio's loop: whenever nlinit's has something to do, it does that.
class HostedLoop {
  public:
    HostedLoop(asio::io_context& host, sys::EventLoop& loop, int fd) : loop_(loop), events_(host, fd) { wait(); }
    ~HostedLoop() { events_.release(); }  // the descriptor is the loop's own

  private:
    void wait() {
        events_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& error) {
            if (error) return;
            loop_.poll();
            wait();
        });
    }

    sys::EventLoop& loop_;
    asio::posix::stream_descriptor events_;
};

Result<> keep_lease(const std::string& interface) {
    auto loop = sys::EventLoop::create();
    if (!loop.ok()) return loop.error();
    const auto fd = loop->fd();
    if (!fd.ok()) return fd.error();
    asio::io_context host;
    asio::signal_set signals(host, SIGTERM, SIGINT);
    signals.async_wait([&](const asio::error_code&, int) { host.stop(); });
    HostedLoop hosted(host, *loop, *fd);
    LeaseKeeper keeper(*loop);
    if (auto started = keeper.start(interface); !started.ok()) return started;
    host.run();
    keeper.stop();
    return {};
}

}  // namespace

int main(int argc, char* argv[]) {
    const auto kept = argc == 2 ? keep_lease(argv[1]) : Result<>(Error{0, "usage: asio_keeper INTERFACE"});
    if (!kept.ok()) std::fprintf(stderr, "%s\n", to_string(kept.error()).c_str());
    return kept.ok() ? 0 : 1;
}
