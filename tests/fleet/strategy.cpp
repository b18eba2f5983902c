// SPDX-License-Identifier: Apache-2.0
#include "strategy.hpp"

#include <algorithm>
#include <cstdlib>

#include "nlinit/base/number.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace fleet {
namespace {

using namespace std::chrono_literals;
using nlinit::Error;
using nlinit::Result;
namespace config = nlinit::config;

Habits with(const LadderShape& shape) {
    return {.ladder = ladder_of(shape)};
}

// udhcpc -t 3 -T 2 -n, and no rapid commit.
Habits seed_habits() {
    Habits habits = with({.first = 2s, .factor = 1, .cap = 2s, .jitter = 0});
    habits.discovers = habits.requests = 3;
    habits.rapid_commits = 0;
    return habits;
}

struct Draft {
    LadderShape shape;
    Habits habits;
};

bool set_time(Duration& field, std::string_view value) {
    const auto parsed = config::parse_duration(value);
    if (!parsed || parsed->count() == 0) return false;
    field = *parsed;
    return true;
}

bool set_percent(double& field, std::string_view value) {
    const auto parsed = nlinit::parse_number<unsigned>(value);
    if (!parsed || *parsed > 100) return false;
    field = *parsed / 100.0;
    return true;
}

bool set_count(unsigned& field, std::string_view value) {
    const auto parsed = nlinit::parse_number<unsigned>(value);
    field = parsed.value_or(0);
    return parsed.has_value();
}

bool set_factor(double& field, std::string_view value) {
    char* end = nullptr;
    const std::string text(value);
    field = std::strtod(text.c_str(), &end);
    return end != text.c_str() && *end == '\0' && field >= 1 && field <= 10;
}

bool set_field(Draft& draft, std::string_view key, std::string_view value) {
    if (key == "first") return set_time(draft.shape.first, value);
    if (key == "cap") return set_time(draft.shape.cap, value);
    if (key == "late") return set_time(draft.shape.late_cap, value);
    if (key == "factor") return set_factor(draft.shape.factor, value);
    if (key == "jitter") return set_percent(draft.shape.jitter, value);
    if (key == "share") return set_percent(draft.shape.cap_share, value);
    if (key == "requests") return set_count(draft.habits.requests, value) && draft.habits.requests > 0;
    if (key == "hold") return set_time(draft.habits.hold, value);
    if (key == "discovers") return set_count(draft.habits.discovers, value);
    if (key == "rapid") return set_count(draft.habits.rapid_commits, value);
    return false;
}

}  // namespace

const std::vector<Strategy>& known_strategies() {
    static const std::vector<Strategy> kStrategies{
        {"nlinit", "nlinit", std::nullopt},
        {"ladder", "nlinit's ladder in the model", Habits{.ladder = nlinit::dhcp::retransmission_delay, .hold = 60s}},
        {"exact", "T1 and T2 without fuzz", Habits{.ladder = nlinit::dhcp::retransmission_delay, .hold = 60s}},
        {"seed", "2 s, three times (udhcpc -t 3 -T 2 -n)", seed_habits()},
        {"rfc2131", "RFC 2131: 4 s doubling to 64 s", with({.first = 4s, .cap = 64s, .jitter = 0, .fixed_jitter = 1s})},
        {"fixed", "200 ms for ever", with({.first = 200ms, .factor = 1, .cap = 200ms, .jitter = 0})},
        {"gentle", "300 ms doubling to 6 s", with({.first = 300ms, .cap = 6s})},
    };
    return kStrategies;
}

const Strategy* find_strategy(std::string_view name) {
    const auto found = std::ranges::find(known_strategies(), name, &Strategy::name);
    return found == known_strategies().end() ? nullptr : &*found;
}

Result<Strategy> parse_strategy(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return Error{0, "want NAME=first:300ms,cap:6s,…, not " + std::string(text)};
    const auto name = text.substr(0, equals);
    Draft draft;
    for (auto rest = text.substr(equals + 1); !rest.empty();) {
        const auto field = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(field.size() + 1, rest.size()));
        const auto colon = std::min(field.find(':'), field.size());
        const auto value = field.substr(std::min(colon + 1, field.size()));
        if (!set_field(draft, field.substr(0, colon), value))
            return Error{0, std::string(name) + ": cannot read " + std::string(field)};
    }
    draft.habits.ladder = ladder_of(draft.shape);
    return Strategy{std::string(name), std::string(name), draft.habits};
}

std::unique_ptr<Guest> make_guest(const Strategy& strategy, ClientNumber number, const Scenario& scenario) {
    const Random random(scenario.seed << 32 | number);
    if (!strategy.habits) return make_nlinit_guest(number, random, scenario);
    return make_model_guest(number, random, scenario, *strategy.habits);
}

}  // namespace fleet
