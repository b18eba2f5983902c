// SPDX-License-Identifier: Apache-2.0
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
#include <utility>
#include <variant>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/backoff.hpp"
#include "nlinit/dhcp/client_config.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/wire/drop_reason.hpp"

namespace nlinit::dhcp {

// What can happen to a client.
struct LinkUp {};
struct LinkDown {};
struct Received {
    Message message;
    Ipv4Address source;
};
struct DeadlineReached {};
struct AddressFree {};      // nobody answered for the address of a Probe (RFC 5227)
struct AddressConflict {};  // somebody else answers for it, or for the leased address
struct RenewNow {};         // somebody wants to know at once whether the lease still holds
struct Recalled {           // a lease from before, found after the client has started
    Lease lease;
};
struct Stop {};
using Event =
    std::variant<LinkUp, LinkDown, Received, DeadlineReached, AddressFree, AddressConflict, RenewNow, Recalled, Stop>;

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
struct Probe {  // find out whether another host has the address; then AddressFree or AddressConflict is due
    Lease lease;
};
struct Unbind {
    Lease lease;
    UnbindReason reason;
};
using Action = std::variant<Broadcast, Unicast, Bind, Probe, Unbind>;

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
    checking,   // granted, and not yet known to be free (RFC 5227)
    ipv6_only,  // the network asked us to do without IPv4 (RFC 8925)
};
std::string_view name_of(State state) noexcept;  // "SELECTING"

