// SPDX-License-Identifier: Apache-2.0
#include "guest.hpp"

#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "process.hpp"
#include "rtnetlink.hpp"

namespace bench {

Guest::Guest(std::string interface)
    : interface_(std::move(interface)),
      carrier_events_(open_carrier_events(static_cast<int>(if_nametoindex(interface_.c_str())))),
      route_events_(open_default_route_events()),
      requests_(open_rtnetlink()) {}

Guest::~Guest() {
    for (const int fd : {carrier_events_, route_events_, requests_}) close(fd);
}

void Guest::reset() {
    set_up(interface_, false);
    forget();
}

void Guest::bring_up() {
    set_up(interface_, true);
}

void Guest::forget() {
    for (const auto& address : addresses()) remove(address);
    set_up("lo", false);
    discard_events(carrier_events_);
    discard_events(route_events_);
}

// 0 or an errno.
int Guest::transact(nlmsghdr* request) {
    request->nlmsg_flags |= NLM_F_ACK;
    if (send(requests_, request, request->nlmsg_len, 0) < 0) die("send to rtnetlink");
    alignas(nlmsghdr) std::array<char, 4096> buffer;
    if (recv(requests_, buffer.data(), buffer.size(), 0) < 0) die("read from rtnetlink");
    const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer.data());
    return -static_cast<const nlmsgerr*>(NLMSG_DATA(answer))->error;
}

std::vector<Guest::Address> Guest::addresses() {
    ifaddrmsg wanted{};
    wanted.ifa_family = AF_INET;
    Request request(RTM_GETADDR, NLM_F_DUMP, wanted);
    if (send(requests_, &request, request.message.nlmsg_len, 0) < 0) die("list the addresses");
    std::vector<Address> found;
    alignas(nlmsghdr) std::array<char, 32768> buffer;
    for (;;) {
        std::int64_t rest = recv(requests_, buffer.data(), buffer.size(), 0);
        if (rest < 0) die("list the addresses");
        for (auto* each = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(each, rest);
             each = NLMSG_NEXT(each, rest)) {
            if (each->nlmsg_type != RTM_NEWADDR) return found;
            const auto* header = static_cast<ifaddrmsg*>(NLMSG_DATA(each));
            auto size = static_cast<std::int64_t>(IFA_PAYLOAD(each));
            for (const rtattr* field = IFA_RTA(header); RTA_OK(field, size); field = RTA_NEXT(field, size)) {
                if (field->rta_type != IFA_LOCAL) continue;
                found.push_back({*header, 0});
                std::memcpy(&found.back().local, RTA_DATA(field), sizeof found.back().local);
            }
        }
    }
}

void Guest::remove(const Address& address) {
    Request request(RTM_DELADDR, 0, address.header);
    request.put(IFA_LOCAL, &address.local, sizeof address.local);
    // A secondary address is gone with its primary one.
    if (const int fault = transact(&request.message); fault != 0 && fault != EADDRNOTAVAIL) {
        errno = fault;
        die("remove an address");
    }
}

void Guest::set_up(const std::string& name, bool up) {
    ifinfomsg header{};
    header.ifi_flags = up ? IFF_UP : 0;
    header.ifi_change = IFF_UP;
    Request request(RTM_NEWLINK, 0, header);
    request.put(IFLA_IFNAME, name.c_str(), name.size() + 1);
    if (const int fault = transact(&request.message); fault != 0) {
        errno = fault;
        die("take " + name + (up ? " up" : " down"));
    }
}

}  // namespace bench
