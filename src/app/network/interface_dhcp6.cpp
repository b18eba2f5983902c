// SPDX-License-Identifier: Apache-2.0
#include "app/network/interface_dhcp6.hpp"

#include <utility>
#include <variant>

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 2s;

}  // namespace

InterfaceDhcp6::InterfaceDhcp6(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link, Settings settings,
                               bool always, std::function<void()> on_change)
    : loop_(loop),
      netlink_(netlink),
      link_(link),
      settings_(std::move(settings)),
      always_(always),
      on_change_(std::move(on_change)),
      patience_timer_(loop.add_timer([this] { on_change_(); })),
      attempt_timer_(loop.add_timer([this] { follow(RouterFlags(flags_)); })) {}

InterfaceDhcp6::~InterfaceDhcp6() {
    for (const auto timer : {patience_timer_, attempt_timer_}) loop_.remove_timer(timer);
}

// Who asks goes on asking: routers of one link need not agree, and what is leased holds whatever they say next. Beside
// addresses comes all the rest, so one who asks for the rest alone gives way to one who asks for addresses. Whom nobody
// answers for a while asks for the rest, where that is all that is to be had: while a link is down the kernel keeps the
// flags of the router before.
void InterfaceDhcp6::follow(const RouterFlags& flags) {
    flags_ = flags;
    const bool for_addresses = always_ || flags.managed;
    if (!for_addresses && !flags.other) return;
    const auto mode = for_addresses ? dhcp6::Mode::stateful : dhcp6::Mode::stateless;
    if (!session_ || (session_->mode() != mode && (for_addresses || is_in_vain()))) start(mode);
}

bool InterfaceDhcp6::is_in_vain() const noexcept {
    return session_->client().lease() == nullptr && BootClock::now() >= attempt_until_;
}

void InterfaceDhcp6::start(dhcp6::Mode mode) {
    if (const auto* known = configuration()) before_ = *known;
    attempt_until_ = BootClock::now() + settings_.client.start_delay + kPatience;
    loop_.arm(attempt_timer_, attempt_until_);
    settings_.client.mode = mode;
    session_ = std::make_unique<dhcp_io::Dhcp6Session>(loop_, netlink_, link_, settings_, [this] {
        if (session_ && session_->client().configuration() != nullptr) before_.reset();
        on_change_();
    });
    session_->read_addresses();
    session_->update(link_);
    begin_patience();
}

// From the moment on at which anybody can be asked.
void InterfaceDhcp6::begin_patience() {
    if (patience_until_ || !link_.carrier) return;
    patience_until_ = BootClock::now() + settings_.client.start_delay + kPatience;
    loop_.arm(patience_timer_, patience_until_);
}

bool InterfaceDhcp6::is_awaited() const noexcept {
    return session_ && !session_->configured_at() && (!patience_until_ || BootClock::now() < *patience_until_);
}

void InterfaceDhcp6::update(const Link& link) {
    const Link before = std::exchange(link_, link);
    if (!session_) return;
    if (before.mac != link.mac) {  // another client to its server
        stop();
        start(session_->mode());
    }
    session_->update(link);
    begin_patience();
}

void InterfaceDhcp6::begin_anew() {
    if (session_) session_->read_addresses();
}

void InterfaceDhcp6::take(const netlink::Ipv6Event& event) {
    const auto* address = std::get_if<netlink::AddressEvent>(&event);
    if (session_ && address != nullptr) session_->update(*address);
}

const dhcp6::Configuration* InterfaceDhcp6::configuration() const noexcept {
    const auto* known = session_ ? session_->client().configuration() : nullptr;
    return known == nullptr && before_ ? &*before_ : known;
}

void InterfaceDhcp6::release_on_stop(bool release) {
    settings_.client.release_on_stop = release;
    if (session_) session_->release_on_stop(release);
}

void InterfaceDhcp6::respect(std::vector<Claim> claims) {
    settings_.claims = claims;
    if (session_) session_->respect(std::move(claims));
}

void InterfaceDhcp6::renew() {
    if (session_) session_->renew();
}

void InterfaceDhcp6::stop() {
    before_.reset();
    attempt_until_ = kNever;  // who is leaving has no successor
    loop_.arm(attempt_timer_, std::nullopt);
    if (session_) session_->stop();
}

}  // namespace nlinit::app
