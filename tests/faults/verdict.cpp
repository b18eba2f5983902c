// SPDX-License-Identifier: Apache-2.0
#include "verdict.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include "reasons.hpp"

namespace nlinit::faults {
namespace {

// Lines that complain: a warning or worse, or a debug line that says an error's name.
std::vector<std::string> complaints(const Outcome& outcome, const Fault& fault) {
    std::vector<std::string> found;
    std::istringstream lines(outcome.log);
    for (std::string line; std::getline(lines, line);) {
        const bool warns = line.size() > 1 && line[0] == '<' && line[1] <= '4';
        if (warns || !line.starts_with("<") || line.find(std::strerror(fault.code)) != std::string::npos)
            found.push_back(line);
    }
    return found;
}

std::vector<std::string> new_complaints(const Outcome& without, const Outcome& with, const Fault& fault) {
    std::set<std::string> usual;
    for (const auto& line : complaints(without, fault)) usual.insert(without_numbers(line));
    std::vector<std::string> found;
    for (auto& line : complaints(with, fault)) {
        if (!usual.contains(without_numbers(line))) found.push_back(std::move(line));
    }
    return found;
}

// Where an effect comes from, as the log has it; what depends on another step is lost with that.
struct Origin {
    std::string_view effect, named;
};
constexpr std::array kOrigins{
    Origin{"directory /var/cache/program", "/etc/nlinit.toml"},
    Origin{"file /etc/daemon.json", "/etc/nlinit.toml"},
    Origin{"file /etc/hosts", "/etc/nlinit.toml"},
    Origin{"file /etc/resolv.conf", "/etc/nlinit.toml"},
    Origin{"file /proc/sys/kernel/hostname", "/etc/nlinit.toml"},
    Origin{"file /proc/sys/net/ipv4/ip_default_ttl", "/etc/nlinit.toml"},
    Origin{"limit nofile", "/etc/nlinit.toml"},
    Origin{"link /etc/localtime", "/etc/nlinit.toml"},
    Origin{"file /proc/sys/kernel/hostname", "host name"},
    Origin{"file /proc/sys/net/ipv4/ip_forward", "ip_forward"},
    Origin{"file /proc/sys/net/ipv4/ip_default_ttl", "ip_default_ttl"},
    Origin{"file /proc/self/cgroup", "cgroup"},
    Origin{"mount /sys/fs/cgroup", "cgroup"},
    Origin{"file /etc/hosts", "host name"},
    Origin{"file /etc/resolv.conf", "the network"},
    Origin{"route ", "the network"},
    Origin{"limit nofile", "nofile"},
    Origin{"payload's home", "/etc/passwd"},
    Origin{"payload's", "run /bin/sh"},
    Origin{"payload's", "payload"},
    Origin{"report", "boot.json"},
    Origin{"report", "/run/nlinit"},
};

bool is_told(const std::string& effect, const std::vector<std::string>& lines) {
    const auto says = [&](std::string_view word) {
        return std::any_of(lines.begin(), lines.end(),
                           [&](const auto& line) { return line.find(word) != std::string::npos; });
    };
    const auto path = effect.find('/');
    if (path != std::string::npos && says(std::string_view(effect).substr(path))) return true;
    return std::any_of(kOrigins.begin(), kOrigins.end(),
                       [&](const Origin& origin) { return effect.starts_with(origin.effect) && says(origin.named); });
}

// PID 1 may say that a program was started before the child says that it cannot be run.
bool has_started(const Outcome& outcome) {
    return outcome.log.find("payload: started") != std::string::npos &&
           outcome.log.find("payload: run ") == std::string::npos;
}

// A payload that has not been started sees nothing; then this is what has to be told.
std::string first_untold_loss(const Outcome& without, const Outcome& with, const std::vector<std::string>& lines) {
    if (with.effects.size() <= 1 && !has_started(with))
        return is_told("payload's", lines) ? "" : "the payload was not started, and nothing says why";
    for (const auto& [effect, value] : without.effects) {
        const auto there = with.effects.find(effect);
        if (there != with.effects.end() && there->second == value) continue;
        if (!is_told(effect, lines)) return "untold: " + effect;
    }
    return "";
}

std::string end_of(const Outcome& outcome) {
    if (outcome.log.find("crash:") != std::string::npos) return "it crashed";
    if (outcome.end == SIGINT) return "";
    if (outcome.end == -1) return stays(outcome.log) ? "" : std::string(kHangs);
    return outcome.end == 0 ? "it exited" : "it was ended by signal " + std::to_string(outcome.end);
}

// The one loss of which nothing is to be said.
bool may_be_absent(std::string_view path) {
    // passwd and group are reached part by part, and so by their last names.
    constexpr std::array<std::string_view, 3> kOptional{"/etc/nlinit.toml", "passwd", "group"};
    return std::find(kOptional.begin(), kOptional.end(), path) != kOptional.end();
}

}  // namespace

std::string without_numbers(std::string_view text) {
    std::string rest;
    for (const char letter : text) {
        if (letter < '0' || letter > '9') rest += letter;
    }
    return rest;
}

Judgement judge(const Outcome& without, const Outcome& with, const Fault& fault) {
    if (!with.record.hit) return {Verdict::not_reached, ""};
    if (auto wrong = end_of(with); !wrong.empty()) return {Verdict::wrong, wrong};
    const auto lines = new_complaints(without, with, fault);
    if (fault.code == ENOENT && may_be_absent(with.record.hit_at))
        return {Verdict::silent, "an image may be without it"};
    auto lost = first_untold_loss(without, with, lines);
    // passwd is reached part by part, the first by its path or from the root's descriptor.
    const bool is_etc = with.record.hit_at == "/etc" || with.record.hit_at == "etc";
    if (fault.code == ENOENT && is_etc && lost == "untold: payload's home")
        return {Verdict::silent, "an image may be without it"};
    if (!lost.empty()) return {Verdict::wrong, lost};
    if (!lines.empty()) return {Verdict::told, lines.front()};
    const auto reason = reason_for_silence(fault.call, fault.code, with.record.hit_at);
    if (reason.empty()) return {Verdict::wrong, "survived, but nothing is said of it"};
    return {Verdict::silent, std::string(reason)};
}

}  // namespace nlinit::faults
