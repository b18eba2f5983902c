// SPDX-License-Identifier: Apache-2.0
// Measures DHCP clients beside each other in the network namespace that it is started in, which has a server at the
// other end: each in turn, a round at a time, so that what else the machine does meets them all alike; then medians
// over the rounds.
//   measure INTERFACE ROUNDS CPU 'NAME|FLOOR|COMMAND…'…
// CPU is the one that clients run on, which must not be this program's; '-' where there is no such.
// A % in COMMAND becomes 0, 1, 2, 3 by turns: copies of one program. Where the page cache happens to hold a file moves
// a run of a millisecond by several percent, and one copy would be that one draw in every round. FLOOR is the name of
// the contender that the ratio is taken to. The last contender is the one to be replaced, and its FLOOR is that of the
// exchange of four messages.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <string_view>

#include "table.hpp"

namespace {

using bench::Contender;

// Between two runs, for the kernel to finish with the links that went down.
constexpr auto kSettling = std::chrono::milliseconds(50);

constexpr std::size_t kCopies = 4;

Contender parse_contender(std::string_view text) {
    const auto parts = bench::split(text, '|');
    if (parts.size() != 3) bench::die("want NAME|FLOOR|COMMAND, not " + std::string(text));
    return {parts[0], parts[1], bench::split(parts[2], ' '), {}, 0, {}};
}

bench::Command for_round(bench::Command command, std::size_t round) {
    for (auto& word : command) std::ranges::replace(word, '%', static_cast<char>('0' + round % kCopies));
    return command;
}

void make_ready(bench::Guest& guest) {
    guest.reset();
    usleep(std::chrono::microseconds(kSettling).count());
}

void run_round(std::vector<Contender>& contenders, bench::Guest& guest, std::optional<std::size_t> client_cpu,
               std::mt19937& chance, std::size_t round) {
    std::vector<std::reference_wrapper<Contender>> order(contenders.begin(), contenders.end());
    std::ranges::shuffle(order, chance);  // what one leaves to the kernel to tidy up must not always meet the same next
    for (Contender& contender : order) {
        make_ready(guest);
        if (const auto trial = bench::run_timed(for_round(contender.command, round), guest, client_cpu)) {
            contender.trials.push_back(*trial);
        } else {
            ++contender.failures;
        }
    }
}

void count_all(std::vector<Contender>& contenders, bench::Guest& guest) {
    for (auto& contender : contenders) {
        for (std::size_t copy = 0; copy < kCopies; ++copy) {
            make_ready(guest);
            contender.census = bench::run_counted(for_round(contender.command, copy));
        }
    }
    guest.reset();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) bench::die("usage: measure INTERFACE ROUNDS CPU 'NAME|FLOOR|COMMAND'...");
    std::vector<Contender> contenders;
    for (int i = 4; i < argc; ++i) contenders.push_back(parse_contender(argv[i]));
    const auto rounds = std::strtoul(argv[2], nullptr, 10);
    const auto client_cpu =
        std::string_view(argv[3]) == "-" ? std::nullopt : std::optional(std::strtoul(argv[3], nullptr, 10));

    bench::adopt_orphans();
    bench::Guest guest(argv[1]);
    count_all(contenders, guest);  // also the warm-up: programs in the page cache, addresses known to the server
    std::mt19937 chance;
    for (std::size_t round = 0; round < rounds; ++round) run_round(contenders, guest, client_cpu, chance, round);
    guest.reset();
    bench::print_tables(contenders, contenders.back().floor);
    const auto failed = [](const Contender& contender) { return contender.failures > 0 || !contender.census; };
    return std::ranges::any_of(contenders, failed) ? 1 : 0;
}
