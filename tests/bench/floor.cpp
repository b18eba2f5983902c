// SPDX-License-Identifier: Apache-2.0
// The least that a DHCP client can do: every system call that getting a lease and applying it needs, and nothing else.
// No retransmission worth the name, no checks beyond those that tell the answer from other traffic, no renewal. What
// nlinit costs is measured against this. RFC 2131, 2132, 4039; netlink(7), rtnetlink(7), packet(7).
#include "floor.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr int kTries = 10;
constexpr timeval kPatience{0, 300'000};  // for an answer; the first one is missed only if the server was not there

enum Option : std::uint8_t {  // RFC 2132, RFC 4039
    kPad = 0,
    kSubnetMask = 1,
    kRouter = 3,
    kRequestedAddress = 50,
    kMessageType = 53,
    kServerIdentifier = 54,
    kParameterList = 55,
    kClientIdentifier = 61,
    kRapidCommit = 80,
    kEnd = 255,
};

enum MessageType : std::uint8_t { kDiscover = 1, kOffer = 2, kRequest = 3, kAck = 5 };

// RFC 2131 section 2. Every field lies on its natural boundary.
struct Bootp {
    std::uint8_t op, htype, hlen, hops;
    std::uint32_t xid;
    std::uint16_t secs, flags;
    std::uint32_t ciaddr, yiaddr, siaddr, giaddr;
    std::uint8_t chaddr[16];
    char sname[64];
    char file[128];
    std::uint8_t cookie[4];
};
static_assert(sizeof(Bootp) == 240);

constexpr std::array<std::uint8_t, 4> kCookie{99, 130, 83, 99};

struct Packet {
    iphdr ip;
    udphdr udp;
    Bootp bootp;
    std::uint8_t options[60];  // to the 300 bytes that BOOTP had
};
static_assert(sizeof(Packet) == 328);

struct Link {
    int index = 0;
    std::array<std::uint8_t, ETH_ALEN> mac{};
};

struct Lease {  // all in network order
    std::uint32_t address = 0;
    std::uint32_t mask = 0;
    std::uint32_t router = 0;
    std::uint32_t server = 0;
};

[[noreturn]] void die(std::string_view what) {
    const std::string_view end = ": failed\n";
    static_cast<void>(!write(STDERR_FILENO, what.data(), what.size()));
    static_cast<void>(!write(STDERR_FILENO, end.data(), end.size()));
    _exit(1);
}

// A negative result of a system call ends the program.
template <class Number>
Number must(Number result, std::string_view what) {
    if (result < 0) die(what);
    return result;
}

// Several rtnetlink requests for one send.
class Batch {
  public:
    template <class Header>
    void begin(std::uint16_t type, int flags, const Header& header) {
        last_ = used_;
        nlmsghdr message{};
        message.nlmsg_len = NLMSG_LENGTH(sizeof header);
        message.nlmsg_type = type;
        message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
        append(&message, sizeof message);
        append(&header, sizeof header);
    }
    void put(std::uint16_t type, const void* data, std::size_t size) {
        const rtattr attribute{static_cast<std::uint16_t>(RTA_LENGTH(size)), type};
        append(&attribute, sizeof attribute);
        append(data, size);
        reinterpret_cast<nlmsghdr*>(&bytes_[last_])->nlmsg_len = static_cast<std::uint32_t>(used_ - last_);
    }
    [[nodiscard]] Bytes bytes() const { return {bytes_.data(), used_}; }

  private:
    void append(const void* data, std::size_t size) {
        std::memcpy(&bytes_[used_], data, size);
        used_ += NLMSG_ALIGN(size);
    }

    alignas(nlmsghdr) std::array<std::uint8_t, 512> bytes_{};
    std::size_t used_ = 0;
    std::size_t last_ = 0;
};

void add_link_up(Batch& batch, const char* name) {
    ifinfomsg header{};
    header.ifi_flags = header.ifi_change = IFF_UP;
    batch.begin(RTM_NEWLINK, 0, header);
    batch.put(IFLA_IFNAME, name, std::strlen(name) + 1);
}

void add_link_query(Batch& batch, const char* name) {
    batch.begin(RTM_GETLINK, 0, ifinfomsg{});
    batch.put(IFLA_IFNAME, name, std::strlen(name) + 1);
}

Link link_in(const nlmsghdr* answer) {
    if (answer->nlmsg_type != RTM_NEWLINK) die("find the link");
    const auto* header = static_cast<const ifinfomsg*>(NLMSG_DATA(answer));
    Link link{header->ifi_index, {}};
    auto rest = static_cast<std::int64_t>(IFLA_PAYLOAD(answer));
    for (const rtattr* each = IFLA_RTA(header); RTA_OK(each, rest); each = RTA_NEXT(each, rest)) {
        if (each->rta_type == IFLA_ADDRESS) std::memcpy(link.mac.data(), RTA_DATA(each), link.mac.size());
    }
    return link;
}

// Both links up and the reply that describes ours: one send, one receive.
Link bring_up(int netlink, const char* name) {
    Batch batch;
    add_link_up(batch, "lo");
    add_link_up(batch, name);
    add_link_query(batch, name);
    must(send(netlink, batch.bytes().data(), batch.bytes().size(), 0), "bring the links up");
    alignas(nlmsghdr) std::array<std::uint8_t, 4096> answer;
    must(recv(netlink, answer.data(), answer.size(), 0), "read the link");
    return link_in(reinterpret_cast<const nlmsghdr*>(answer.data()));
}

sockaddr_ll broadcast_on(const Link& link) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = link.index;
    address.sll_halen = ETH_ALEN;
    std::memset(address.sll_addr, 0xff, ETH_ALEN);
    return address;
}

