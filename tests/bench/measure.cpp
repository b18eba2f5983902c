// Measures DHCP clients beside each other in a network namespace that has a server at the other end: each in turn, a
// round at a time, so that what else the machine does meets them all alike; then medians over the rounds.
//   measure NETNS INTERFACE ROUNDS 'NAME|FLOOR|COMMAND…'…
// FLOOR is the name of the contender that the ratio is taken to. The last contender is what the others replace.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "census.hpp"
#include "trial.hpp"

namespace {

using bench::Duration;
using bench::Trial;

// Between two runs, for the kernel to finish with the links that went down.
constexpr auto kSettling = std::chrono::milliseconds(50);

struct Contender {
    std::string name;
    std::string floor;
    bench::Command command;
    std::vector<Trial> trials;
    int failures = 0;
    std::optional<bench::Census> census;
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

void make_ready(bench::Guest& guest) {
    guest.reset();
    usleep(std::chrono::microseconds(kSettling).count());
}

void run_round(std::vector<Contender>& contenders, bench::Guest& guest, std::size_t first) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        auto& contender = contenders[(first + i) % contenders.size()];
        make_ready(guest);
        if (const auto trial = bench::run_timed(contender.command, guest)) {
            contender.trials.push_back(*trial);
        } else {
            ++contender.failures;
        }
    }
}

void count_all(std::vector<Contender>& contenders, bench::Guest& guest) {
    for (auto& contender : contenders) {
        make_ready(guest);
        contender.census = bench::run_counted(contender.command);
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

void print_time(const Contender& contender, const Contender& floor, const Contender& replaced, Duration Trial::*field) {
    const auto [low, middle, high] = quartiles(contender.trials, field);
    std::printf(" |%8.2f %7.2f-%-7.2f%6.2f%7.1f", middle, low, high, middle / median(floor, field),
                median(replaced, field) / middle);
}

void print_row(const Contender& contender, const Contender& floor, const Contender& replaced) {
    std::printf("%-26s", contender.name.c_str());
    if (contender.trials.empty()) {
        std::printf(" | never succeeded\n");
        return;
    }
    for (const auto field : {&Trial::to_route, &Trial::to_exit, &Trial::cpu})
        print_time(contender, floor, replaced, field);
    const auto census = contender.census.value_or(bench::Census{});
    std::printf(" |%7ld%6ld%6ld%7ld", census.system_calls, census.processes, census.execs, census.peak_rss_kib);
    if (contender.failures > 0) std::printf("  %d runs failed", contender.failures);
    std::printf("\n");
}

void print_table(const std::vector<Contender>& contenders) {
    const std::string columns = " |  median   quartiles  /floor  gain";
    std::printf("%-26s | %-35s| %-35s| %-35s|\n", "milliseconds from exec", "to the default route", "to the exit",
                "CPU time");
    std::printf("%-26s%s%s%s |  calls procs execs RSS KiB\n", "", columns.c_str(), columns.c_str(), columns.c_str());
    for (const auto& contender : contenders) {
        const auto floor = std::ranges::find(contenders, contender.floor, &Contender::name);
        print_row(contender, floor == contenders.end() ? contender : *floor, contenders.back());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) bench::die("usage: measure NETNS INTERFACE ROUNDS 'NAME|FLOOR|COMMAND'...");
    std::vector<Contender> contenders;
    for (int i = 4; i < argc; ++i) contenders.push_back(parse_contender(argv[i]));
    const std::string_view text = argv[3];
    std::size_t rounds = 0;
    std::from_chars(text.data(), text.data() + text.size(), rounds);

    bench::adopt_orphans();
    bench::Guest guest(argv[1], argv[2]);
    count_all(contenders, guest);  // also the warm-up: programs in the page cache, addresses known to the server
    for (std::size_t round = 0; round < rounds; ++round) run_round(contenders, guest, round % contenders.size());
    guest.reset();
    print_table(contenders);
    const auto failed = [](const Contender& contender) { return contender.failures > 0 || !contender.census; };
    return std::ranges::any_of(contenders, failed) ? 1 : 0;
}
