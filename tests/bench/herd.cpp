// SPDX-License-Identifier: Apache-2.0
// A herd of machines that ask for their network at the same moment, on one bridge, with one DHCP server: how many get
// it, when, and what it costs the server. Once with the server there, once with the server coming back after an outage.
// To be started in network, pid and mount namespaces of its own: all of it ends with this process. COUNTs rise.
//   herd COUNT[,COUNT…] OUTAGE_SECONDS ROUNDS FOLDER ADDRESS/LENGTH 'NAME|READY|COMMAND…'… -- 'NAME|COMMAND…'…
// Before the -- servers, with what they print when they serve, after it clients. % in a client's command is the number
// of the machine. FOLDER gets the servers' logs. ADDRESS is the server's.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "herd_run.hpp"

namespace {

using bench::Duration;

struct Client {
    std::string name;
    bench::Command command;
};

struct Plan {
    std::vector<std::size_t> counts;
    Duration outage{};
    int rounds = 1;
    std::string folder, address;
    std::vector<bench::Server::Program> servers;
    std::vector<Client> clients;
};

Plan parse(const std::vector<std::string>& words) {
    const auto dashes = std::ranges::find(words, "--");
    if (words.size() < 6 || dashes == words.end()) bench::die("usage: see the head of herd.cpp");
    Plan plan{{}, std::chrono::seconds(std::stol(words[1])), std::stoi(words[2]), words[3], words[4], {}, {}};
    for (const auto& count : bench::split(words[0], ',')) plan.counts.push_back(std::stoul(count));
    for (auto each = words.begin() + 5; each != dashes; ++each) {
        const auto parts = bench::split(*each, '|');
        if (parts.size() != 3) bench::die("want NAME|READY|COMMAND, not " + *each);
        plan.servers.push_back({parts[0], parts[1], bench::split(parts[2], ' ')});
    }
    for (auto each = dashes + 1; each != words.end(); ++each) {
        const auto parts = bench::split(*each, '|');
        if (parts.size() != 2) bench::die("want NAME|COMMAND, not " + *each);
        plan.clients.push_back({parts[0], bench::split(parts[1], ' ')});
    }
    return plan;
}

// Three or four descriptors for each machine.
void allow_many_files() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max = std::max<rlim_t>(limit.rlim_max, 16384);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) bench::die("allow more open files");
}

// The first process of a pid namespace is ended only by signals that it handles.
void end_on_signals() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, [](int) { _exit(130); });
}

double seconds(Duration duration) {
    return static_cast<double>(duration.count()) / 1e9;
}

// Of values in order of time, for all of them; those that never came are left out.
void print_times(const std::vector<Duration>& times, Duration since) {
    if (times.empty()) {
        std::printf("      -      -      - |");
        return;
    }
    const auto at = [&](std::size_t i) { return seconds(times[i] - since); };
    std::printf(" %6.2f %6.2f %6.2f |", at(times.size() / 2), at((times.size() - 1) * 99 / 100), at(times.size() - 1));
}

void print_header() {
    constexpr const char* kTimes = " median    p99    max |";
    std::printf("%-32s| machines with  |%-22s|%-22s|%-22s| packets to    | its\n", "", " s from start to route",
                " from server to route", " from start to exec");
    std::printf("%-10s %-8s %-12s| route,  twice |%s%s%s    all peak/s |  CPU s\n", "server", "clients", "client",
                kTimes, kTimes, kTimes);
}

void print_row(const std::string& server, bool outage, const std::string& client, std::size_t count,
               const bench::HerdRun& run) {
    std::printf("%-10s %-8s %-12s| %3zu of %3zu %3zu |", server.c_str(), outage ? "outage" : "at once", client.c_str(),
                run.route.size(), count, run.addresses_twice);
    print_times(run.route, Duration::zero());
    print_times(run.server_ready ? run.route : std::vector<Duration>{}, run.server_ready.value_or(Duration::zero()));
    print_times(run.exec, Duration::zero());
    std::printf(" %6zu %6zu | %6.2f\n", run.traffic.packets, run.traffic.peak, seconds(run.server_cpu));
    std::fflush(stdout);
}

void run_scenario(const Plan& plan, Duration outage, bench::BridgedGuests& guests, bench::TrafficCounter& counter) {
    for (const auto& server : plan.servers) {
        const auto log = plan.folder + "/herd_" + server.name + ".log";
        for (const auto& client : plan.clients) {
            for (int i = 0; i < plan.rounds; ++i) {
                const auto run = bench::run_herd(guests, counter, client.command, server, outage, log);
                print_row(server.name, outage != Duration::zero(), client.name, guests.count(), run);
            }
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    end_on_signals();
    allow_many_files();
    const Plan plan = parse({argv + 1, argv + argc});
    bench::BridgedGuests guests(plan.address);
    bench::TrafficCounter counter("br0");
    for (const auto count : plan.counts) {
        const auto begun = bench::now();
        guests.grow(count);
        std::printf("%zu machines, made in %.1f s\n", count, seconds(bench::now() - begun));
        print_header();
        for (const Duration outage : {Duration::zero(), plan.outage}) run_scenario(plan, outage, guests, counter);
    }
}
