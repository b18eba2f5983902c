// SPDX-License-Identifier: Apache-2.0
// Keeps a link configured as a plan wants it, the plan of a lease or a fixed one: removes stale configuration,
// remembers which requests the kernel has refused, and sends those again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/configurator.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::netlink {

class PlanApplier {
  public:
    // families: in these the link gets the plan's addresses and default routes and no others. Other families are left
    // alone. on_change: called when the kernel has accepted or refused a plan.
    PlanApplier(sys::EventLoop& loop, Socket& socket, const Link& link, RouteOrigin origin,
                std::vector<Family> families, std::function<void()> on_change);
    ~PlanApplier();
    PlanApplier(const PlanApplier&) = delete;
    PlanApplier& operator=(const PlanApplier&) = delete;

    // Reads, once, the configuration that is on the link from before; the first plan removes it.
    void read_stale();
    // Runs the code of apply() without sending the requests, so that the real call takes less time.
    void rehearse(const NetworkPlan& plan) const;
    // Takes over the link's present state. A link that comes up again gets its routes back.
    void update(const Link& link);
    // Makes the link look like the plan; tries again until the kernel accepts it. No refusal is final, because the
    // kernel may still be busy with the link. Each refusal is logged the first time and then counted. Refused routes
    // that are advice are left out, and tried again at growing intervals. The MTU of a lease is reset when the lease
    // ends, or with the first later plan that has no MTU.
    void apply(NetworkPlan plan);

    // The plan that was applied last, without the routes that were left out.
    [[nodiscard]] const NetworkPlan& plan() const noexcept { return plan_; }
    [[nodiscard]] const std::vector<Error>& failures() const noexcept { return failures_; }  // of the last attempt
    [[nodiscard]] const std::vector<RefusedRoute>& left_out() const noexcept { return left_out_; }  // likewise
    // How often the kernel has refused a request with this error.
    [[nodiscard]] std::uint64_t refusals_of(const Error& error) const;
    [[nodiscard]] std::optional<TimePoint> first_applied_at() const noexcept { return first_applied_at_; }

  private:
    struct Refusal {
        std::string what;
        std::uint64_t times = 0;
    };

    void attempt(const NetworkPlan& wanted);
    void try_again();
    void take_over(const NetworkPlan& wanted);
    void remember_failed_plan();
    void remove_what_was_in_place_of(const std::vector<RefusedRoute>& routes);
    void arm_next_attempt();
    void note_mtu(bool taken_back);
    [[nodiscard]] bool is_left_out(const Route& route) const;
    [[nodiscard]] std::vector<std::string> refused() const;
    [[nodiscard]] std::optional<std::uint16_t> mtu_to_take_back();
    void tell_of_refusals();
    void tell_of_mtu(const NetworkPlan& wanted);
    void tell_of_stale(const NetworkPlan& wanted);
    [[nodiscard]] NetworkPlan wanted_now() const;
    [[nodiscard]] NetworkPlan current() const;

    sys::EventLoop& loop_;
    Configurator configurator_;
    Link link_;
    RouteOrigin origin_;
    std::vector<Family> families_;
    std::function<void()> on_change_;
    sys::EventLoop::TimerId timer_;
    std::optional<NetworkPlan> installed_;  // empty until the link's stale configuration was read
    bool stale_unsaid_ = false;             // the log does not say yet what the first plan removes of it
    std::string mtu_said_;
    // Addresses and routes of a plan that the kernel accepted in part: they may be there, and are to be removed.
    NetworkPlan tried_;
    NetworkPlan wanted_, plan_;
    TimePoint planned_at_{};
    std::vector<Error> failures_;
    std::vector<RefusedRoute> left_out_;
    std::vector<Refusal> refusals_;
    struct ChangedMtu {
        std::uint32_t before, now;
        bool is_advice;
    };
    std::optional<ChangedMtu> changed_mtu_;
    Duration delay_{};
    unsigned attempts_ = 0;  // at the plan
    std::optional<TimePoint> first_applied_at_;
};

}  // namespace nlinit::netlink
