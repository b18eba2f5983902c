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

bool is_loopback(std::uint32_t address) {
    return ntohl(address) >> 24 == 127;
}

}  // namespace

BridgedGuests::BridgedGuests(std::size_t count, const std::string& server_address) {
    constexpr std::size_t kIdlePorts = 1;
    make_namespaces(count);
    const BridgePorts ports;
    make_links(server_address);
    make_guests();
    ports.wait_until_forwarding(count + kIdlePorts);
}

void BridgedGuests::make_namespaces(std::size_t count) {
    const int home = current_namespace();
    switch_off_ipv6();
    for (std::size_t i = 0; i < count; ++i) {
        if (unshare(CLONE_NEWNET) != 0) die("make a network namespace");
        switch_off_ipv6();
        namespaces_.push_back(current_namespace());
    }
    enter(home);
    close(home);
}

// A port with nobody behind it keeps the bridge running while no guest is up, as a server wants it.
void BridgedGuests::make_links(const std::string& server_address) {
    FILE* ip = popen("ip -batch -", "we");
    if (ip == nullptr) die("start ip");
    std::fprintf(ip, "link add br0 address 02:00:00:00:00:01 type bridge\n");
    std::fprintf(ip, "address add %s dev br0\n", server_address.c_str());
    std::fprintf(ip, "link add idle0 master br0 up type veth peer name idle1\n");
    std::fprintf(ip, "link set idle1 arp off up\n");
    std::fprintf(ip, "link set br0 up\n");
    for (const int each : namespaces_)
        std::fprintf(ip, "link add guest%d master br0 up type veth peer name eth0 netns /proc/%d/fd/%d\n", each,
                     getpid(), each);
    if (pclose(ip) != 0) die("make the links");
}

void BridgedGuests::make_guests() {
    const int home = current_namespace();
    for (const int each : namespaces_) {
        enter(each);
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
