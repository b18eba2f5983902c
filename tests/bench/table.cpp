// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "quartiles.hpp"

namespace bench {
namespace {

Quartiles quartiles(const std::vector<Trial>& trials, Duration Trial::*field) {
    std::vector<double> values;
    for (const auto& trial : trials) {
        if ((trial.*field).count() > 0) values.push_back(static_cast<double>((trial.*field).count()) / 1e6);
    }
    return bench::quartiles(std::move(values));
}

double median(const Contender& contender, Duration Trial::*field) {
    return quartiles(contender.trials, field).median;
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

const Contender& named(const std::string& name, const std::vector<Contender>& contenders, const Contender& otherwise) {
    const auto found = std::ranges::find(contenders, name, &Contender::name);
    return found == contenders.end() ? otherwise : *found;
}

void print_from_exec(const std::vector<Contender>& contenders) {
    print_header();
    for (const auto& contender : contenders)
        print_row(contender, named(contender.floor, contenders, contender), contenders.back());
}

void print_from_carrier(const std::vector<Contender>& contenders, const std::string& plain_floor) {
    std::printf("\n%-24s | us from carrier to the default route\n", "");
    std::printf("%-24s |  median     low    high  /floor  /plain\n", "");
    for (const auto& contender : contenders) {
        if (contender.trials.empty()) continue;
        const auto [low, middle, high] = quartiles(contender.trials, &Trial::from_carrier);
        std::printf("%-24s |", contender.name.c_str());
        for (const double value : {middle, low, high}) std::printf("%8.0f", value * 1e3);
        print_number(middle / median(named(contender.floor, contenders, contender), &Trial::from_carrier));
        print_number(middle / median(named(plain_floor, contenders, contender), &Trial::from_carrier));
        std::printf("\n");
    }
}

}  // namespace

void print_tables(const std::vector<Contender>& contenders, const std::string& plain_floor) {
    print_from_exec(contenders);
    print_from_carrier(contenders, plain_floor);
    std::printf(
        "low, high: quartiles. /floor, /plain: times that of the floor with the same exchange, of %s. gain: times less "
        "than %s. RSS: KiB, of the largest.\n",
        plain_floor.c_str(), contenders.back().name.c_str());
}

}  // namespace bench
