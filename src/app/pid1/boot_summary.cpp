// What a boot says of itself in one line each: the network when it can be used, and how it went when it is done.
#include <algorithm>
#include <string_view>

#include "app/pid1/boot.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

std::string milliseconds(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

template <class Things>
std::string listed(std::string_view before, const Things& things) {
    std::string text;
    for (const auto& thing : things) text.append(text.empty() ? before : ", ").append(thing);
    return text;
}

// "eth0 10.0.2.15/24 via 10.0.2.2, dns 10.0.2.3"; empty where nothing is to be used.
std::string what_can_be_used(const InterfaceSetup& interface, const std::vector<NameServer>& name_servers) {
    const auto* link = interface.link();
    if (link == nullptr) return {};
    if (interface.progress() == Progress::ipv6_only) return interface.describe();
    const auto plan = interface.plan();
    if (interface.progress() != Progress::configured || plan.addresses.empty()) return {};
    std::vector<std::string> addresses, servers;
    for (const auto& address : plan.addresses) addresses.push_back(to_string(address));
    for (const auto& server : name_servers) servers.push_back(server.to_string());
    std::string text = link->name + listed(" ", addresses);
    for (const auto& route : plan.routes) {
        if (route.destination.is_default() && route.gateway) text += " via " + route.gateway->to_string();
    }
    return text + listed(", dns ", servers);
}

}  // namespace

// Again where it is another: a lease of another address, or one that comes back. The time is that of the first.
void Boot::tell_network() {
    const auto& config = boot_config_.config.network;
    const auto* uplink = network_->uplink();
    std::map<std::string, std::string> usable;
    for (const auto& interface : network_->interfaces()) {
        const auto own = interface->plan().name_servers;
        const bool has_own = config.dns_from_lease && !own.empty();
        const auto servers = has_own                     ? own
                             : interface.get() == uplink ? config.name_servers
                                                         : std::vector<NameServer>();
        auto text = what_can_be_used(*interface, servers);
        if (text.empty()) continue;
        const auto& name = interface->link()->name;
        const auto before = usable_.find(name);
        if (before == usable_.end() || before->second != text) {
            const bool is_first = usable_ever_.insert(name).second && interface->configured_at();
            log::info("network",
                      is_first ? text + ", " + milliseconds(*interface->configured_at() - diary_.started_at()) : text);
        }
        usable.emplace(name, std::move(text));
    }
    usable_ = std::move(usable);
}

// Each interface that the boot should have and has not.
std::string Boot::missing_network() const {
    std::string text;
    for (const auto& interface : network_->interfaces()) {
        const auto progress = interface->progress();
        const bool is_settled = progress == Progress::configured || progress == Progress::ipv6_only;
        if (is_settled || interface->wanted().optional) continue;
        text.append(text.empty() ? "" : "; ").append(interface->describe());
    }
    return text;
}

// Whoever sees the console of a machine looks for this one line.
void Boot::tell_how_it_went() {
    if (std::exchange(told_how_it_went_, true)) return;
    const auto failed = log::failures().size();
    const std::string text =
        (payload_due_ ? "done in " : "ended early, after ") + milliseconds(BootClock::now() - diary_.started_at());
    if (failed == 0) {
        log::info("boot", text);
    } else {
        log::summary("boot", text + ", " + std::to_string(failed) + " failed: see nlinit report");
    }
}

// For the report, which has no rooms.
std::vector<std::string> Boot::failures() {
    std::vector<std::string> sentences;
    for (const auto& line : log::failures()) {
        const auto room = line.find(": ");
        sentences.push_back(room == std::string::npos ? line : line.substr(room + 2));
    }
    return sentences;
}

}  // namespace nlinit::app
