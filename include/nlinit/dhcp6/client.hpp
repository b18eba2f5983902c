// SPDX-License-Identifier: Apache-2.0
// The RFC 8415 client as a function of event and time, built as dhcp::Client is. It owns no socket, clock or timer:
// what happened goes in, what to do comes out, and deadline() says when to come back with DeadlineReached if nothing
// else happens.
//
//     Client client(config, random);
//     perform(client.handle(LinkUp{}, now));
//     … on a datagram: perform(client.handle(Received{message}, now));
//     … at deadline(): perform(client.handle(DeadlineReached{}, now));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp6/client_config.hpp"
#include "nlinit/dhcp6/drop_reason.hpp"
#include "nlinit/dhcp6/lease.hpp"
#include "nlinit/dhcp6/message.hpp"
#include "nlinit/dhcp6/retransmission.hpp"

namespace nlinit::dhcp6 {

// What can happen to a client. The link is up when its link-local address may be sent from.
struct LinkUp {};
struct LinkDown {};
struct Received {
    Message message;
};
struct DeadlineReached {};
struct AddressConflict {  // duplicate address detection failed (RFC 4862 5.4.5)
    Ipv6Address address;
};
struct RenewNow {};  // somebody wants to know at once whether the lease, or the configuration, still holds
struct Stop {};
using Event = std::variant<LinkUp, LinkDown, Received, DeadlineReached, AddressConflict, RenewNow, Stop>;

enum class UnbindReason : std::uint8_t { expired, refused, conflict, stopped };
std::string_view name_of(UnbindReason reason) noexcept;

// What a client can ask for. A failed transmission is no event: the deadline already set repeats it.
struct Send {  // from the link-local address to kAllServers
    Message message;
};
struct Bind {  // put the lease to use, in place of the one before it if there was one
    Lease lease;
};
struct Unbind {
    Lease lease;
    UnbindReason reason;
};
struct Configured {  // without a lease (Mode::stateless); an empty one at the end
    Configuration configuration;
};
using Action = std::variant<Send, Bind, Unbind, Configured>;

enum class State : std::uint8_t {
    stopped,
    init,
    soliciting,
    requesting,
    confirming,
    bound,
    renewing,
    rebinding,
    declining,
    releasing,
    informing,  // has sent an INFORMATION-REQUEST
    informed,
    waiting_for_link,
};
std::string_view name_of(State state) noexcept;  // "SOLICITING"

// A failure status that a server sent.
struct Refusal {
    Duid server;
    StatusCode code{};
    std::string message;  // printable, of at most kMaxStatusMessage of the server's bytes; empty: none
};

struct MessageCounters {
    static constexpr std::size_t kTypes = static_cast<std::size_t>(MessageType::information_request) + 1;
    std::uint64_t sent[kTypes] = {};      // by MessageType
    std::uint64_t received[kTypes] = {};  // messages that parsed, also those that were dropped
    [[nodiscard]] std::uint64_t total_sent() const noexcept;
    [[nodiscard]] std::uint64_t total_received() const noexcept;
};

class Client {
  public:
    Client(ClientConfig config, RandomBits random);

    [[nodiscard]] std::vector<Action> handle(const Event& event, TimePoint now);
    // Takes effect at the next Stop.
    void release_on_stop(bool release) noexcept { config_.release_on_stop = release; }
    // The client's only timer. Gives nothing while only an event can change anything.
    [[nodiscard]] std::optional<TimePoint> deadline() const;

    [[nodiscard]] State state() const noexcept;
    [[nodiscard]] const Lease* lease() const noexcept { return in_use_ ? &*in_use_ : nullptr; }  // the one in use
    // What the lease carries, or what a server said without a lease; nullptr when no server has said anything.
    [[nodiscard]] const Configuration* configuration() const noexcept {
        return in_use_ ? &in_use_->configuration : configuration_ ? &*configuration_ : nullptr;
    }
    // The last refusal; nullptr when a later answer was of use.
    [[nodiscard]] const Refusal* refusal() const noexcept { return refusal_ ? &*refusal_ : nullptr; }
    [[nodiscard]] std::uint32_t xid() const;  // of the exchange under way, or 0
    [[nodiscard]] const DropCounters& drops() const noexcept { return drops_; }
    [[nodiscard]] const MessageCounters& messages() const noexcept { return messages_; }

  private:
    // One exchange with a server: the xid stays the same over all its transmissions (RFC 8415 16.1).
    struct Transaction {
        std::uint32_t xid;
        TimePoint started_at, sent_at, resend_at;
        Duration timeout;
        unsigned sent = 1;
    };
    // One struct a state, with what only that state knows.
    struct Stopped {};
    struct Init {
        TimePoint start_at;
    };
    struct Soliciting {
        Transaction transaction;
        std::optional<Lease> best;  // the advertised lease of highest preference; of equals the first
        std::uint8_t preference = 0;
    };
    struct Requesting {
        Transaction transaction;
        Lease wanted;
    };
    struct Confirming {
        Transaction transaction;
    };
    struct Bound {};
    struct Renewing {
        Transaction transaction;
    };
    struct Rebinding {
        Transaction transaction;
    };
    struct Declining {
        Transaction transaction;
        Lease declined;
    };
    struct Releasing {
        Transaction transaction;
        Lease released;
    };
    struct Informing {
        Transaction transaction;
        bool is_refresh = false;  // of what a server of this link has said
    };
    struct Informed {
        TimePoint refresh_at;
    };
    struct WaitingForLink {};
    using Data = std::variant<Stopped, Init, Soliciting, Requesting, Confirming, Bound, Renewing, Rebinding, Declining,
                              Releasing, Informing, Informed, WaitingForLink>;
    using Actions = std::vector<Action>;

