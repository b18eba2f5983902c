// Measures DHCP clients beside each other in the network namespace that it is started in, which has a server at the
// other end: each in turn, a round at a time, so that what else the machine does meets them all alike; then medians
// over the rounds.
//   measure INTERFACE ROUNDS 'NAME|FLOOR|COMMAND…'…
// A % in COMMAND becomes 0, 1, 2, 3 by turns: copies of one program. Where the page cache happens to hold a file moves
// a run of a millisecond by several percent, and one copy would be that one draw in every round. FLOOR is the name of
// the contender that the ratio is taken to. The last contender is the one to be replaced.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string_view>

#include "census.hpp"
#include "trial.hpp"

namespace {

using bench::Duration;
using bench::Trial;

// Between two runs, for the kernel to finish with the links that went down.
constexpr auto kSettling = std::chrono::milliseconds(50);

constexpr std::size_t kCopies = 4;

struct Contender {
    std::string name;
    std::string floor;
    bench::Command command;
    std::vector<Trial> trials;
    int failures = 0;
    std::optional<bench::Census> census;

    [[nodiscard]] std::size_t runs() const { return trials.size() + static_cast<std::size_t>(failures); }
};

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0) parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

Contender parse_contender(std::string_view text) {
    const auto parts = split(text, '|');
    if (parts.size() != 3) bench::die("want NAME|FLOOR|COMMAND, not " + std::string(text));
    return {parts[0], parts[1], split(parts[2], ' '), {}, 0, {}};
}

bench::Command for_round(bench::Command command, std::size_t round) {
    for (auto& word : command) std::ranges::replace(word, '%', static_cast<char>('0' + round % kCopies));
    return command;
}

void make_ready(bench::Guest& guest) {
    guest.reset();
    usleep(std::chrono::microseconds(kSettling).count());
}

void run_round(std::vector<Contender>& contenders, bench::Guest& guest, std::mt19937& chance, std::size_t round) {
    std::vector<std::reference_wrapper<Contender>> order(contenders.begin(), contenders.end());
    std::ranges::shuffle(order, chance);  // what one leaves to the kernel to tidy up must not always meet the same next
    for (Contender& contender : order) {
        make_ready(guest);
        if (const auto trial = bench::run_timed(for_round(contender.command, round), guest)) {
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

struct Quartiles {
    double low = 0, median = 0, high = 0;  // milliseconds
};

Quartiles quartiles(const std::vector<Trial>& trials, Duration Trial::*field) {
    std::vector<double> values;
    for (const auto& trial : trials) values.push_back(static_cast<double>((trial.*field).count()) / 1e6);
    std::ranges::sort(values);
    if (values.empty()) return {};
    return {values[values.size() / 4], values[values.size() / 2], values[values.size() * 3 / 4]};
}

double median(const Contender& contender, Duration Trial::*field) {
    return quartiles(contender.trials, field).median;
}

// Three digits, as far as they fit.
void print_number(double value) {
    std::printf("%8.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
}

void print_ratios(double value, double floor, double replaced) {
    print_number(value / floor);
    print_number(replaced / value);
    std::printf(" |");
}

void print_time(const Contender& contender, const Contender& floor, const Contender& replaced, Duration Trial::*field) {
    const double value = median(contender, field);
    print_number(value);
    print_ratios(value, median(floor, field), median(replaced, field));
}

void print_route(const Contender& contender, const Contender& floor, const Contender& replaced) {
    const auto [low, middle, high] = quartiles(contender.trials, &Trial::to_route);
    for (const double value : {middle, low, high}) print_number(value);
    print_ratios(middle, median(floor, &Trial::to_route), median(replaced, &Trial::to_route));
}

void print_row(const Contender& contender, const Contender& floor, const Contender& replaced) {
    std::printf("%-24s |", contender.name.c_str());
    if (!contender.trials.empty() && contender.census) {
        const auto& census = *contender.census;
        print_route(contender, floor, replaced);
        print_time(contender, floor, replaced, &Trial::to_exit);
        print_time(contender, floor, replaced, &Trial::cpu);
        std::printf("%6ld%6ld%6ld%6ld", census.system_calls, census.processes, census.execs, census.peak_rss_kib);
    }
    if (contender.failures > 0) std::printf("  %d of %zu runs failed", contender.failures, contender.runs());
    if (!contender.census) std::printf("  failed under ptrace");
    std::printf("\n");
}

void print_header() {
    constexpr const char* kRatios = "  /floor    gain |";
    std::printf("%-24s |%-41s|%-25s|%-25s| what it does\n", "", " ms from exec to the default route", " ms to the exit",
                " ms of CPU");
    std::printf("%-24s |  median     low    high%s  median%s  median%s calls procs execs   RSS\n", "", kRatios, kRatios,
                kRatios);
}

void print_table(const std::vector<Contender>& contenders) {
    print_header();
    for (const auto& contender : contenders) {
        const auto floor = std::ranges::find(contenders, contender.floor, &Contender::name);
        print_row(contender, floor == contenders.end() ? contender : *floor, contenders.back());
    }
    std::printf(
        "low, high: quartiles. /floor: times the floor's. gain: times less than %s. RSS: KiB, of the largest.\n",
        contenders.back().name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) bench::die("usage: measure INTERFACE ROUNDS 'NAME|FLOOR|COMMAND'...");
    std::vector<Contender> contenders;
    for (int i = 3; i < argc; ++i) contenders.push_back(parse_contender(argv[i]));
    const auto rounds = std::strtoul(argv[2], nullptr, 10);

    bench::adopt_orphans();
    bench::Guest guest(argv[1]);
    count_all(contenders, guest);  // also the warm-up: programs in the page cache, addresses known to the server
    std::mt19937 chance;
    for (std::size_t round = 0; round < rounds; ++round) run_round(contenders, guest, chance, round);
    guest.reset();
    print_table(contenders);
    const auto failed = [](const Contender& contender) { return contender.failures > 0 || !contender.census; };
    return std::ranges::any_of(contenders, failed) ? 1 : 0;
}
