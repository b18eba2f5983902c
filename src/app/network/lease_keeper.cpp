// SPDX-License-Identifier: Apache-2.0
#include "app/network/lease_keeper.hpp"

#include <cerrno>
#include <utility>

#include "nlinit/dhcp_io/lease_file.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

constexpr Duration kRepeatAfter = std::chrono::minutes(1);

// A renewal that grants what was there before moves these instants alone.
dhcp::Lease without_instants(dhcp::Lease lease) {
    lease.acquired_at = lease.renew_at = lease.rebind_at = lease.expires_at = {};
    return lease;
}

Result<std::string> as_answer(const Result<>& done) {
    return done.ok() ? Result<std::string>(std::string()) : Result<std::string>(done.error());
}

}  // namespace

void run_errand_here(const std::string& /*key*/, const Errand& errand) {
    errand.on_end(errand.work());
}

void LeaseKeeper::read(const dhcp::LeaseRules& rules, std::function<void(const dhcp::Lease& lease)> on_lease) {
    const auto on_end = [=, this, on_lease = std::move(on_lease),
                         alive = std::weak_ptr(alive_)](const Result<std::string>& text) {
        if (alive.expired() || (!text.ok() && text.error().code == ENOENT)) return;
        const auto lease =
            text.ok() ? dhcp_io::lease_kept_in(path_, *text, holder_, rules) : Result<dhcp::Lease>(text.error());
        if (lease.ok()) return on_lease(*lease);
        log::warning("dhcp", {link_, ": ", to_string(lease.error()), "; DISCOVER asks for any address"});
    };
    run_(path_, {.subject = "read lease file " + path_,
                 .work = [path = path_] { return dhcp_io::read_lease_file(path); },
                 .on_end = on_end});
}

// A lease that is over before it could be renewed is of no use to the next boot.
void LeaseKeeper::keep(const dhcp::Lease* lease) {
    if (lease != nullptr && lease->is_too_short_to_renew()) return;
    if (lease == nullptr && std::exchange(is_removed_, true)) return;
    if (lease != nullptr) is_removed_ = false;
    const TimePoint now = BootClock::now();
    auto wanted = lease == nullptr ? std::nullopt : std::optional(without_instants(*lease));
    if (wanted && wanted == kept_ && now - kept_at_ < kRepeatAfter) return;
    kept_ = std::move(wanted);
    kept_at_ = now;
    const auto work = [path = path_, holder = holder_,
                       lease = lease == nullptr ? std::nullopt : std::optional(*lease)]() -> Result<std::string> {
        return as_answer(lease ? dhcp_io::write_lease_file(path, *lease, holder) : dhcp_io::remove_lease_file(path));
    };
    const auto on_end = [this, alive = std::weak_ptr(alive_)](const Result<std::string>& answer) {
        if (!alive.expired()) on_written(answer);
    };
    run_(path_, {.subject = (lease == nullptr ? "remove lease file " : "write lease file ") + path_,
                 .work = work,
                 .on_end = on_end});
}

// What could not be written is written again by the next renewal, however soon that comes.
void LeaseKeeper::on_written(const Result<std::string>& answer) {
    failure_.reset();
    if (answer.ok()) return;
    kept_.reset();
    is_removed_ = false;
    failure_ = answer.error();
    log::error("dhcp", {link_, ": ", to_string(*failure_)});
}

}  // namespace nlinit::app
