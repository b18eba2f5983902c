// SPDX-License-Identifier: Apache-2.0
// Whether another host has our address (RFC 5227), as a function of ARP packets and time: like the client it owns no
// socket, clock or timer.
//
//     ConflictDetector detector(mac, random);
//     detector.start(address, kQuickProbing, now);
//     … at deadline():      perform(detector.wake(now));
//     … on an ARP packet:   perform(detector.take(packet, now));
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/backoff.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/wire/arp.hpp"

namespace nlinit::dhcp {

struct ProbeTiming {
    Duration longest_first_wait;  // RFC 5227 2.1.1: PROBE_WAIT, at random
    Duration shortest_interval;   // PROBE_MIN
    Duration longest_interval;    // PROBE_MAX
    Duration last_wait;           // ANNOUNCE_WAIT, after the last probe
};
// RFC 5227 1.1, for who works meanwhile: the verdict takes 4 to 7 s.
inline constexpr ProbeTiming kStandardProbing{std::chrono::seconds(1), std::chrono::seconds(1), std::chrono::seconds(2),
                                              std::chrono::seconds(2)};
// For who waits: 200 ms in all. A host on a virtual link answers within microseconds, or is not there.
inline constexpr ProbeTiming kQuickProbing{std::chrono::milliseconds(0), std::chrono::milliseconds(50),
                                           std::chrono::milliseconds(60), std::chrono::milliseconds(80)};

class ConflictDetector {
  public:
    enum class Action : std::uint8_t { send_probe, announce, report_free, report_conflict };

    ConflictDetector(MacAddress own, RandomBits random) : own_(own), random_(std::move(random)) {}

    // Probes, gives a verdict, and from then on defends the address until stop(), or until it is lost.
    void start(Ipv4Address address, const ProbeTiming& timing, TimePoint now);
    void stop() noexcept { phase_ = Phase::idle; }

    [[nodiscard]] std::optional<Action> take(const wire::ArpPacket& packet, TimePoint now);
    [[nodiscard]] std::optional<Action> wake(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept;
    [[nodiscard]] Ipv4Address address() const noexcept { return address_; }

  private:
    enum class Phase : std::uint8_t { idle, probing, defending };

    [[nodiscard]] Duration random_between(Duration shortest, Duration longest) const;
    [[nodiscard]] bool is_conflict(const wire::ArpPacket& packet) const noexcept;

    MacAddress own_;
    RandomBits random_;
    Phase phase_ = Phase::idle;
    Ipv4Address address_;
    ProbeTiming timing_{};
    unsigned probes_sent_ = 0;
    TimePoint next_at_{};
    std::optional<TimePoint> defended_at_;
};

}  // namespace nlinit::dhcp