int open_packet_socket(const Link& link) {
    const int fd = must(socket(AF_PACKET, SOCK_DGRAM, 0), "open a packet socket");
    const auto address = broadcast_on(link);
    must(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind the packet socket");
    must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience), "set a time limit");
    return fd;
}

std::uint16_t internet_checksum(const iphdr& header) {
    std::array<std::uint16_t, sizeof header / 2> words;
    std::memcpy(words.data(), &header, sizeof header);
    std::uint32_t sum = 0;
    for (const auto word : words) sum += word;
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~(sum + (sum >> 16)));
}

class Options {
  public:
    explicit Options(std::uint8_t* next) : next_(next) {}
    void put(std::uint8_t code, Bytes value) {
        *next_++ = code;
        *next_++ = static_cast<std::uint8_t>(value.size());
        next_ = std::copy(value.begin(), value.end(), next_);
    }
    void put(std::uint8_t code, std::uint32_t in_network_order) {
        put(code, {reinterpret_cast<const std::uint8_t*>(&in_network_order), sizeof in_network_order});
    }
    void put_byte(std::uint8_t code, std::uint8_t value) { put(code, {&value, 1}); }
    void end() { *next_ = kEnd; }

  private:
    std::uint8_t* next_;
};

void put_client_identifier(Options& options, const Link& link) {
    std::array<std::uint8_t, 1 + ETH_ALEN> identifier{1};  // Ethernet
    std::copy(link.mac.begin(), link.mac.end(), identifier.begin() + 1);
    options.put(kClientIdentifier, identifier);
}

Packet make_packet(const Link& link, std::uint32_t xid) {
    Packet packet{};
    packet.ip.version = 4;
    packet.ip.ihl = 5;
    packet.ip.tot_len = htons(sizeof packet);
    packet.ip.ttl = 64;
    packet.ip.protocol = IPPROTO_UDP;
    packet.ip.daddr = INADDR_BROADCAST;
    packet.ip.check = internet_checksum(packet.ip);
    packet.udp.source = htons(68);
    packet.udp.dest = htons(67);
    packet.udp.len = htons(sizeof packet - sizeof packet.ip);  // its checksum may be 0: not computed
    packet.bootp.op = 1;
    packet.bootp.htype = 1;
    packet.bootp.hlen = ETH_ALEN;
    packet.bootp.xid = xid;
    std::memcpy(packet.bootp.chaddr, link.mac.data(), link.mac.size());
    std::memcpy(packet.bootp.cookie, kCookie.data(), kCookie.size());
    return packet;
}

Packet make_discover(const Link& link, std::uint32_t xid, bool rapid) {
    Packet packet = make_packet(link, xid);
    Options options(packet.options);
    options.put_byte(kMessageType, kDiscover);
    put_client_identifier(options, link);
    options.put(kParameterList, std::array<std::uint8_t, 2>{kSubnetMask, kRouter});
    if (rapid) options.put(kRapidCommit, Bytes{});
    options.end();
    return packet;
}

Packet make_request(const Link& link, std::uint32_t xid, const Lease& offered) {
    Packet packet = make_packet(link, xid);
    Options options(packet.options);
    options.put_byte(kMessageType, kRequest);
    put_client_identifier(options, link);
    options.put(kRequestedAddress, offered.address);
    options.put(kServerIdentifier, offered.server);
    options.put(kParameterList, std::array<std::uint8_t, 2>{kSubnetMask, kRouter});
    options.end();
    return packet;
}

std::uint32_t word_in(Bytes value) {
    std::uint32_t word = 0;
    if (value.size() >= sizeof word) std::memcpy(&word, value.data(), sizeof word);
    return word;
}

