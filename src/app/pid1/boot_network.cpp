// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_network.hpp"

#include <string>
#include <utility>

#include "app/network/dhcp_settings.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

std::string in_words(const NetworkSetup::Changes& changes) {
    const auto [added, changed, removed] = changes;
    if (added + changed + removed == 0) return "no interface is to be changed";
    return concat({"interfaces: ", std::to_string(added), " added, ", std::to_string(changed), " changed, ",
                   std::to_string(removed), " removed"});
}

}  // namespace

BootNetwork::BootNetwork(BootContext& context, std::function<void()> on_change)
    : context_(context),
      on_change_(std::move(on_change)),
      lease_files_(context.quiet_errands),
      files_(context),
      summary_(context.diary),
      limit_timer_(context.loop.add_timer([this] { end_wait(); })),
      link_timer_(context.loop.add_timer([this] { look(); })),
      look_timer_(context.loop.add_timer([this] { look(); })) {}

BootNetwork::~BootNetwork() {
    for (const auto timer : {limit_timer_, link_timer_, look_timer_}) context_.loop.remove_timer(timer);
}

void BootNetwork::start() {
    // From an initramfs it is under way when the root's configuration is read.
    const char* step = setup_ ? "follow the root's configuration of the network" : "start the network";
    if (!setup_) setup_ = std::make_unique<NetworkSetup>(context_.loop, [this] { changed(); });
    const auto& network = context_.config().network;
    setup_->wish(network);
    context_.attempt(step, [&]() -> Result<> {
        const auto started = setup_->change(network.interfaces, dhcp_settings_now());
        return started.ok() ? Result<>() : Result<>(started.error());
    });
    changed();
}

DhcpSettings BootNetwork::dhcp_settings_now() {
    auto settings = dhcp_settings(context_.config());
    settings.run_errand = [this](const std::string& path, Errand errand) { lease_files_.run(path, std::move(errand)); };
    return settings;
}

void BootNetwork::begin_files() {
    lease_files_.release();
    changed();
}

void BootNetwork::wait(std::function<void()> done) {
    const auto& network = context_.config().network;
    if (network.interfaces.empty()) return done();
    if (auto following = setup_->follow_links(); !following.ok()) log::error("net", to_string(following.error()));
    context_.loop.arm(limit_timer_, context_.diary.started_at() + network.timeout);
    if (!network.wait) return done();
    done_ = std::move(done);
    waiting_since_ = BootClock::now();
    context_.loop.arm(link_timer_, context_.diary.started_at() + network.link_timeout);
    look();
}

void BootNetwork::stop_waiting() noexcept {
    waiting_since_.reset();
    for (const auto timer : {limit_timer_, link_timer_, look_timer_}) context_.loop.arm(timer, std::nullopt);
}

// When its links change or their time is over.
void BootNetwork::look() {
    if (!waiting_since_) return;
    const auto link_deadline = context_.diary.started_at() + context_.config().network.link_timeout;
    if (setup_->is_decided(BootClock::now() >= link_deadline)) end_wait();
}

// The network is as it should be, or its time is over. One that nobody waits for is looked for all the same.
void BootNetwork::end_wait() {
    if (!waiting_since_) return tell_of_missing();
    const TimePoint since = *waiting_since_;
    stop_waiting();
    tell_of_unmet_wishes();
    std::optional<Error> error;
    const bool is_settled = setup_->is_settled();
    if (!is_settled) error = Error{0, missing_interfaces(*setup_) + "; the boot goes on, and so does the network"};
    context_.attempt.record({.step = "wait for the network",
                             .started_at = since,
                             .ended_at = BootClock::now(),
                             .importance = Importance::ordinary,
                             .error = std::move(error)});
    if (!is_settled) tell_of_what_is_there();
    std::exchange(done_, nullptr)();
}

void BootNetwork::tell_of_what_is_there() {
    if (context_.is_ending) return;  // what is left when a lease has been given back is no news
    const bool waits = waiting_since_ || !lease_files_.is_released();
    summary_.tell(*setup_, context_.config().network, waits);
}

void BootNetwork::tell_of_unmet_wishes() const {
    for (const auto& sentence : setup_->unmet_wishes()) log::error("net", sentence);
}

void BootNetwork::tell_of_missing() const {
    tell_of_unmet_wishes();
    if (const auto missing = missing_interfaces(*setup_); !missing.empty())
        log::error("net", {missing, "; it is tried on"});
}

void BootNetwork::change(config::Network wanted) {
    auto& network = context_.boot_config.config.network;
    const bool other_servers =
        wanted.name_servers != network.name_servers || wanted.search_domains != network.search_domains;
    const bool had_servers = !network.name_servers.empty();
    network = std::move(wanted);
    setup_->wish(network);
    const auto changes = setup_->change(network.interfaces, dhcp_settings_now());
    if (changes.ok()) {
        log::info("net", in_words(*changes));
    } else {
        log::error("net", to_string(changes.error()));
    }
    // Servers that the config has no more go as well; those of a lease take their place next.
    if (other_servers && (had_servers || !network.name_servers.empty()))
        files_.name_servers_are(network.name_servers, network.search_domains);
    changed();  // once, of all of it
}

void BootNetwork::changed() {
    if (!setup_) return;
    tell_of_what_is_there();
    // By a turn of the loop: whoever tells of the change has not done yet.
    if (waiting_since_) context_.loop.arm(look_timer_, BootClock::now());
    if (lease_files_.is_released()) files_.follow(*setup_);
    on_change_();
}

void BootNetwork::stop() {
    if (setup_) setup_->stop();
}

}  // namespace nlinit::app
