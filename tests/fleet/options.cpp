// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <getopt.h>

#include <algorithm>
#include <cstdlib>

#include "nlinit/base/number.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace fleet {
namespace {

using nlinit::Error;
using nlinit::Result;
namespace config = nlinit::config;

enum Option : int {
    clients = 256,
    spread,
    loss,
    delay,
    outage,
    rate,
    queue,
    patience,
    seed,
    strategies,
    ladder,
    svg,
    until,
    lease,
    keep
};

constexpr option kOptions[] = {
    {"clients", required_argument, nullptr, clients},
    {"spread", required_argument, nullptr, spread},
    {"loss", required_argument, nullptr, loss},
    {"delay", required_argument, nullptr, delay},
    {"outage", required_argument, nullptr, outage},
    {"rate", required_argument, nullptr, rate},
    {"queue", required_argument, nullptr, queue},
    {"patience", required_argument, nullptr, patience},
    {"seed", required_argument, nullptr, seed},
    {"strategies", required_argument, nullptr, strategies},
    {"ladder", required_argument, nullptr, ladder},
    {"svg", required_argument, nullptr, svg},
    {"until", required_argument, nullptr, until},
    {"lease", required_argument, nullptr, lease},
    {"keep", required_argument, nullptr, keep},
    {"rapid", no_argument, nullptr, 'r'},
    {"wire", no_argument, nullptr, 'w'},
    {"help", no_argument, nullptr, 'h'},
    {nullptr, 0, nullptr, 0},
};

constexpr std::string_view kDefaultStrategies = "nlinit,seed,rfc2131,fixed,gentle";
constexpr std::string_view kDefaultKeepers = "nlinit,exact";

Error bad(std::string_view name, std::string_view value, std::string_view wanted) {
    return {0, "--" + std::string(name) + ' ' + std::string(value) + ": " + std::string(wanted)};
}

template <std::unsigned_integral T>
Result<> take_number(std::string_view name, std::string_view value, T lowest, T highest, T& field) {
    const auto parsed = nlinit::parse_number<T>(value);
    if (!parsed || *parsed < lowest || *parsed > highest)
        return bad(name, value, "want a number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    field = *parsed;
    return {};
}

// A bare number is seconds.
Result<> take_time(std::string_view name, std::string_view value, Duration& field) {
    const auto bare = config::parse_duration(std::string(value) + 's');
    const auto parsed = bare ? bare : config::parse_duration(value);
    if (!parsed) return bad(name, value, "want a time such as 60, 60s or 5ms, up to a day");
    field = *parsed;
    return {};
}

Result<> take_lease(std::string_view value, Duration& field) {
    if (auto taken = take_time("lease", value, field); !taken.ok()) return taken.error();
    if (field < std::chrono::minutes(1)) return bad("lease", value, "want a minute or more");
    return {};
}

Result<> take_loss(std::string_view value, double& field) {
    char* end = nullptr;
    const std::string text(value);
    const double percent = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || *end != '\0' || !(percent >= 0 && percent < 100))
        return bad("loss", value, "want percent, from 0 to less than 100");
    field = percent / 100;
    return {};
}

Result<> take_rate(std::string_view value, double& field) {
    std::uint32_t rate_wanted = 0;
    if (auto taken = take_number<std::uint32_t>("rate", value, 1, 1'000'000'000, rate_wanted); !taken.ok())
        return taken.error();
    field = rate_wanted;
    return {};
}

Result<> take_names(std::string_view names, std::vector<Strategy>& field) {
    while (!names.empty()) {
        const auto name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        const auto* known = find_strategy(name);
        if (!known) return bad("strategies", name, "want some of nlinit,ladder,exact,seed,rfc2131,fixed,gentle");
        field.push_back(*known);
    }
    return {};
}

Result<> take_ladder(std::string_view value, std::vector<Strategy>& field) {
    auto parsed = parse_strategy(value);
    if (!parsed.ok()) return Error{0, "--ladder: " + parsed.error().what};
    field.push_back(*parsed);
    return {};
}

Result<> take(int option, std::string_view value, RunOptions& options) {
    auto& scenario = options.scenario;
    switch (option) {
        case clients:
            return take_number<std::uint32_t>("clients", value, 1, kMaxClients, scenario.clients);
        case spread:
            return take_time("spread", value, scenario.spread);
        case loss:
            return take_loss(value, scenario.loss);
        case delay:
            return take_time("delay", value, scenario.delay);
        case outage:
            return take_time("outage", value, scenario.outage);
        case rate:
            return take_rate(value, scenario.rate);
        case queue:
            return take_number<std::size_t>("queue", value, 0, 1'000'000'000, scenario.queue);
        case patience:
            return take_time("patience", value, scenario.patience);
        case seed:
            return take_number<std::uint64_t>("seed", value, 0, UINT32_MAX, scenario.seed);
        case strategies:
            return take_names(value, options.strategies);
        case ladder:
            return take_ladder(value, options.strategies);
        case svg:
            options.svg = value;
            return {};
        case until:
            return take_time("until", value, options.until);
        case lease:
            return take_lease(value, scenario.lease);
        case keep:
            return take_time("keep", value, scenario.keep);
        case 'r':
            scenario.rapid_commit = true;
            return {};
        case 'w':
            scenario.wire = true;
            return {};
        case 'h':
            options.help = true;
            return {};
        default:
            return Error{0, "unknown option, or one without its value"};
    }
}

}  // namespace

std::string_view usage() noexcept {
    return R"(Usage: nlinit_fleet [OPTION…]
Lets a fleet of machines power on at once in a simulated network with one DHCP server, once for every strategy of
retransmission, and prints what became of them. nlinit is the real client; the others are models.

  --clients N         machines (100000)
  --spread TIME       they power on within this time (0)
  --loss PERCENT      packets lost, in each direction (1)
  --delay TIME        of the network, one way, ±50 % (1ms)
  --outage TIME       the server is down at first for this long (0)
  --rate N            requests a second that the server answers (20000)
  --queue N           requests that wait for it; more are lost (1000)
  --rapid             the server and the clients know rapid commit (RFC 4039)
  --keep TIME         go on for so long, and renew the leases (0: until all are BOUND)
  --lease TIME        how long a lease is, in whole seconds (1440min)
  --patience TIME     how long to go on after the server is up (10min)
  --seed N            of the random numbers (1)
  --strategies LIST   of nlinit,ladder,exact,seed,rfc2131,fixed,gentle; "ladder" is nlinit's ladder in the model
                      client, a check of the model, and "exact" the same under a name that tells how it renews
                      (nlinit,seed,rfc2131,fixed,gentle; with --keep nlinit,exact)
  --ladder NAME=KEY:VALUE,…
                      one more strategy: first:200ms factor:2 cap:3s jitter:25 (percent) share:0 (the cap grows to so
                      many percent of the time spent) late:64s (up to this) requests:5 or hold:60s (REQUESTs before
                      it starts again) rapid:2 (DISCOVERs with option 80) discovers:0 (then it gives up; 0: never)
  --wire              send every message of the real client through serialize() and parse()
  --svg FILE          draw packets and clients over time
  --until TIME        where the drawing ends (when nearly all are BOUND)
  --help              print this
)";
}

Result<RunOptions> parse_options(int argc, char** argv) {
    RunOptions options;
    opterr = 0;
    for (;;) {
        const int at = std::max(optind, 1);  // 0 asks getopt(3) to start again
        const int option = getopt_long(argc, argv, "", kOptions, nullptr);
        if (option == -1) break;
        const auto taken = take(option, optarg ? optarg : "", options);
        if (!taken.ok())
            return option == '?' ? Error{0, std::string(argv[at]) + ": " + taken.error().what} : taken.error();
    }
    if (optind < argc) return Error{0, std::string("unexpected argument ") + argv[optind]};
    if (options.strategies.empty()) {
        const auto names = options.scenario.keep > Duration(0) ? kDefaultKeepers : kDefaultStrategies;
        if (auto taken = take_names(names, options.strategies); !taken.ok()) return taken.error();
    }
    return options;
}

}  // namespace fleet
