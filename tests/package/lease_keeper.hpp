// SPDX-License-Identifier: Apache-2.0
// Embedding nlinit::linux: keeps a lease for an interface, and says what it gets. Whoever runs the loop is the caller's
// choice: lease_keeper.cpp and asio_keeper.cpp.
#pragma once

#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include "nlinit/dhcp_io/session.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/netlink/monitor.hpp"
#include "nlinit/sys/event_loop.hpp"

class LeaseKeeper {
  public:
    explicit LeaseKeeper(nlinit::sys::EventLoop& loop) : loop_(loop) {}

    [[nodiscard]] nlinit::Result<> start(const std::string& interface) {
        auto socket = nlinit::netlink::Socket::open();
        if (!socket.ok()) return socket.error();
        netlink_ = *std::move(socket);
        auto monitor = nlinit::netlink::LinkMonitor::open();
        if (!monitor.ok()) return monitor.error();
        monitor_ = *std::move(monitor);
        const auto link = nlinit::netlink::find_link(*netlink_, interface);
        if (!link.ok()) return link.error();

        nlinit::dhcp_io::Session::Settings settings;
        settings.client.release_on_stop = true;
        session_.emplace(loop_, *netlink_, *link, settings, [this] { report(); });
        // While the link is still down, so that no time is lost once it is up.
        if (auto opened = session_->open(); !opened.ok()) return opened.error();
        const auto up = nlinit::netlink::bring_up(*netlink_, std::array{link->index});
        if (!up.failures.empty()) return up.failures.front();
        session_->update(up.links.front());

        return loop_.watch(monitor_->fd(), [this, index = link->index] {
            // That something happened is enough, events that were lost included: the link tells how it is.
            static_cast<void>(monitor_->read());
            if (const auto now = nlinit::netlink::read_link(*netlink_, index); now.ok()) session_->update(*now);
        });
    }
    void stop() { session_->stop(); }

  private:
    void report() const {
        if (session_->configured()) std::printf("bound %s\n", to_string(session_->plan().addresses.front()).c_str());
        if (!session_->failures().empty()) std::printf("%s\n", to_string(session_->failures().front()).c_str());
        std::fflush(stdout);
    }

    nlinit::sys::EventLoop& loop_;
    std::optional<nlinit::netlink::Socket> netlink_;
    std::optional<nlinit::netlink::LinkMonitor> monitor_;
    std::optional<nlinit::dhcp_io::Session> session_;
};
