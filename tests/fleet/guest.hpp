// SPDX-License-Identifier: Apache-2.0
// A machine that wants an address: the real client, or a model of another one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "ladder.hpp"
#include "packet.hpp"
#include "random.hpp"
#include "scenario.hpp"

namespace fleet {

enum class Progress : std::uint8_t { trying, bound, gave_up };

class Guest {
  public:
    Guest() = default;
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;
    virtual ~Guest() = default;

    // Each gives what the guest sends now, if anything.
    virtual std::optional<Request> power_on(TimePoint now) = 0;
    virtual std::optional<Request> take(const Reply& reply, TimePoint now) = 0;
    virtual std::optional<Request> wake(TimePoint now) = 0;  // at its deadline

    [[nodiscard]] virtual TimePoint deadline() const = 0;  // kNever while only a reply can change anything
    [[nodiscard]] virtual Progress progress() const = 0;
    [[nodiscard]] virtual nlinit::Ipv4Address address() const = 0;  // of one that is bound
};

// How a guest that is not nlinit's goes about it.
struct Habits {
    Ladder ladder;
    unsigned discovers = 0;      // gives up after so many; 0: never
    unsigned requests = 5;       // starts again with a DISCOVER after so many,
    Duration hold{0};            // or, if this is not 0, after so long
    unsigned rapid_commits = 2;  // option 80 is in so many DISCOVERs
};

[[nodiscard]] std::unique_ptr<Guest> make_nlinit_guest(ClientNumber number, Random random, const Scenario& scenario);
// Borrows the habits. Draws its random numbers in the order in which nlinit's client does, so that the two can be held
// against each other.
[[nodiscard]] std::unique_ptr<Guest> make_model_guest(ClientNumber number, Random random, const Scenario& scenario,
                                                      const Habits& habits);

}  // namespace fleet
