// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/socket.hpp"

#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::netlink {
namespace {

// The kernel's dumps come in chunks of at most 32 KiB (NLMSG_GOODSIZE and up).
constexpr std::size_t kReceiveBufferSize = 32768;
constexpr std::size_t kRequestSize = 256;  // no request here is longer

// RTM_GET* is the third of a kind's four numbers (rtnetlink.h). The object in the answer is the acknowledgement.
bool gives_an_object(const nlmsghdr* request) {
    return request->nlmsg_type % 4 == 2;
}

Error error_of(nlmsghdr* answer, const std::string& what) {
    const auto* error = static_cast<const nlmsgerr*>(nlmsg_data(answer));
    Error result{-error->error, what};
    // NETLINK_EXT_ACK: the kernel's own words, after the header of the request (NETLINK_CAP_ACK leaves out the rest).
    nlattr* attributes[NLMSGERR_ATTR_MAX + 1] = {};
    const int header_size = sizeof(nlmsgerr);
    if ((answer->nlmsg_flags & NLM_F_ACK_TLVS) != 0 &&
        nlmsg_parse(answer, header_size, attributes, NLMSGERR_ATTR_MAX, nullptr) == 0 &&
        attributes[NLMSGERR_ATTR_MSG] != nullptr)
        append(result.what, {" (", nla_get_string(attributes[NLMSGERR_ATTR_MSG]), ")"});
    if (result.code == EPERM) result.what += " (it takes CAP_NET_ADMIN in this network namespace)";  // rtnetlink(7)
    return result;
}

// nl_connect() makes the port out of getpid(), and tries 1024 of them. Processes of other PID namespaces that share
// this network have the same PIDs and may hold those ports. With port 0 at bind(2) the kernel finds a free one
// (netlink(7)).
Result<sys::UniqueFd> open_bound() {
    sys::UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!fd.valid()) return Error{errno, "open an rtnetlink socket"};
    sockaddr_nl any_port{};
    any_port.nl_family = AF_NETLINK;
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port) != 0)
        return Error{errno, "bind an rtnetlink socket"};
    return fd;
}

Result<nl_sock*> connect() {
    auto fd = open_bound();
    if (!fd.ok()) return fd.error();
    nlmsg_set_default_size(kRequestSize);  // else libnl-route allocates and clears a page for each request
    nl_sock* socket = nl_socket_alloc();
    if (socket == nullptr) return Error{ENOMEM, "allocate a netlink socket"};
    if (const int fault = nl_socket_set_fd(socket, NETLINK_ROUTE, fd->get()); fault < 0) {
        const Error error{errno, concat({"open an rtnetlink socket (", nl_geterror(fault), ")"})};
        nl_socket_free(socket);
        return error;
    }
    static_cast<void>(fd->release());  // nl_socket_free() closes it
    return socket;
}

void set_option(nl_sock* socket, int option) {
    const int on = 1;  // an old kernel without it gives errors without words
    static_cast<void>(setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, option, &on, sizeof on));
}

}  // namespace

Request::Request(nl_msg* message, std::string what) : message_(message), what_(std::move(what)) {
    if (message_) header()->nlmsg_flags |= NLM_F_REQUEST;
}
Request::Request(std::uint16_t type, std::uint16_t flags, const void* header, std::size_t size, std::string what)
    : message_(nlmsg_alloc_size(kRequestSize)), what_(std::move(what)) {
    nlmsg_put(message_.get(), 0, 0, type, 0, static_cast<int>(flags | NLM_F_REQUEST));
    nlmsg_append(message_.get(), const_cast<void*>(header), size, NLMSG_ALIGNTO);
}
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(Request&&) noexcept = default;
Request::~Request() = default;
void Request::Free::operator()(nl_msg* message) const noexcept {
    nlmsg_free(message);
}

void Request::put_u32(int attribute, std::uint32_t value) {
    nla_put_u32(message_.get(), attribute, value);
}
void Request::put(int attribute, const void* data, std::size_t size) {
    nla_put(message_.get(), attribute, static_cast<int>(size), data);
}
void Request::put_text(int attribute, const std::string& text) {
    nla_put_string(message_.get(), attribute, text.c_str());
}
void Request::put_address(int attribute, const IpAddress& address) {
    put(attribute, address.octets().data(), address.octets().size());
}
void Request::begin(int attribute) {
    nested_.at(depth_++) = nla_nest_start(message_.get(), attribute);
}
void Request::end() {
    nla_nest_end(message_.get(), nested_.at(--depth_));
}
nlmsghdr* Request::header() const noexcept {
    return nlmsg_hdr(message_.get());
}

std::optional<IpAddress> address_in(nlattr* attribute) {
    if (attribute == nullptr) return std::nullopt;
    return IpAddress::from_octets(
        {static_cast<const std::uint8_t*>(nla_data(attribute)), static_cast<std::size_t>(nla_len(attribute))});
}

Socket::Socket(Socket&&) noexcept = default;
Socket& Socket::operator=(Socket&&) noexcept = default;
Socket::~Socket() = default;
void Socket::Free::operator()(nl_sock* socket) const noexcept {
    nl_socket_free(socket);
}
int Socket::fd() const noexcept {
    return nl_socket_get_fd(socket_.get());
}

Result<Socket> Socket::open() {
    auto socket = connect();
    if (!socket.ok()) return socket.error();
    set_option(*socket, NETLINK_EXT_ACK);
    set_option(*socket, NETLINK_CAP_ACK);
    set_option(*socket, NETLINK_GET_STRICT_CHK);  // dumps of one link's objects, filtered by the kernel
    return Socket(*socket);
}

