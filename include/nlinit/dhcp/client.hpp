// The RFC 2131 client as a function of event and time. It owns no socket, clock or timer: what happened goes in, what
// to do comes out, and deadline() says when to come back with DeadlineReached if nothing else happens.
//
//     Client client(config, random);
//     perform(client.handle(LinkUp{}, now));
//     … on a frame:    perform(client.handle(Received{message, source}, now));
//     … at deadline(): perform(client.handle(DeadlineReached{}, now));
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/backoff.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/wire/drop_reason.hpp"

namespace nlinit::dhcp {

struct ClientConfig {
    MacAddress mac;
    Bytes client_identifier;                    // option 61; empty: hardware type 1 and the MAC
    std::string host_name;                      // option 12; empty: not sent
    std::string vendor_class = "nlinit";        // option 60; empty: not sent
    std::uint16_t maximum_message_size = 1500;  // option 57: the link's MTU
    bool rapid_commit = true;                   // RFC 4039
    bool broadcast_flag = false;                // ask for replies to 255.255.255.255
    Duration start_delay{0};                    // at most this long before the first DISCOVER, at random (4.4.1)
    bool release_on_stop = false;
    std::vector<Ipv4Address> allowed_servers;  // empty: all
    std::vector<Ipv4Address> denied_servers;
    LeaseRules rules;
    std::optional<Lease> previous_lease;  // INIT-REBOOT with it
};

// What can happen to a client.
struct LinkUp {};
struct LinkDown {};
struct Received {
    Message message;
    Ipv4Address source;
};
struct DeadlineReached {};
struct AddressConflict {};  // somebody else answers for the leased address (RFC 5227)
struct Stop {};
using Event = std::variant<LinkUp, LinkDown, Received, DeadlineReached, AddressConflict, Stop>;

enum class UnbindReason : std::uint8_t { expired, refused, conflict, stopped };
std::string_view name_of(UnbindReason reason) noexcept;

// What a client can ask for. A failed transmission is no event: the deadline already set repeats it.
struct Broadcast {
    Message message;
};
struct Unicast {
    Message message;
    Ipv4Address source, destination;
};
struct Bind {  // put the lease to use, in place of the one before it if there was one
    Lease lease;
};
struct Unbind {
    Lease lease;
    UnbindReason reason;
};
using Action = std::variant<Broadcast, Unicast, Bind, Unbind>;

enum class State : std::uint8_t {
    stopped,
    init,
    selecting,
    requesting,
    rebooting,
    bound,
    renewing,
    rebinding,
    waiting_for_link,
};
std::string_view name_of(State state) noexcept;  // "SELECTING"

struct MessageCounters {
    std::uint64_t sent[9] = {};      // by MessageType
    std::uint64_t received[9] = {};  // those that parsed, whatever became of them
    [[nodiscard]] std::uint64_t total_sent() const noexcept;
    [[nodiscard]] std::uint64_t total_received() const noexcept;
};

class Client {
  public:
    Client(ClientConfig config, RandomBits random);

    [[nodiscard]] std::vector<Action> handle(const Event& event, TimePoint now);
    // The only timer there is; nothing while only an event can change anything.
    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept;

    [[nodiscard]] State state() const noexcept;
    [[nodiscard]] const Lease* lease() const noexcept;  // the one in use, or nullptr
    [[nodiscard]] std::uint32_t xid() const noexcept;   // of the transaction under way, or 0
    [[nodiscard]] const DropCounters& drops() const noexcept { return drops_; }
    [[nodiscard]] const MessageCounters& messages() const noexcept { return messages_; }

  private:
    // One struct a state, with what only that state knows.
    struct Stopped {};
    struct Init {
        TimePoint start_at;
    };
    struct Transaction {
        std::uint32_t xid;
        TimePoint started_at;
        TimePoint resend_at;
        unsigned attempt = 0;
    };
    struct Selecting {
        Transaction transaction;
        bool rapid_commit_sent = false;
    };
    struct Requesting {
        Transaction transaction;
        TimePoint discover_at;  // secs counts from here (RFC 2131 table 5)
        Ipv4Address server, address;
    };
    struct Rebooting {
        Transaction transaction;
        Lease lease;
        bool in_use;  // the address is on the link: a flap of the carrier, not a boot
    };
    struct Bound {
        Lease lease;
    };
    struct Renewing {
        Lease lease;
        Transaction transaction;
    };
    struct Rebinding {
        Lease lease;
        Transaction transaction;
    };
    struct WaitingForLink {
        std::optional<Lease> lease;
    };
    using Data =
        std::variant<Stopped, Init, Selecting, Requesting, Rebooting, Bound, Renewing, Rebinding, WaitingForLink>;
    using Actions = std::vector<Action>;

    void on(const LinkUp&, TimePoint now, Actions& actions);
    void on(const LinkDown&, TimePoint now, Actions& actions);
    void on(const Received& received, TimePoint now, Actions& actions);
    void on(const DeadlineReached&, TimePoint now, Actions& actions);
    void on(const AddressConflict&, TimePoint now, Actions& actions);
    void on(const Stop&, TimePoint now, Actions& actions);

    ClientConfig config_;
    RandomBits random_;
    Data data_;
    unsigned naks_in_a_row_ = 0;
    DropCounters drops_;
    MessageCounters messages_;
};

}  // namespace nlinit::dhcp
