// SPDX-License-Identifier: Apache-2.0
// Measures how long clients take to bring IPv6 to the network namespace that this is started in, which has a router at
// the other end: each in turn, a round at a time; then medians over the rounds.
//   ipv6 INTERFACE ROUNDS CPU NAME_SERVER 'NAME|NAME_FILE|COMMAND…'…
// CPU is the one that clients run on, '-' for any. NAME_FILE is where the client writes NAME_SERVER, '-' where it does
// not. The first contender is what the others are compared with.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipv6_trial.hpp"
#include "quartiles.hpp"

namespace {

using bench::Duration;
using bench::Ipv6Trial;

// Between two runs, for the kernel to finish with the links that went down.
constexpr auto kSettling = std::chrono::milliseconds(50);

struct Contender {
    std::string name;
    std::string name_file;
    bench::Command command;
    std::vector<Ipv6Trial> trials;
    int failures = 0;
};

Contender parse_contender(std::string_view text) {
    const auto parts = bench::split(text, '|');
    if (parts.size() != 3) bench::die("want NAME|NAME_FILE|COMMAND, not " + std::string(text));
    return {parts[0], parts[1], bench::split(parts[2], ' '), {}, 0};
}

void run(Contender& contender, bench::Ipv6Guest& guest, const std::string& name_server,
         std::optional<std::size_t> client_cpu) {
    const bench::NameFile names(contender.name_file, name_server);
    guest.reset();
    usleep(std::chrono::microseconds(kSettling).count());
    guest.reset();  // again for what came meanwhile of a client that was killed
    if (const auto trial = bench::run_ipv6(contender.command, guest, names, client_cpu)) {
        contender.trials.push_back(*trial);
    } else {
        ++contender.failures;
    }
}

bench::Quartiles milliseconds(const Contender& contender,
                              const std::function<std::optional<Duration>(const Ipv6Trial&)>& part) {
    std::vector<double> values;
    for (const auto& trial : contender.trials) {
        if (const auto value = part(trial)) values.push_back(static_cast<double>(value->count()) / 1e6);
    }
    return bench::quartiles(std::move(values));
}

// Median and quartiles.
void print(const bench::Quartiles& values) {
    for (const double value : {values.median, values.low, values.high}) bench::print_number(value);
}

void print_exit(const Contender& contender) {
    const auto to_exit = milliseconds(contender, &Ipv6Trial::to_exit);
    if (to_exit.median > 0) {
        bench::print_number(to_exit.median);
    } else {
        std::printf("%8s", "-");
    }
}

void print_row(const Contender& contender, const Contender& first) {
    std::printf("%-26s |", contender.name.c_str());
    if (!contender.trials.empty()) {
        const auto whole = milliseconds(contender, &Ipv6Trial::whole);
        const auto own = milliseconds(contender, &Ipv6Trial::without_router);
        print(whole);
        bench::print_number(milliseconds(first, &Ipv6Trial::whole).median / whole.median);
        std::printf(" |");
        bench::print_number(own.median);
        bench::print_number(milliseconds(first, &Ipv6Trial::without_router).median / own.median);
        std::printf(" |");
        bench::print_number(milliseconds(contender, &Ipv6Trial::to_solicitation).median);
        bench::print_number(milliseconds(contender, &Ipv6Trial::to_advertisement).median);
        std::printf(" |");
        print(milliseconds(contender, &Ipv6Trial::to_usable));
        print_exit(contender);
    }
    if (contender.failures > 0)
        std::printf("  %d of %zu runs failed", contender.failures,
                    contender.trials.size() + static_cast<std::size_t>(contender.failures));
    std::printf("\n");
}

void print_table(const std::vector<Contender>& contenders) {
    std::printf("%-26s | %-32s| %-16s| %-16s| ms from the advertisement\n", "", "ms from carrier to usable IPv6",
                "less the router", "ms to ask, answer");
    std::printf(
        "%-26s |  median     low    high    gain |  median    gain |  median  median |  median     low    high"
        "    exit\n",
        "");
    for (const auto& contender : contenders) print_row(contender, contenders.front());
    std::printf(
        "low, high: quartiles. gain: times less than %s. less the router: without the time from the last solicitation "
        "to "
        "the advertisement. ask: from carrier to that solicitation. exit: of clients that end by themselves.\n",
        contenders.front().name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) bench::die("usage: ipv6 INTERFACE ROUNDS CPU NAME_SERVER 'NAME|NAME_FILE|COMMAND'...");
    std::vector<Contender> contenders;
    for (int i = 5; i < argc; ++i) contenders.push_back(parse_contender(argv[i]));
    const auto rounds = std::strtoul(argv[2], nullptr, 10);
    const auto client_cpu =
        std::string_view(argv[3]) == "-" ? std::nullopt : std::optional(std::strtoul(argv[3], nullptr, 10));

    bench::adopt_orphans();
    bench::Ipv6Guest guest(argv[1]);
    std::mt19937 chance;
    for (std::size_t round = 0; round < rounds; ++round) {
        std::vector<std::reference_wrapper<Contender>> order(contenders.begin(), contenders.end());
        std::ranges::shuffle(order, chance);
        for (Contender& contender : order) run(contender, guest, argv[4], client_cpu);
    }
    guest.reset();
    print_table(contenders);
    return std::ranges::any_of(contenders, [](const Contender& each) { return each.failures > 0; }) ? 1 : 0;
}