Result<Socket> Socket::open_events(std::span<const rtnetlink_groups> groups) {
    auto socket = connect();
    if (!socket.ok()) return socket.error();
    Socket events(*socket);
    for (const auto group : groups) {
        if (const int fault = nl_socket_add_membership(events.socket_.get(), group); fault < 0)
            return Error{errno, concat({"subscribe to events of rtnetlink (", nl_geterror(fault), ")"})};
    }
    return events;
}

Result<> Socket::send(std::vector<Request>& requests) {
    std::vector<iovec> parts;
    for (auto& request : requests) {
        nlmsghdr* header = request.header();
        header->nlmsg_seq = next_sequence_++;
        parts.push_back({header, NLMSG_ALIGN(header->nlmsg_len)});
    }
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    msghdr message{};
    message.msg_name = &kernel;
    message.msg_namelen = sizeof kernel;
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    ssize_t sent = 0;
    do {
        sent = sendmsg(fd(), &message, 0);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return Error{errno, requests.front().what()};
    return {};
}

Result<std::size_t> Socket::receive() {
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kReceiveBufferSize);
    for (;;) {
        sockaddr_nl sender{};
        iovec part{buffer_.get(), kReceiveBufferSize};
        msghdr message{};
        message.msg_name = &sender;
        message.msg_namelen = sizeof sender;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        // rtnetlink answers before sendmsg(2) returns: there is never a reason to wait.
        const ssize_t size = recvmsg(fd(), &message, MSG_DONTWAIT);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return Error{errno, "read from rtnetlink"};
        if ((message.msg_flags & MSG_TRUNC) != 0) return Error{EMSGSIZE, "read from rtnetlink"};
        if (sender.nl_pid != 0) continue;  // any process may send here; only the kernel is port 0
        return static_cast<std::size_t>(size);
    }
}

namespace {

std::vector<Failure> all_failed(const std::vector<Request>& requests, int code) {
    std::vector<Failure> failures;
    for (std::size_t i = 0; i < requests.size(); ++i) failures.push_back({i, {code, requests[i].what()}});
    return failures;
}

}  // namespace

std::vector<Failure> Socket::transact(std::vector<Request>& requests, const OnMessage& on_message) {
    std::vector<Failure> failures;
    if (requests.empty()) return failures;
    if (!std::ranges::all_of(requests, &Request::is_whole)) return all_failed(requests, ENOMEM);
    const std::uint32_t first = next_sequence_;
    if (!gives_an_object(requests.back().header())) requests.back().header()->nlmsg_flags |= NLM_F_ACK;
    if (auto sent = send(requests); !sent.ok()) return all_failed(requests, sent.error().code);
    for (bool answered = false; !answered;) {
        const auto received = receive();
        if (!received.ok()) {
            return all_failed(requests, received.error().code);  // how far the kernel came is unknown
        }
        auto rest = static_cast<int>(*received);
        for (auto* answer = reinterpret_cast<nlmsghdr*>(buffer_.get()); nlmsg_ok(answer, rest);
             answer = nlmsg_next(answer, &rest)) {
            const std::size_t index = answer->nlmsg_seq - first;
            if (index >= requests.size()) continue;  // left over from a request that was given up
            if (answer->nlmsg_type != NLMSG_ERROR) {
                if (on_message) on_message(answer);
            } else if (static_cast<const nlmsgerr*>(nlmsg_data(answer))->error != 0) {
                failures.push_back({index, error_of(answer, requests[index].what())});
            }
            if (index + 1 == requests.size()) answered = true;
        }
    }
    return failures;
}

Result<> Socket::transact(Request request, const OnMessage& on_message) {
    std::vector<Request> requests;
    requests.push_back(std::move(request));
    auto failures = transact(requests, on_message);
    if (failures.empty()) return {};
    return std::move(failures.front().error);
}

Result<> Socket::dump(Request request, const OnMessage& on_message) {
    request.header()->nlmsg_flags |= NLM_F_DUMP;
    const std::string what = request.what();
    const std::uint32_t sequence = next_sequence_;
    std::vector<Request> requests;
    requests.push_back(std::move(request));
    if (auto sent = send(requests); !sent.ok()) return sent.error();
    for (;;) {
        const auto received = receive();
        if (!received.ok()) return Error{received.error().code, what};
        auto rest = static_cast<int>(*received);
        for (auto* answer = reinterpret_cast<nlmsghdr*>(buffer_.get()); nlmsg_ok(answer, rest);
             answer = nlmsg_next(answer, &rest)) {
            if (answer->nlmsg_seq != sequence) continue;
            if (answer->nlmsg_type == NLMSG_DONE) return {};
            if (answer->nlmsg_type == NLMSG_ERROR) return error_of(answer, what);
            on_message(answer);
        }
    }
}

Result<bool> Socket::receive_events(std::size_t most, const OnMessage& on_message) {
    for (; most > 0; --most) {
        const auto received = receive();
        if (!received.ok() && received.error().code == EAGAIN) return true;
        if (!received.ok()) return received.error();
        auto rest = static_cast<int>(*received);
        for (auto* event = reinterpret_cast<nlmsghdr*>(buffer_.get()); nlmsg_ok(event, rest);
             event = nlmsg_next(event, &rest))
            on_message(event);
    }
    return false;
}

}  // namespace nlinit::netlink
