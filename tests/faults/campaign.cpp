// SPDX-License-Identifier: Apache-2.0
#include "campaign.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "guest_trial.hpp"
#include "netsetup_trial.hpp"
#include "permanent.hpp"
#include "system_calls.hpp"
#include "verdict.hpp"

namespace nlinit::faults {
namespace {

namespace fs = std::filesystem;

struct Trial {
    Fault fault;
    Place place;
    Judgement judgement;
};

using Run = std::function<void(const Fault& fault, const std::string& folder)>;

std::string text_of(const Trial& trial) {
    const auto* call = find_call(trial.fault.call);
    return std::string(call->name) + " #" + std::to_string(trial.fault.nth) +
           (trial.fault.child != 0 ? " (child " + std::to_string(trial.fault.child) + ")" : "") + ' ' +
           std::string(trial.fault.code == 0 ? "SIGKILL" : error_name(trial.fault.code)) + ' ' + trial.place.argument;
}

pid_t start(const Run& run, const Fault& fault, const std::string& folder) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    const int log = ::open((folder + "/errors").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    try {
        run(fault, folder);
        std::fflush(nullptr);
        ::_exit(0);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "<2>trial: %s\n", error.what());
        std::fflush(nullptr);
    }
    ::_exit(1);
}

Outcome run_once(const Run& run, const std::string& folder) {
    const pid_t pid = start(run, Fault{}, folder);
    ::waitpid(pid, nullptr, 0);
    return read_outcome(folder);
}

// One error each, by turns among the calls for the same thing: all errors of a call are tried where there are places
// enough, and a call more or less before it, which is a matter of time, gives no place another error.
std::vector<Trial> trials_for(const std::vector<Place>& places, const Settings& settings, bool kill) {
    std::vector<Trial> trials;
    std::map<std::pair<long, std::string>, std::size_t> turns;
    for (const auto& place : places) {
        const auto* call = find_call(place.call);
        if (call == nullptr) {
            std::printf("no row for system call %ld (%s)\n", place.call, place.argument.c_str());
            std::exit(1);
        }
        if (!settings.only.empty() && settings.only != call->name) continue;
        const auto add = [&](int code) {
            trials.push_back({Fault{place.call, place.nth, code, place.child}, place, {}});
        };
        if (kill) {
            add(0);
        } else if (settings.all) {
            for (const int code : call->errors) add(code);
        } else if (!call->errors.empty()) {
            const auto argument = without_numbers(place.argument);
            auto& turn = turns.try_emplace({place.call, argument}, std::hash<std::string>{}(argument)).first->second;
            add(call->errors[turn++ % call->errors.size()]);
        }
    }
    return trials;
}

// What is wrong with a trial is told, and its folder kept.
void keep_if_wrong(const Trial& trial, std::size_t number, const std::string& folder, const std::string& slot) {
    if (trial.judgement.verdict != Verdict::wrong) return;
    const auto kept = folder + "/wrong/" + std::to_string(number);
    fs::create_directories(folder + "/wrong");
    fs::remove_all(kept);
    fs::rename(slot, kept);
    std::printf("WRONG %s: %s (%s)\n", text_of(trial).c_str(), trial.judgement.why.c_str(), kept.c_str());
    std::fflush(stdout);
}

// `jobs` at a time, each in a folder of its own. What hangs is tried again alone. All network namespaces of a machine
// share one lock (RTNL): whoever takes some of them down can hold it for longer than a trial may last, and then all
// trials of that moment wait in their sysctls and rtnetlink requests. What hangs because of its fault hangs again.
template <class Judge>
void run_trials(std::vector<Trial>& trials, const Settings& settings, const std::string& folder, const Run& run,
                const Judge& judge) {
    std::map<pid_t, std::pair<Trial*, std::string>> running;
    std::vector<std::string> free;
    std::vector<Trial*> hanging;
    const auto number_of = [&](const Trial& trial) { return static_cast<std::size_t>(&trial - trials.data()); };
    for (std::size_t i = 0; i < settings.jobs; ++i) free.push_back(folder + "/" + std::to_string(i));
    auto next = trials.begin();
    while (next != trials.end() || !running.empty()) {
        if (next != trials.end() && !free.empty()) {
            const auto slot = free.back();
            free.pop_back();
            running[start(run, next->fault, slot)] = {&*next, slot};
            ++next;
            continue;
        }
        const pid_t pid = ::waitpid(-1, nullptr, 0);
        const auto ended = running.find(pid);
        if (ended == running.end()) continue;
        auto& [trial, slot] = ended->second;
        trial->judgement = judge(*trial, slot);
        if (trial->judgement.why == kHangs) {
            hanging.push_back(trial);
        } else {
            keep_if_wrong(*trial, number_of(*trial), folder, slot);
        }
        free.push_back(slot);
        running.erase(ended);
    }
    for (auto* trial : hanging) {
        const auto slot = folder + "/again";
        std::printf("again: %s\n", text_of(*trial).c_str());
        const pid_t pid = start(run, trial->fault, slot);
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
        trial->judgement = judge(*trial, slot);
        keep_if_wrong(*trial, number_of(*trial), folder, slot);
    }
}

struct Row {
    std::set<std::string> errors;
    std::set<std::pair<unsigned, unsigned>> places;
    std::map<Verdict, std::size_t> count;
};

bool print_table(const std::vector<Trial>& trials, std::string_view scenario) {
    std::map<std::string, Row> rows;
    Row total;
    for (const auto& trial : trials) {
        auto& row = rows[std::string(find_call(trial.fault.call)->name)];
        row.errors.emplace(trial.fault.code == 0 ? "SIGKILL" : error_name(trial.fault.code));
        row.places.emplace(trial.fault.child, trial.fault.nth);
        ++row.count[trial.judgement.verdict];
        ++total.count[trial.judgement.verdict];
    }
    std::printf("%-16s %6s %8s %6s %7s %6s  %s\n", std::string(scenario).c_str(), "places", "survived", "told",
                "silent", "wrong", "errors");
    const auto print = [](const std::string& name, std::size_t places, Row& row, const std::string& errors) {
        const auto survived = row.count[Verdict::told] + row.count[Verdict::silent];
        std::printf("%-16s %6zu %4zu/%-4zu %5zu %7zu %6zu  %s\n", name.c_str(), places, survived,
                    survived + row.count[Verdict::wrong], row.count[Verdict::told], row.count[Verdict::silent],
                    row.count[Verdict::wrong], errors.c_str());
    };
    std::size_t places = 0;
    for (auto& [name, row] : rows) {
        std::string errors;
        for (const auto& error : row.errors) errors += (errors.empty() ? "" : " ") + error;
        places += row.places.size();
        print(name, row.places.size(), row, errors);
    }
    print("all", places, total, "");
    if (total.count[Verdict::not_reached] > 0)
        std::printf("not reached in the run that was to fail there: %zu\n", total.count[Verdict::not_reached]);
    std::fflush(stdout);
    return total.count[Verdict::wrong] == 0;
}

bool guest_campaign(const Settings& settings, Scenario scenario, std::string_view name) {
    const std::string folder = settings.folder + "/" + std::string(name);
    fs::remove_all(folder);
    prepare_guests();
    const Run run = [&](const Fault& fault, const std::string& slot) {
        run_guest(settings.program, scenario, fault, slot);
    };
    const auto without = run_once(run, folder + "/without");
    std::vector<Place> places;
    std::size_t library = 0;
    for (const auto& place : without.record.places) {
        library += !place.in_main;
        if (place.in_main && (scenario == Scenario::boot || place.has_payload)) places.push_back(place);
    }
    std::printf("%s: %zu calls, %zu of them made by the C library before main(); %zu effects\n",
                std::string(name).c_str(), without.record.places.size(), library, without.effects.size());
    auto trials = trials_for(places, settings, false);
    run_trials(trials, settings, folder, run, [&](const Trial& trial, const std::string& slot) {
        return judge(without, read_outcome(slot), trial.fault);
    });
    return print_table(trials, name) && without.end == SIGINT && !places.empty();
}

bool netsetup_campaign(const Settings& settings, std::string_view name) {
    const std::string folder = settings.folder + "/" + std::string(name);
    fs::remove_all(folder);
    const Run run = [&](const Fault& fault, const std::string& slot) {
        run_netsetup_twice(settings.program, fault, slot);
    };
    const auto without = run_once(run, folder + "/without");
    std::printf("%s: %zu calls\n", std::string(name).c_str(), without.record.places.size());
    auto trials = trials_for(without.record.places, settings, true);
    run_trials(trials, settings, folder, run,
               [&](const Trial&, const std::string& slot) { return judge_second_run(without, read_outcome(slot)); });
    const auto exit = without.effects.find("exit");
    return print_table(trials, name) && exit != without.effects.end() && exit->second == "0" && !trials.empty();
}

// Lines `NAME NUMBER ERROR CODE`, and `excluded NAME REASON`: tests/vm/faults.sh boots a machine for each of the first.
bool list_permanent(const Settings& settings) {
    const auto boot = run_once(
        [&](const Fault& fault, const std::string& slot) { run_guest(settings.program, Scenario::boot, fault, slot); },
        settings.folder + "/list");
    std::set<long> excluded;
    for (const auto& place : boot.record.places) {
        const auto why = reason_for_exclusion(place.call);
        if (!why.empty() && excluded.insert(place.call).second)
            std::printf("excluded %s %s\n", find_call(place.call)->name.data(), std::string(why).c_str());
    }
    for (const auto& fault : permanent_faults(boot.record.places)) {
        std::printf("%s %ld %s %d\n", find_call(fault.call)->name.data(), fault.call, error_name(fault.code).data(),
                    fault.code);
    }
    return boot.end == SIGINT && !boot.record.places.empty();
}

}  // namespace

bool run_campaign(const Settings& settings, std::string_view scenario) {
    if (scenario == "boot") return guest_campaign(settings, Scenario::boot, scenario);
    if (scenario == "after") return guest_campaign(settings, Scenario::after, scenario);
    if (scenario == "netsetup") return netsetup_campaign(settings, scenario);
    if (scenario == "list") return list_permanent(settings);
    std::fprintf(stderr, "unknown scenario\n");
    return false;
}

}  // namespace nlinit::faults
