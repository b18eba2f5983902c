// SPDX-License-Identifier: Apache-2.0
#include "ipv6_trial.hpp"

#include <net/if.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "rtnetlink.hpp"

namespace bench {
namespace {

constexpr Duration kPatience = std::chrono::seconds(20);            // for one run
constexpr Duration kExitPatience = std::chrono::milliseconds(200);  // once IPv6 can be used: some clients stay

// When each came, as far as it did.
struct Moments {
    std::optional<Duration> carrier, solicitation, advertisement, address, route, names, exit;

    [[nodiscard]] std::optional<Duration> usable(const NameFile& file) const {
        if (!carrier || !advertisement || !address || !route || (file.is_written() && !names)) return std::nullopt;
        return std::max({*address, *route, names.value_or(*route)});
    }
};

void note_router_messages(const RouterTap& tap, Duration time, Moments& moments) {
    while (const auto message = tap.next()) {
        if (moments.advertisement) continue;
        (*message == RouterMessage::solicitation ? moments.solicitation : moments.advertisement) = time;
    }
}

Moments watch(int pidfd, const Ipv6Guest& guest, const NameFile& names, Duration limit) {
    Moments moments;
    const auto unless = [](bool known, int fd) { return pollfd{known ? -1 : fd, POLLIN, 0}; };
    while (!moments.exit || !moments.usable(names)) {
        if (const auto usable = moments.usable(names)) limit = std::min(limit, *usable + kExitPatience);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - now());
        if (left.count() <= 0) break;
        std::array<pollfd, 6> watched{unless(moments.exit.has_value(), pidfd),
                                      unless(moments.carrier.has_value(), guest.carrier_events()),
                                      unless(moments.advertisement.has_value(), guest.tap().events()),
                                      unless(moments.address.has_value(), guest.address_events()),
                                      unless(moments.route.has_value(), guest.route_events()),
                                      unless(moments.names.has_value(), names.events())};
        poll(watched.data(), watched.size(), static_cast<int>(left.count()));
        const auto time = now();
        if (watched[0].revents != 0) moments.exit = time;
        if (watched[1].revents != 0) moments.carrier = time;
        if (watched[2].revents != 0) note_router_messages(guest.tap(), time, moments);
        if (watched[3].revents != 0) moments.address = time;
        if (watched[4].revents != 0) moments.route = time;
        if (watched[5].revents != 0 && names.has_server()) moments.names = time;
    }
    return moments;
}

// An advertisement that nobody asked for has no solicitation: all until it came is the client's.
Ipv6Trial trial_of(const Moments& moments, Duration usable) {
    const auto solicitation = moments.solicitation.value_or(*moments.advertisement);
    Ipv6Trial trial{solicitation - *moments.carrier, *moments.advertisement - solicitation,
                    usable - *moments.advertisement, std::nullopt};
    if (moments.exit && *moments.exit >= *moments.advertisement) trial.to_exit = *moments.exit - *moments.advertisement;
    return trial;
}

}  // namespace

Ipv6Guest::Ipv6Guest(const std::string& interface)
    : guest_(interface),
      settings_(interface),
      tap_(static_cast<int>(if_nametoindex(interface.c_str()))),
      address_events_(open_global_address_events(static_cast<int>(if_nametoindex(interface.c_str())))),
      route_events_(open_default_route_events(RTMGRP_IPV6_ROUTE)) {}

Ipv6Guest::~Ipv6Guest() {
    for (const int fd : {address_events_, route_events_}) close(fd);
}

// The kernel takes addresses and routes of advertisements away with the link.
void Ipv6Guest::reset() {
    guest_.reset();
    settings_.restore();
    for (const int fd : {address_events_, route_events_}) discard_events(fd);
    while (tap_.next()) continue;
}

std::optional<Ipv6Trial> run_ipv6(const Command& command, const Ipv6Guest& guest, const NameFile& names,
                                  std::optional<std::size_t> client_cpu) {
    names.remove();
    const auto started = start(command, client_cpu);
    const int pidfd = open_pidfd(started.pid);
    const auto moments = watch(pidfd, guest, names, started.at + kPatience);
    close(pidfd);
    if (!moments.exit) kill(started.pid, SIGKILL);
    int status = 0;
    if (waitpid(started.pid, &status, 0) != started.pid) die("wait for " + command[0]);
    kill_strays();
    const auto usable = moments.usable(names);
    if (!usable || (moments.exit && !succeeded(status))) return std::nullopt;
    return trial_of(moments, *usable);
}

}  // namespace bench