    void on(const LinkUp&, TimePoint now, Actions& actions);
    void on(const LinkDown&, TimePoint now, Actions& actions);
    void on(const Received& received, TimePoint now, Actions& actions);
    void on(const DeadlineReached&, TimePoint now, Actions& actions);
    void on(const AddressConflict& conflict, TimePoint now, Actions& actions);
    void on(const RenewNow&, TimePoint now, Actions& actions);
    void on(const Stop&, TimePoint now, Actions& actions);

    // What a state does when its own deadline has come.
    void wake(Stopped&, TimePoint, Actions&) {}
    void wake(WaitingForLink&, TimePoint, Actions&) {}
    void wake(Init&, TimePoint now, Actions& actions) { begin(now, actions); }
    void wake(Soliciting& soliciting, TimePoint now, Actions& actions);
    void wake(Requesting& requesting, TimePoint now, Actions& actions);
    void wake(Confirming& confirming, TimePoint now, Actions& actions);
    void wake(Bound&, TimePoint now, Actions& actions);
    void wake(Renewing& renewing, TimePoint now, Actions& actions);
    void wake(Rebinding& rebinding, TimePoint now, Actions& actions);
    void wake(Declining& declining, TimePoint now, Actions& actions);
    void wake(Releasing& releasing, TimePoint now, Actions& actions);
    void wake(Informing& informing, TimePoint now, Actions& actions);
    void wake(Informed&, TimePoint now, Actions& actions) { inform(now, actions); }

    // What a state does with an answer to its own exchange; the reason if it is none.
    using Verdict = std::optional<DropReason>;
    Verdict take(Soliciting& soliciting, const Message& message, TimePoint now, Actions& actions);
    Verdict take(Requesting& requesting, const Message& message, TimePoint now, Actions& actions);
    Verdict take(Confirming& confirming, const Message& message, TimePoint now, Actions& actions);
    Verdict take(Renewing& renewing, const Message& message, TimePoint now, Actions& actions);
    Verdict take(Rebinding& rebinding, const Message& message, TimePoint now, Actions& actions);
    Verdict take(Declining& declining, const Message& message, TimePoint now, Actions& actions);
    Verdict take(Releasing& releasing, const Message& message, TimePoint now, Actions& actions);
    Verdict take(Informing& informing, const Message& message, TimePoint now, Actions& actions);
    Verdict take_advertise(Soliciting& soliciting, const Message& message, TimePoint now, Actions& actions);
    Verdict take_renewal(TimePoint sent_at, const Message& message, TimePoint now, Actions& actions);
    Verdict take_grant(TimePoint sent_at, const Lease* before, const Message& message, TimePoint now, Actions& actions);
    [[nodiscard]] Verdict check(const Message& message) const;
    [[nodiscard]] StatusCode failure_of(const Message& message);
    void learn_limits(const Message& message);

    void expire(TimePoint now, Actions& actions);
    void begin(TimePoint now, Actions& actions);
    void solicit(TimePoint now, Actions& actions);
    void request(const Lease& wanted, TimePoint now, Actions& actions);
    void confirm(TimePoint now, Actions& actions);
    void renew(TimePoint now, Actions& actions);
    void rebind(TimePoint now, Actions& actions);
    void inform(TimePoint now, Actions& actions);
    void start_again(TimePoint now, Actions& actions);
    void keep_using(TimePoint now, Actions& actions);
    void end_declining(TimePoint now, Actions& actions);
    void bind(Lease lease, Actions& actions);
    void unbind(UnbindReason reason, Actions& actions);
    void send(Message message, Actions& actions);
    [[nodiscard]] Transaction new_transaction(const Retransmission& parameters, TimePoint now);
    void count_resend(Transaction& transaction, const Retransmission& parameters, TimePoint now) const;
    [[nodiscard]] Retransmission with_limit(const Retransmission& parameters, Duration longest_timeout) const;
    [[nodiscard]] std::optional<TimePoint> state_deadline() const;
    [[nodiscard]] const Transaction* transaction() const;

    ClientConfig config_;
    RandomBits random_;
    Data data_;
    std::optional<Lease> in_use_;  // bound and not unbound; in every state each address goes at its own end
    std::optional<Configuration> configuration_;  // of Mode::stateless
    std::optional<Refusal> refusal_;
    Duration sol_max_rt_ = kSolicit.longest_timeout;
    Duration inf_max_rt_ = kInformationRequest.longest_timeout;
    unsigned setbacks_in_a_row_ = 0;
    bool last_was_too_short_ = false;  // to be renewed: the lease before the one in use
    DropCounters drops_;
    MessageCounters messages_;
};

}  // namespace nlinit::dhcp6
