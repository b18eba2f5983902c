// SPDX-License-Identifier: Apache-2.0
// When a DHCPv6 message is sent again (RFC 8415 15), with the parameters of each message (7.6).
#pragma once

#include <cstdint>
#include <functional>

#include "nlinit/base/time.hpp"

namespace nlinit::dhcp6 {

using RandomBits = std::function<std::uint32_t()>;

// A random part of the whole: from 0 to just below it, all equally likely.
[[nodiscard]] Duration part_of(Duration whole, const RandomBits& random);

// RFC 8415 15: 0 is no limit.
struct Retransmission {
    Duration initial_timeout{0};  // IRT
    Duration longest_timeout{0};  // MRT
    unsigned most_sent = 0;       // MRC: transmissions until the exchange has failed
    Duration longest_time{0};     // MRD: from the first transmission to that
    friend constexpr bool operator==(const Retransmission&, const Retransmission&) = default;
};

// RFC 8415 7.6. SOLICIT's and INFORMATION-REQUEST's longest timeouts are what a server may change (21.24, 21.25). A
// RENEW ends at T2, a REBIND when the last address is over.
inline constexpr Retransmission kSolicit{std::chrono::seconds(1), std::chrono::seconds(3600), 0, {}};
inline constexpr Retransmission kRequest{std::chrono::seconds(1), std::chrono::seconds(30), 10, {}};
inline constexpr Retransmission kConfirm{std::chrono::seconds(1), std::chrono::seconds(4), 0, std::chrono::seconds(10)};
inline constexpr Retransmission kRenew{std::chrono::seconds(10), std::chrono::seconds(600), 0, {}};
inline constexpr Retransmission kRebind{std::chrono::seconds(10), std::chrono::seconds(600), 0, {}};
inline constexpr Retransmission kInformationRequest{std::chrono::seconds(1), std::chrono::seconds(3600), 0, {}};
inline constexpr Retransmission kRelease{std::chrono::seconds(1), {}, 4, {}};
inline constexpr Retransmission kDecline{std::chrono::seconds(1), {}, 4, {}};

// The range of SOL_MAX_RT and INF_MAX_RT (RFC 8415 21.24, 21.25). Values outside of it are ignored.
inline constexpr std::uint32_t kLeastMaxRt = 60, kMostMaxRt = 86400;
[[nodiscard]] constexpr bool is_valid_max_rt(std::uint32_t seconds) noexcept {
    return seconds >= kLeastMaxRt && seconds <= kMostMaxRt;
}

// RT after the first transmission: IRT, changed at random by up to a tenth. For the first SOLICIT, during which
// ADVERTISEs are collected, it is only lengthened (18.2.1).
[[nodiscard]] Duration first_timeout(const Retransmission& parameters, const RandomBits& random);
[[nodiscard]] Duration first_solicit_timeout(const RandomBits& random);
// RT after each further transmission: about twice the previous RT, or about MRT.
[[nodiscard]] Duration next_timeout(const Retransmission& parameters, Duration previous, const RandomBits& random);

// How long to wait before the nth SOLICIT in a row that follows a refusal (1 is the first): 0, 1, 2, 4 … 60 s, so that
// a server that refuses for ever is not asked at wire speed (RFC 8415 14.1).
[[nodiscard]] Duration setback_delay(unsigned setbacks_in_a_row);

}  // namespace nlinit::dhcp6
