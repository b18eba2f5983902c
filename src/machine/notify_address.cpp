// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/notify_address.hpp"

#include <array>

#include "nlinit/base/append.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

using Type = NotifyAddress::Type;

constexpr std::size_t kMaxSocketName = 107;       // sun_path of unix(7), less the final NUL
constexpr std::uint32_t kAnyNumber = 4294967295;  // VMADDR_CID_ANY, VMADDR_PORT_ANY: nobody in particular

struct Scheme {
    std::string_view word;
    NotifyAddress::Kind kind;
    Type type = Type::any;
};
constexpr std::array<Scheme, 6> kSchemes{{{"vsock", NotifyAddress::Kind::vsock},
                                          {"vsock-stream", NotifyAddress::Kind::vsock, Type::stream},
                                          {"vsock-dgram", NotifyAddress::Kind::vsock, Type::datagram},
                                          {"vsock-seqpacket", NotifyAddress::Kind::vsock, Type::sequenced},
                                          {"port", NotifyAddress::Kind::virtio_port},
                                          {"unix", NotifyAddress::Kind::unix_socket}}};

bool read_vsock(std::string_view text, NotifyAddress& address) {
    const auto parts = split_pair(text, ':');
    if (!parts) return false;
    const auto cid = parse_number<std::uint32_t>(parts->first);
    const auto port = parse_number<std::uint32_t>(parts->second);
    if (!cid || !port || *cid == kAnyNumber || *port == kAnyNumber) return false;
    address.cid = *cid;
    address.port = *port;
    return true;
}

bool read_name(std::string_view text, NotifyAddress& address) {
    const auto name = parse_plain_text(text);
    if (!name) return false;
    address.name = *name;
    return address.kind == NotifyAddress::Kind::virtio_port ||
           (name->size() <= kMaxSocketName && (absolute_path(*name) || (name->front() == '@' && name->size() > 1)));
}

}  // namespace

std::optional<NotifyAddress> parse_notify_address(std::string_view text) {
    const auto parts = split_pair(text, ':');
    if (!parts) return std::nullopt;
    const auto& [word, rest] = *parts;
    for (const auto& scheme : kSchemes) {
        if (scheme.word != word) continue;
        NotifyAddress address;
        address.kind = scheme.kind;
        address.type = scheme.type;
        if (scheme.kind == NotifyAddress::Kind::vsock ? read_vsock(rest, address) : read_name(rest, address))
            return address;
    }
    return std::nullopt;
}

std::string to_string(const NotifyAddress& address) {
    for (const auto& scheme : kSchemes) {
        if (scheme.kind != address.kind || scheme.type != address.type) continue;
        std::string text(scheme.word);
        if (scheme.kind != NotifyAddress::Kind::vsock) return concat({text, ":", address.name});
        return concat({text, ":", std::to_string(address.cid), ":", std::to_string(address.port)});
    }
    return {};
}

}  // namespace nlinit
