// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/conflict_detector.hpp"

namespace nlinit::dhcp {
namespace {

constexpr unsigned kProbes = 3;                                 // RFC 5227 1.1: PROBE_NUM
constexpr Duration kDefendInterval = std::chrono::seconds(10);  // DEFEND_INTERVAL

}  // namespace

void ConflictDetector::start(Ipv4Address address, const ProbeTiming& timing, TimePoint now) {
    phase_ = Phase::probing;
    address_ = address;
    timing_ = timing;
    probes_sent_ = 0;
    defended_at_.reset();
    next_at_ = now + random_between(Duration::zero(), timing.longest_first_wait);
}

std::optional<TimePoint> ConflictDetector::deadline() const noexcept {
    if (phase_ != Phase::probing) return std::nullopt;
    return next_at_;
}

std::optional<ConflictDetector::Action> ConflictDetector::wake(TimePoint now) {
    if (phase_ != Phase::probing || now < next_at_) return std::nullopt;
    if (probes_sent_ == kProbes) {
        phase_ = Phase::defending;
        return Action::report_free;
    }
    ++probes_sent_;
    next_at_ = now + (probes_sent_ == kProbes ? timing_.last_wait
                                              : random_between(timing_.shortest_interval, timing_.longest_interval));
    return Action::send_probe;
}

// RFC 5227 2.1.1 and 2.4: whoever says that the address is his. While nobody has it yet, also whoever is about to take
// it: his probe has no sender.
bool ConflictDetector::is_conflict(const wire::ArpPacket& packet) const noexcept {
    if (packet.sender_mac == own_) return false;
    if (packet.sender == address_) return true;
    return phase_ == Phase::probing && packet.sender.is_unspecified() && packet.target == address_ &&
           packet.operation == wire::ArpPacket::Operation::request;
}

// RFC 5227 2.4 (b): the address is defended once, and given up if that does not help; two hosts that both insist would
// flood the link.
std::optional<ConflictDetector::Action> ConflictDetector::take(const wire::ArpPacket& packet, TimePoint now) {
    if (phase_ == Phase::idle || !is_conflict(packet)) return std::nullopt;
    if (phase_ == Phase::defending && (!defended_at_ || now - *defended_at_ >= kDefendInterval)) {
        defended_at_ = now;
        return Action::announce;
    }
    phase_ = Phase::idle;
    return Action::report_conflict;
}

Duration ConflictDetector::random_between(Duration shortest, Duration longest) const {
    constexpr std::int64_t kSteps = 1024;
    return shortest + (longest - shortest) / kSteps * (random_() % kSteps);
}

}  // namespace nlinit::dhcp
