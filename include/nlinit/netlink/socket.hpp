// SPDX-License-Identifier: Apache-2.0
// An rtnetlink socket: many requests in one send, every answer checked (netlink(7), rtnetlink(7)).
//
// The kernel carries out the requests of one datagram in order, before sendmsg(2) returns; there is no roll-back and no
// stop at a failure. It answers every request that fails; the last request asks for an answer in any case.
#pragma once

#include <linux/rtnetlink.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/ip_address.hpp"

struct nlattr;
struct nl_msg;
struct nl_sock;
struct nlmsghdr;

namespace nlinit::netlink {

// One request, and the sentence for the error when it fails. The message comes from one of libnl-route's
// *_build_*_request() functions, or is made here of a header and attributes.
class Request {
  public:
    // message: made by libnl; the Request owns it from now on. nullptr means that memory ran out; transact() then fails
    // with ENOMEM.
    Request(nl_msg* message, std::string what);
    // header: the family's fixed part, such as ifaddrmsg. type: RTM_*; flags: NLM_F_* without REQUEST and ACK.
    template <class Header>
    Request(std::uint16_t type, std::uint16_t flags, const Header& header, std::string what)
        : Request(type, flags, &header, sizeof header, std::move(what)) {}
    Request(Request&&) noexcept;
    Request& operator=(Request&&) noexcept;
    ~Request();

    void put_u32(int attribute, std::uint32_t value);  // host order
    void put(int attribute, const void* data, std::size_t size);
    void put_text(int attribute, const std::string& text);
    void put_address(int attribute, const IpAddress& address);
    // Attributes that are put between begin() and end() are nested in this attribute, up to kMaxDepth deep.
    void begin(int attribute);
    void end();
    [[nodiscard]] const std::string& what() const noexcept { return what_; }
    [[nodiscard]] nlmsghdr* header() const noexcept;
    [[nodiscard]] bool is_whole() const noexcept { return message_ != nullptr; }

  private:
    Request(std::uint16_t type, std::uint16_t flags, const void* header, std::size_t size, std::string what);

    struct Free {
        void operator()(nl_msg* message) const noexcept;
    };
    static constexpr std::size_t kMaxDepth = 2;

    std::unique_ptr<nl_msg, Free> message_;
    std::string what_;
    std::array<nlattr*, kMaxDepth> nested_{};
    std::size_t depth_ = 0;
};

// The address in an attribute, whose size tells the family. Nothing when the attribute is absent (nullptr) or has
// another size.
[[nodiscard]] std::optional<IpAddress> address_in(nlattr* attribute);

struct Failure {
    std::size_t request;  // its index
    Error error;
};

class Socket {
  public:
    using OnMessage = std::function<void(nlmsghdr* message)>;

    [[nodiscard]] static Result<Socket> open();
    // Subscribed to groups (RTNLGRP_*), to be read with receive_events().
    [[nodiscard]] static Result<Socket> open_events(std::span<const rtnetlink_groups> groups);
    Socket(Socket&&) noexcept;
    Socket& operator=(Socket&&) noexcept;
    ~Socket();

    // Sends all requests in one datagram and returns the failures in order; none when every request succeeded. Calls
    // on_message with each object that a request asked for (RTM_GET*).
    [[nodiscard]] std::vector<Failure> transact(std::vector<Request>& requests, const OnMessage& on_message = {});
    [[nodiscard]] Result<> transact(Request request, const OnMessage& on_message = {});
    // All objects of a kind, as NLM_F_DUMP gives them.
    [[nodiscard]] Result<> dump(Request request, const OnMessage& on_message);

    // Reads the events that have arrived, from at most `most` datagrams; never waits. True when that was all. An error
    // of code ENOBUFS means that events were lost and everything is to be read again.
    [[nodiscard]] Result<bool> receive_events(std::size_t most, const OnMessage& on_message);
    [[nodiscard]] int fd() const noexcept;

  private:
    struct Free {
        void operator()(nl_sock* socket) const noexcept;
    };
    explicit Socket(nl_sock* socket) noexcept : socket_(socket) {}
    [[nodiscard]] Result<> send(std::vector<Request>& requests);
    [[nodiscard]] Result<std::size_t> receive();  // into buffer_

    std::unique_ptr<nl_sock, Free> socket_;
    std::unique_ptr<char[]> buffer_;  // made when first needed, and not zeroed: most of it is never touched
    std::uint32_t next_sequence_ = 1;
};

}  // namespace nlinit::netlink