// A NAK that counted.
struct Refusal {
    Ipv4Address server, address;
    std::string message;  // option 56, printable, of at most 128 bytes; empty: none
};

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
    [[nodiscard]] std::optional<TimePoint> deadline() const;

    [[nodiscard]] State state() const noexcept;
    // What only messages to come have in them; a lease in use is not touched.
    void change_host_name(std::string host_name, bool release_on_stop) {
        config_.host_name = std::move(host_name);
        config_.release_on_stop = release_on_stop;
    }
    [[nodiscard]] const Lease* lease() const noexcept { return in_use_ ? &*in_use_ : nullptr; }  // the one in use
    // The last one; nothing when a lease was granted after it.
    [[nodiscard]] const Refusal* refusal() const noexcept { return refusal_ ? &*refusal_ : nullptr; }
    [[nodiscard]] std::uint32_t xid() const;  // of the transaction under way, or 0
    [[nodiscard]] const DropCounters& drops() const noexcept { return drops_; }
    [[nodiscard]] const MessageCounters& messages() const noexcept { return messages_; }

  private:
    // One exchange with a server: the xid stays the same over all its transmissions, so a late answer still counts.
    struct Transaction {
        std::uint32_t xid;
        TimePoint started_at;
        TimePoint resend_at;
        unsigned attempt = 0;
    };
    // One struct a state, with what only that state knows.
    struct Stopped {};
    struct WaitingForLink {};
    struct Init {
        TimePoint start_at;
    };
    struct Selecting {
        Transaction transaction;
        bool rapid_commit_sent = false;
    };
    struct Requesting {
        Transaction transaction;
        TimePoint discovered_at;  // secs goes on counting from the DISCOVER (RFC 2131 4.3.1)
        Ipv4Address server, address;
        Options offered;
    };
    struct Rebooting {
        Transaction transaction;
        Lease lease;
    };
    struct Bound {};
    struct Renewing {
        Transaction transaction;
    };
    struct Rebinding {
        Transaction transaction;
    };
    struct Checking {
        Lease lease;
        TimePoint bind_at;  // whatever has become of the Probe
    };
    struct Ipv6Only {
        TimePoint until;
    };
    using Data = std::variant<Stopped, Init, Selecting, Requesting, Rebooting, Bound, Renewing, Rebinding,
                              WaitingForLink, Checking, Ipv6Only>;
    using Actions = std::vector<Action>;

    void on(const LinkUp&, TimePoint now, Actions& actions);
    void on(const LinkDown&, TimePoint now, Actions& actions);
    void on(const Received& received, TimePoint now, Actions& actions);
    void on(const DeadlineReached&, TimePoint now, Actions& actions);
    void on(const AddressFree&, TimePoint now, Actions& actions);
    void on(const AddressConflict&, TimePoint now, Actions& actions);
    void on(const RenewNow&, TimePoint now, Actions& actions);
    void on(const Recalled& recalled, TimePoint now, Actions& actions);
    void on(const Stop&, TimePoint now, Actions& actions);

    // What a state does when its own deadline has come.
    void wake(Stopped&, TimePoint, Actions&) {}
    void wake(WaitingForLink&, TimePoint, Actions&) {}
    void wake(Init&, TimePoint now, Actions& actions);
    void wake(Selecting& selecting, TimePoint now, Actions& actions);
    void wake(Requesting& requesting, TimePoint now, Actions& actions);
    void wake(Rebooting& rebooting, TimePoint now, Actions& actions);
    void wake(Bound&, TimePoint now, Actions& actions);
    void wake(Renewing& renewing, TimePoint now, Actions& actions);
    void wake(Rebinding& rebinding, TimePoint now, Actions& actions);
    void wake(Checking& checking, TimePoint now, Actions& actions);
    void wake(Ipv6Only&, TimePoint now, Actions& actions);

    // What a state does with an answer to its own transaction; the reason if it is none.
    using Verdict = std::optional<DropReason>;
    Verdict take(Selecting& selecting, const Received& received, TimePoint now, Actions& actions);
    Verdict take(Requesting& requesting, const Received& received, TimePoint now, Actions& actions);
    Verdict take(Rebooting& rebooting, const Received& received, TimePoint now, Actions& actions);
    Verdict take(Renewing& renewing, const Received& received, TimePoint now, Actions& actions);
    Verdict take(Rebinding& rebinding, const Received& received, TimePoint now, Actions& actions);
    Verdict take_offer(const Selecting& selecting, const Received& received, TimePoint now, Actions& actions);
    // Whose answer to a REQUEST counts, and for which address; nothing: anybody's, and any.
    struct Expected {
        TimePoint requested_at;
        std::optional<Ipv4Address> server, address;
        // What was said before of the same lease, and by what; nothing where the answer is the first word.
        const Options* before = nullptr;
        std::string_view source_of_before = "the lease before it";
    };
    Verdict take_final(const Expected& expected, const Received& received, TimePoint now, Actions& actions);
    Verdict take_ack(const Expected& expected, const Received& received, TimePoint now, Actions& actions);
    Verdict take_nak(const Expected& expected, const Received& received, TimePoint now, Actions& actions);
    [[nodiscard]] Verdict check(const Received& received) const;
    void spread_renewals(Lease& lease) const;

    void expire(TimePoint now, Actions& actions);
    void discover(TimePoint now, Actions& actions);
    void reboot(const Lease& lease, TimePoint now, Actions& actions);
    void renew(TimePoint now, Actions& actions);
    void rebind(TimePoint now, Actions& actions);
    void grant(const Lease& lease, TimePoint now, Actions& actions);
    void bind(const Lease& lease, Actions& actions);
    void decline(const Lease& lease, TimePoint now, Actions& actions);
    [[nodiscard]] std::optional<Duration> ipv6_only_wait(const Message& message) const;
    void unbind(UnbindReason reason, Actions& actions);
    void broadcast(Message message, Actions& actions);
    void unicast(Message message, Actions& actions);
    [[nodiscard]] Transaction new_transaction(TimePoint now);
    void schedule_resend(Transaction& transaction, TimePoint now);
    [[nodiscard]] std::optional<TimePoint> state_deadline() const;
    [[nodiscard]] const Transaction* transaction() const;

    ClientConfig config_;
    RandomBits random_;
    Data data_;
    std::optional<Lease> in_use_;  // bound and not unbound; whatever the state, it goes when it expires
    std::optional<Refusal> refusal_;
    unsigned naks_in_a_row_ = 0;
    unsigned conflicts_in_a_row_ = 0;
    bool last_was_too_short_ = false;  // to be renewed: the lease before the one in use
    DropCounters drops_;
    MessageCounters messages_;
};

}  // namespace nlinit::dhcp
