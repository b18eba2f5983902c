// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/uevent.hpp"

#include <linux/filter.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "nlinit/base/text.hpp"

namespace nlinit::sys {
namespace {

constexpr unsigned kAllUevents = 1;  // the kernel's own multicast group
constexpr std::size_t kLargestEvent = 8192;

// Four letters as the filter loads them.
constexpr std::uint32_t word(const char (&letters)[5]) noexcept {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(letters[i]);
    return value;
}

// Events begin with what has happened to which device: "add@/devices/pci0000:00/…". Passed are "add@/devices/" alone,
// without "add@/devices/virtual/". A jump counts the instructions that it leaves out.
const std::array<sock_filter, 12> kNewDevices{{
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word("add@"), 0, 9),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word("/dev"), 0, 7),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 8),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word("ices"), 0, 5),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word("/vir"), 0, 2),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word("tual"), 1, 0),
    BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    BPF_STMT(BPF_RET | BPF_K, 0),
}};

const std::array<sock_filter, 4> kChanges{{
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, word("chan"), 0, 1),
    BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    BPF_STMT(BPF_RET | BPF_K, 0),
}};

}  // namespace

Result<UeventSocket> UeventSocket::open() {
    UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = kAllUevents;
    if (!fd.valid() || bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error{errno, "listen to device events"};
    return UeventSocket(std::move(fd));
}

void UeventSocket::drain() const noexcept {
    char event[4096];
    while (recv(fd_.get(), event, sizeof event, 0) >= 0 || errno == ENOBUFS || errno == EINTR) {
    }
}

Result<DeviceSocket> DeviceSocket::open(Event event) {
    auto socket = UeventSocket::open();
    if (!socket.ok()) return socket.error();
    // The kernel reads them alone.
    auto* instructions = const_cast<sock_filter*>(event == Event::added ? kNewDevices.data() : kChanges.data());
    const auto count = event == Event::added ? kNewDevices.size() : kChanges.size();
    const sock_fprog filter{static_cast<unsigned short>(count), instructions};
    if (::setsockopt(socket->fd(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0)
        return Error{errno, "listen to device events"};
    socket->drain();  // what came before the filter
    return DeviceSocket(*std::move(socket));
}

// Another process of root's may send too: only the kernel has the port 0.
std::vector<std::string> DeviceSocket::read(std::string_view key, bool& lost) const {
    std::vector<std::string> values;
    std::array<char, kLargestEvent> event{};
    lost = false;
    for (;;) {
        sockaddr_nl sender{};
        socklen_t size = sizeof sender;
        const auto got = ::recvfrom(fd(), event.data(), event.size(), 0, reinterpret_cast<sockaddr*>(&sender), &size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == ENOBUFS) {
            lost = true;
            continue;
        }
        if (got < 0) return values;
        const auto value = uevent_field({event.data(), static_cast<std::size_t>(got)}, key);
        if (sender.nl_pid == 0 && !value.empty()) values.emplace_back(value);
    }
}

std::string_view uevent_field(std::string_view event, std::string_view key) noexcept {
    while (!event.empty()) {
        const auto field = take_field(event, '\0');
        if (field.size() > key.size() && field.starts_with(key) && field[key.size()] == '=')
            return field.substr(key.size() + 1);
    }
    return {};
}

}  // namespace nlinit::sys
