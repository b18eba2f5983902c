#include "nlinit/sys/machine/uevent.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

namespace nlinit::sys {
namespace {

constexpr unsigned kAllUevents = 1;  // the kernel's own multicast group

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

}  // namespace nlinit::sys