// The message's type, 0 for none.
std::uint8_t take_options(Bytes options, Lease& lease) {
    std::uint8_t type = 0;
    while (!options.empty() && options[0] != kEnd) {
        const std::size_t size = options[0] == kPad ? 1 : options.size() < 2 ? 2 : 2U + options[1];
        if (size > options.size()) break;
        const Bytes value = size > 2 ? options.subspan(2, size - 2) : Bytes{};
        if (options[0] == kMessageType && !value.empty()) type = value[0];
        if (options[0] == kSubnetMask) lease.mask = word_in(value);
        if (options[0] == kRouter) lease.router = word_in(value);
        if (options[0] == kServerIdentifier) lease.server = word_in(value);
        options = options.subspan(size);
    }
    return type;
}

// 0 if the packet is not an answer to xid, else its type.
std::uint8_t read_answer(Bytes packet, std::uint32_t xid, Lease& lease) {
    if (packet.size() < sizeof(iphdr)) return 0;
    const auto* ip = reinterpret_cast<const iphdr*>(packet.data());
    const std::size_t header = ip->ihl * 4U;
    if (ip->protocol != IPPROTO_UDP || packet.size() < header + sizeof(udphdr) + sizeof(Bootp)) return 0;
    const auto* udp = reinterpret_cast<const udphdr*>(packet.data() + header);
    const auto* bootp = reinterpret_cast<const Bootp*>(udp + 1);
    if (udp->dest != htons(68) || bootp->op != 2 || bootp->xid != xid) return 0;
    lease.address = bootp->yiaddr;
    return take_options(packet.subspan(header + sizeof(udphdr) + sizeof(Bootp)), lease);
}

// False when none came in time.
bool wait_for(int fd, std::uint32_t xid, std::uint8_t type, Lease& lease) {
    alignas(iphdr) std::array<std::uint8_t, 1500> buffer;
    for (;;) {
        const auto size = recv(fd, buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EAGAIN) return false;
        must(size, "receive");
        if (read_answer(Bytes(buffer).first(static_cast<std::size_t>(size)), xid, lease) == type) return true;
    }
}

Lease ask(int fd, const Link& link, std::uint32_t xid, const Packet& question, std::uint8_t answer) {
    const auto address = broadcast_on(link);
    Lease lease;
    for (int i = 0; i < kTries; ++i) {
        must(sendto(fd, &question, sizeof question, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address),
             "send");
        if (wait_for(fd, xid, answer, lease)) return lease;
    }
    die("get an answer");
}

Lease get_lease(int fd, const Link& link, bool rapid) {
    std::uint32_t xid = 0;
    must(getrandom(&xid, sizeof xid, GRND_NONBLOCK), "get a random number");
    const auto first = ask(fd, link, xid, make_discover(link, xid, rapid), rapid ? kAck : kOffer);
    return rapid ? first : ask(fd, link, xid, make_request(link, xid, first), kAck);
}

void add_address(Batch& batch, const Link& link, const Lease& lease) {
    ifaddrmsg header{};
    header.ifa_family = AF_INET;
    header.ifa_prefixlen = static_cast<std::uint8_t>(__builtin_popcount(lease.mask));
    header.ifa_index = static_cast<std::uint32_t>(link.index);
    batch.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, header);
    batch.put(IFA_LOCAL, &lease.address, sizeof lease.address);
    const std::uint32_t broadcast = lease.address | ~lease.mask;
    batch.put(IFA_BROADCAST, &broadcast, sizeof broadcast);
}

void add_default_route(Batch& batch, const Lease& lease) {
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_DHCP;
    header.rtm_type = RTN_UNICAST;
    batch.begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, header);
    batch.put(RTA_GATEWAY, &lease.router, sizeof lease.router);
}

// The kernel adds the route to the subnet by itself. An error of the first message comes before the ACK of the last.
void apply(int netlink, const Link& link, const Lease& lease) {
    Batch batch;
    add_address(batch, link, lease);
    add_default_route(batch, lease);
    must(send(netlink, batch.bytes().data(), batch.bytes().size(), 0), "apply the lease");
    alignas(nlmsghdr) std::array<std::uint8_t, 1024> answer;
    must(recv(netlink, answer.data(), answer.size(), 0), "read what became of the lease");
    const auto* message = reinterpret_cast<const nlmsghdr*>(answer.data());
    const auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(message));
    if (message->nlmsg_type != NLMSG_ERROR || error->error != 0) die("configure the link");
}

}  // namespace

void configure_link(const char* name, bool rapid) {
    const int netlink = must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "open an rtnetlink socket");
    const Link link = bring_up(netlink, name);
    const int packet = open_packet_socket(link);
    apply(netlink, link, get_lease(packet, link, rapid));
}
