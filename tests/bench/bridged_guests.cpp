// SPDX-License-Identifier: Apache-2.0
#include "bridged_guests.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "bridge_ports.hpp"
#include "process.hpp"

namespace bench {
namespace {

int current_namespace() {
    const int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd < 0) die("open a network namespace");
    return fd;
}

void enter(int network) {
    if (setns(network, CLONE_NEWNET) != 0) die("enter a network namespace");
}

// What a guest's kernel says on its own when a link comes up is not what is measured.
void switch_off_ipv6() {
    const int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;  // a kernel without it
    if (write(fd, "1", 1) != 1) die("switch off IPv6");
    close(fd);
}

void run_ip(const std::vector<std::string>& lines) {
    FILE* ip = popen("ip -batch -", "we");
    if (ip == nullptr) die("start ip");
    for (const auto& line : lines) std::fprintf(ip, "%s\n", line.c_str());
    if (pclose(ip) != 0) die("make the links");
}

// A pair of ends: a port of the bridge, and eth0 in that namespace, which is one of this process's descriptors.
std::string link_to(int network) {
    const auto number = std::to_string(network);
    return "link add guest" + number + " master br0 up type veth peer name eth0 netns /proc/" +
           std::to_string(getpid()) + "/fd/" + number;
}

bool is_loopback(std::uint32_t address) {
    return ntohl(address) >> 24 == 127;
}

}  // namespace

// A port with nobody behind it keeps the bridge running while no guest is up, as a server wants it.
BridgedGuests::BridgedGuests(const std::string& server_address) {
    switch_off_ipv6();
    const BridgePorts ports;
    run_ip({"link add br0 address 02:00:00:00:00:01 type bridge", "address add " + server_address + " dev br0",
            "link add idle0 master br0 up type veth peer name idle1", "link set idle1 arp off up", "link set br0 up"});
    ports.wait_until_forwarding(1);
}

void BridgedGuests::grow(std::size_t count) {
    const std::size_t before = guests_.size();
    if (count <= before) return;
    const BridgePorts ports;
    make_namespaces(count - before);
    std::vector<std::string> lines;
    for (std::size_t i = before; i < count; ++i) lines.push_back(link_to(namespaces_[i]));
    run_ip(lines);
    make_guests();
    ports.wait_until_forwarding(count - before);
}

void BridgedGuests::make_namespaces(std::size_t count) {
    const int home = current_namespace();
    for (std::size_t i = 0; i < count; ++i) {
        if (unshare(CLONE_NEWNET) != 0) die("make a network namespace");
        switch_off_ipv6();
        namespaces_.push_back(current_namespace());
    }
    enter(home);
    close(home);
}

void BridgedGuests::make_guests() {
    const int home = current_namespace();
    while (guests_.size() < namespaces_.size()) {
        enter(namespaces_[guests_.size()]);
        guests_.push_back(std::make_unique<Guest>("eth0"));
        guests_.back()->bring_up();
    }
    enter(home);
    close(home);
}

void BridgedGuests::reset() {
    for (const auto& guest : guests_) guest->forget();
}

std::size_t BridgedGuests::addresses_given_twice() {
    std::map<std::uint32_t, std::size_t> holders;
    for (const auto& guest : guests_) {
        for (const auto& address : guest->addresses()) {
            if (!is_loopback(address.local)) ++holders[address.local];
        }
    }
    return static_cast<std::size_t>(std::ranges::count_if(holders, [](const auto& each) { return each.second > 1; }));
}

}  // namespace bench
