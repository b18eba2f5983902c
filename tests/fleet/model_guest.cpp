// SPDX-License-Identifier: Apache-2.0
// The part of a DHCP client that retransmission is about, SELECTING and REQUESTING, with habits of any kind. It renews
// at half of its lease, to the nanosecond.
#include <algorithm>

#include "guest.hpp"
#include "nlinit/dhcp/backoff.hpp"

namespace fleet {
namespace {

using nlinit::dhcp::MessageType;

class ModelGuest final : public Guest {
  public:
    ModelGuest(ClientNumber number, Random random, const Scenario& scenario, const Habits& habits)
        : habits_(habits),
          random_(random),
          number_(number),
          may_rapid_commit_(scenario.rapid_commit),
          renews_(scenario.keep > Duration(0)),
          lease_(scenario.lease) {}

    std::optional<Request> power_on(TimePoint now) override { return discover(now); }

    std::optional<Request> wake(TimePoint now) override {
        if (progress_ == Progress::bound) return wake_bound(now);
        if (progress_ != Progress::trying || now < resend_at_) return std::nullopt;
        ++attempt_;
        if (offered_ && is_tired_of_requesting(now)) return discover(now);
        if (!offered_ && habits_.discovers > 0 && attempt_ >= habits_.discovers) {
            progress_ = Progress::gave_up;
            return std::nullopt;
        }
        schedule_resend(now);
        return message();
    }

    std::optional<Request> take(const Reply& reply, TimePoint now) override {
        if (reply.xid != xid_ || progress_ == Progress::gave_up) return std::nullopt;
        if (progress_ == Progress::bound) {
            if (reply.type == MessageType::ack) hold_lease();
            return std::nullopt;
        }
        if (reply.type == MessageType::offer && !offered_) {
            offered_ = reply.address;
            attempt_ = 0;
            started_at_ = now;
            schedule_resend(now);
            return message();
        }
        const bool answers = offered_ ? reply.address == *offered_ : may_rapid_commit_ && reply.rapid_commit;
        if (reply.type == MessageType::ack && answers) {
            offered_ = reply.address;
            progress_ = Progress::bound;
            hold_lease();
        }
        if (reply.type == MessageType::nak && offered_) return discover(now);
        return std::nullopt;
    }

    [[nodiscard]] TimePoint deadline() const override {
        if (progress_ == Progress::bound && renews_) return std::min(resend_at_, expires_at_);
        return progress_ == Progress::trying ? resend_at_ : nlinit::kNever;
    }
    [[nodiscard]] Progress progress() const override { return progress_; }
    [[nodiscard]] nlinit::Ipv4Address address() const override { return offered_.value_or(nlinit::Ipv4Address()); }

  private:
    std::optional<Request> discover(TimePoint now) {
        xid_ = std::max(random_.word(), std::uint32_t{1});
        progress_ = Progress::trying;
        offered_.reset();
        attempt_ = 0;
        started_at_ = now;
        schedule_resend(now);
        return message();
    }

    // From when it was asked for.
    void hold_lease() {
        expires_at_ = started_at_ + lease_;
        rebind_at_ = started_at_ + lease_ / 8 * 7;
        resend_at_ = started_at_ + lease_ / 2;
    }

    std::optional<Request> wake_bound(TimePoint now) {
        if (!renews_ || now < deadline()) return std::nullopt;
        if (now >= expires_at_) return discover(now);
        const bool rebinding = now >= rebind_at_;
        xid_ = std::max(random_.word(), std::uint32_t{1});
        started_at_ = now;
        resend_at_ = now + nlinit::dhcp::renewal_delay((rebinding ? expires_at_ : rebind_at_) - now,
                                                       rebinding ? lease_ / 8 : lease_ / 8 * 3);
        if (!rebinding) resend_at_ = std::min(resend_at_, rebind_at_);
        return message();
    }

    [[nodiscard]] bool is_tired_of_requesting(TimePoint now) const {
        if (habits_.hold > Duration(0)) return now - started_at_ >= habits_.hold;
        return attempt_ >= habits_.requests;
    }

    void schedule_resend(TimePoint now) {
        resend_at_ = now + habits_.ladder(attempt_, now - started_at_, [this] { return random_.word(); });
    }

    [[nodiscard]] Request message() const {
        if (offered_) return {MessageType::request, false, number_, xid_, *offered_};
        const bool rapid = may_rapid_commit_ && attempt_ < habits_.rapid_commits;
        return {MessageType::discover, rapid, number_, xid_, {}};
    }

    const Habits& habits_;
    Random random_;
    ClientNumber number_;
    bool may_rapid_commit_;
    bool renews_;
    Duration lease_;
    Progress progress_ = Progress::trying;
    std::optional<nlinit::Ipv4Address> offered_;
    std::uint32_t xid_ = 0;
    unsigned attempt_ = 0;
    TimePoint started_at_{}, resend_at_{}, rebind_at_{}, expires_at_{};
};

}  // namespace

std::unique_ptr<Guest> make_model_guest(ClientNumber number, Random random, const Scenario& scenario,
                                        const Habits& habits) {
    return std::make_unique<ModelGuest>(number, random, scenario, habits);
}

}  // namespace fleet
