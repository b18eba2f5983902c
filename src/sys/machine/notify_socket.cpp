// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/notify_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
//
#include <linux/vm_sockets.h>  // after <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "nlinit/base/append.hpp"
#include "nlinit/machine/notify_address.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/safe_path.hpp"

namespace nlinit::sys {
namespace {

using Kind = NotifyAddress::Kind;
using Type = NotifyAddress::Type;

struct VsockType {
    Type type;
    int number;
};
// As systemd tries them. VMCI has datagrams; virtio has none, and sequenced packets where the host offers them;
// Firecracker has streams only.
constexpr std::array<VsockType, 3> kVsockTypes{
    {{Type::datagram, SOCK_DGRAM}, {Type::sequenced, SOCK_SEQPACKET}, {Type::stream, SOCK_STREAM}}};

constexpr std::size_t kLongestName = 256;

bool is_not_yet(int code) noexcept {
    return code == EAGAIN || code == EWOULDBLOCK || code == EINPROGRESS;
}

UniqueFd make_socket(int family, int type) noexcept {
    return UniqueFd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// 0, or errno.
int connect_to(int fd, const void* address, std::size_t size) noexcept {
    return ::connect(fd, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) == 0 ? 0 : errno;
}

int connect_to_unix(int fd, const std::string& name) noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto size = std::min(name.size(), sizeof address.sun_path - 1);
    std::memcpy(address.sun_path, name.data(), size);
    const bool abstract = name.starts_with('@');
    if (abstract) address.sun_path[0] = '\0';
    return connect_to(fd, &address, offsetof(sockaddr_un, sun_path) + size + (abstract ? 0 : 1));
}

int connect_to_vsock(int fd, const NotifyAddress& to) noexcept {
    sockaddr_vm address{};
    address.svm_family = AF_VSOCK;
    address.svm_cid = to.cid;
    address.svm_port = to.port;
    return connect_to(fd, &address, sizeof address);
}

// EINPROGRESS while it is not decided.
int connect_error(int fd) noexcept {
    pollfd writable{fd, POLLOUT, 0};
    if (::poll(&writable, 1, 0) == 0) return EINPROGRESS;
    int code = 0;
    socklen_t size = sizeof code;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

int send_all(int fd, std::string_view message) noexcept {
    const auto sent = ::send(fd, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno;
    return static_cast<std::size_t>(sent) == message.size() ? 0 : EMSGSIZE;
}

}  // namespace

std::string virtio_port_device(const std::string& name, const std::string& classes) {
    const std::string ports = classes + "/virtio-ports";
    const Directory directory(::opendir(ports.c_str()));
    if (directory == nullptr) return {};
    std::string device;
    while (const dirent* entry = ::readdir(directory.get())) {
        const auto text = read_file(concat({ports, "/", entry->d_name, "/name"}), kLongestName);
        if (entry->d_name[0] != '.' && text.ok() && *text == name + '\n') device = std::string("/dev/") + entry->d_name;
    }
    return device;
}

Error NotifySocket::failed(int code) {
    fd_.reset();
    return {code, "tell " + to_string(address_)};
}

Result<bool> NotifySocket::send(std::string_view message) {
    switch (address_.kind) {
        case Kind::unix_socket:
            return send_to_unix(message);
        case Kind::virtio_port:
            return send_to_port(message);
        case Kind::vsock:
            return send_to_vsock(message);
        case Kind::none:
            break;
    }
    return true;
}

// Of a path: what root tells is for whom root named, and not for where a user's link leads.
Result<UniqueFd> NotifySocket::find_listener() {
    auto place = find_place(address_.name, {.walls = Walls::not_on_shares, .deed = "told"});
    if (!place.ok() && place.error().code == 0)
        return Error{0, concat({"tell ", to_string(address_), ": ", place.error().what})};
    if (!place.ok()) return failed(place.error().code);
    if (!place->there.valid()) return failed(ENOENT);
    return std::move(place->there);
}

// Connected anew each time: whoever listens may have been replaced.
Result<bool> NotifySocket::send_to_unix(std::string_view message) {
    auto there = address_.name.starts_with('@') ? Result<UniqueFd>(UniqueFd()) : find_listener();
    if (!there.ok()) return there.error();
    fd_ = make_socket(AF_UNIX, SOCK_DGRAM);
    if (!fd_.valid()) return failed(errno);
    const auto name = there->valid() ? path_of(*there, address_.name) : address_.name;
    if (const int code = connect_to_unix(fd_.get(), name); code != 0) return failed(code);
    const int code = send_all(fd_.get(), message);
    if (is_not_yet(code)) return false;
    if (code != 0) return failed(code);
    fd_.reset();
    return true;
}

// Open from the first message on, for the host sees it opened and closed. Without a host to read, write(2) of a
// blocking descriptor would wait for one.
Result<bool> NotifySocket::send_to_port(std::string_view message) {
    if (!fd_.valid()) {
        const auto device = virtio_port_device(address_.name);
        if (device.empty()) return Error{0, concat({"tell ", to_string(address_), ": there is no such port"})};
        fd_.reset(::open(device.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
        if (!fd_.valid()) return failed(errno);
    }
    if (::write(fd_.get(), message.data(), message.size()) >= 0) return true;
    if (is_not_yet(errno)) return false;
    return failed(errno);
}

// 0 or EINPROGRESS, with a socket in fd_; otherwise why there is none of any type.
int NotifySocket::begin_connecting() {
    int code = EPROTONOSUPPORT;
    for (; type_ < kVsockTypes.size(); ++type_) {
        if (address_.type != Type::any && address_.type != kVsockTypes[type_].type) continue;
        fd_ = make_socket(AF_VSOCK, kVsockTypes[type_].number);
        code = fd_.valid() ? connect_to_vsock(fd_.get(), address_) : errno;
        if (code == 0 || is_not_yet(code)) return code;
    }
    type_ = 0;
    return code;
}

// One connection a message: its end is the message's (sd_notify(3)).
Result<bool> NotifySocket::send_to_vsock(std::string_view message) {
    while (true) {
        const bool has_begun = fd_.valid();
        int code = has_begun ? connect_error(fd_.get()) : begin_connecting();
        if (!has_begun && code != 0 && !is_not_yet(code)) return failed(code);
        if (code == 0) code = send_all(fd_.get(), message);
        if (is_not_yet(code)) return false;
        fd_.reset();
        if (code == 0) return true;
        // Nobody listens with this type of socket; perhaps with the next.
        if (address_.type != Type::any || ++type_ >= kVsockTypes.size()) {
            type_ = 0;
            return failed(code);
        }
    }
}

bool NotifySocket::is_worth_a_try() const noexcept {
    pollfd writable{fd_.get(), POLLOUT, 0};
    return ::poll(&writable, 1, 0) > 0 && (writable.revents & ~POLLHUP) != 0;
}

void NotifySocket::wait(int milliseconds) const noexcept {
    pollfd writable{fd_.get(), POLLOUT, 0};
    static_cast<void>(::poll(&writable, 1, milliseconds));
}

}  // namespace nlinit::sys
