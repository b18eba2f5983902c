// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <algorithm>
#include <queue>
#include <unordered_set>
#include <variant>

#include "server.hpp"

namespace fleet {
namespace {

struct PowerOn {
    ClientNumber client;
};
struct Wake {
    ClientNumber client;
};
struct Arrival {
    Request request;
};
struct Delivery {
    ClientNumber client;
    Reply reply;
};

struct Event {
    TimePoint at;
    std::uint64_t order;  // of two at the same time, the one that was planned first comes first
    std::variant<PowerOn, Wake, Arrival, Delivery> what;
    friend bool operator>(const Event& left, const Event& right) {
        return left.at != right.at ? left.at > right.at : left.order > right.order;
    }
};

// What the simulation knows of a guest besides the guest.
struct Seat {
    std::unique_ptr<Guest> guest;
    TimePoint powered_on_at{};
    TimePoint wake_at = nlinit::kNever;  // when its last Wake comes; one that was planned before counts for nothing
    bool settled = false;
};

class Simulation {
  public:
    Simulation(const Scenario& scenario, const Strategy& strategy);
    [[nodiscard]] Outcome run();

  private:
    void happen(TimePoint now, const PowerOn& event);
    void happen(TimePoint now, const Wake& event);
    void happen(TimePoint now, const Arrival& event);
    void happen(TimePoint now, const Delivery& event);

    void plan(TimePoint at, std::variant<PowerOn, Wake, Arrival, Delivery> what) {
        events_.push({at, planned_++, what});
    }
    // After anything that a guest did.
    void follow(ClientNumber client, const std::optional<Request>& sent, TimePoint now);
    void send(const Request& request, TimePoint now);
    void settle(Seat& seat, TimePoint now);
    [[nodiscard]] Duration network_delay() { return scenario_.delay / 2 + scaled(scenario_.delay); }
    [[nodiscard]] bool network_loses() { return network_.share() < scenario_.loss; }
    [[nodiscard]] Duration scaled(Duration most) {
        return Duration(static_cast<Duration::rep>(static_cast<double>(most.count()) * network_.share()));
    }

    const Scenario& scenario_;
    TimePoint up_at_;
    Random network_;
    Server server_;
    std::vector<Seat> seats_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t planned_ = 0;
    std::uint32_t settled_ = 0;
    Outcome outcome_;
};

Simulation::Simulation(const Scenario& scenario, const Strategy& strategy)
    : scenario_(scenario),
      up_at_(scenario.outage),
      network_(scenario.seed),
      server_(scenario),
      seats_(scenario.clients) {
    outcome_.clients = scenario.clients;
    for (ClientNumber client = 0; client < scenario.clients; ++client) {
        auto& seat = seats_[client];
        seat.guest = make_guest(strategy, client, scenario);
        seat.powered_on_at = TimePoint(scaled(scenario.spread));
        plan(seat.powered_on_at, PowerOn{client});
    }
}

Outcome Simulation::run() {
    const bool keeps = scenario_.keep > Duration(0);
    const TimePoint end = keeps ? TimePoint(scenario_.keep) : up_at_ + scenario_.patience;
    while (!events_.empty() && events_.top().at < end && (keeps || settled_ < scenario_.clients)) {
        const Event event = events_.top();
        events_.pop();
        std::visit([&](const auto& what) { happen(event.at, what); }, event.what);
    }
    std::unordered_set<std::uint32_t> addresses;
    for (const auto& seat : seats_) {
        if (seat.guest->progress() != Progress::bound) continue;
        ++outcome_.bound_at_the_end;
        if (!addresses.insert(seat.guest->address().to_integer()).second) ++outcome_.on_a_shared_address;
    }
    std::ranges::sort(outcome_.took);
    outcome_.received = server_.received();
    outcome_.dropped = server_.dropped();
    return std::move(outcome_);
}

void Simulation::happen(TimePoint now, const PowerOn& event) {
    follow(event.client, seats_[event.client].guest->power_on(now), now);
}

void Simulation::happen(TimePoint now, const Wake& event) {
    auto& seat = seats_[event.client];
    if (now != seat.wake_at) return;
    seat.wake_at = nlinit::kNever;
    follow(event.client, seat.guest->wake(now), now);
}

void Simulation::happen(TimePoint now, const Arrival& event) {
    outcome_.arrived.count(now);
    const auto answer = server_.take(event.request, now);
    if (!answer || network_loses()) return;
    plan(answer->at + network_delay(), Delivery{event.request.client, answer->reply});
}

void Simulation::happen(TimePoint now, const Delivery& event) {
    follow(event.client, seats_[event.client].guest->take(event.reply, now), now);
}

void Simulation::follow(ClientNumber client, const std::optional<Request>& sent, TimePoint now) {
    auto& seat = seats_[client];
    if (sent) send(*sent, now);
    if (seat.guest->progress() != Progress::trying) {
        settle(seat, now);
        if (scenario_.keep == Duration(0)) return;
    }
    const TimePoint deadline = seat.guest->deadline();
    if (deadline == seat.wake_at || deadline == nlinit::kNever) return;
    seat.wake_at = deadline;
    plan(deadline, Wake{client});
}

// While the server is down a packet is worth counting, but no event.
void Simulation::send(const Request& request, TimePoint now) {
    ++outcome_.sent;
    if (network_loses()) return;
    const TimePoint arrival = now + network_delay();
    if (arrival < up_at_) {
        outcome_.arrived.count(arrival);
    } else {
        plan(arrival, Arrival{request});
    }
}

// The first time. Where leases are not kept, a run is too short for what comes after it.
void Simulation::settle(Seat& seat, TimePoint now) {
    if (seat.settled) return;
    seat.settled = true;
    seat.wake_at = nlinit::kNever;
    ++settled_;
    if (seat.guest->progress() == Progress::gave_up) {
        ++outcome_.gave_up;
        return;
    }
    outcome_.took.push_back(now - seat.powered_on_at);
    outcome_.bound_at.push_back(now.time_since_epoch());
}

}  // namespace

Outcome simulate(const Scenario& scenario, const Strategy& strategy) {
    return Simulation(scenario, strategy).run();
}

}  // namespace fleet
