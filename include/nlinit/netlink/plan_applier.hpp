// Keeps a link as a plan wants it, a lease's or a fixed one: what is stale there, what was asked for, what the kernel
// refused and when it is asked again.
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
    // families: of which the link is to have what the plans say and nothing else. The other one is left alone.
    // on_change: the kernel was asked, and took or refused it.
    PlanApplier(sys::EventLoop& loop, Socket& socket, const Link& link, RouteOrigin origin,
                std::vector<Family> families, std::function<void()> on_change);
    ~PlanApplier();
    PlanApplier(const PlanApplier&) = delete;
    PlanApplier& operator=(const PlanApplier&) = delete;

    // What is on the link from before, once: at the first plan it goes.
    void read_stale();
    // All of apply() but the asking: the next time takes less.
    void rehearse(const NetworkPlan& plan) const;
    // The link as it is now. Coming up again it gets its routes back.
    void update(const Link& link);
    // Makes the link look like the plan; tries again until the kernel takes it, for a refusal is never final: it may
    // still be busy with the link. Each refusal is said when it comes first, and then counted.
    // Routes that are advice are left out where they are refused, and tried again ever more seldom. An MTU that was a
    // lease's goes with it, or with the first plan after it that has none.
    void apply(NetworkPlan plan);

    // What was applied last, without what is left out.
    [[nodiscard]] const NetworkPlan& plan() const noexcept { return plan_; }
    [[nodiscard]] const std::vector<Error>& failures() const noexcept { return failures_; }  // of the last attempt
    [[nodiscard]] const std::vector<RefusedRoute>& left_out() const noexcept { return left_out_; }  // likewise
    // How often the kernel refused what this sentence says.
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
    std::optional<NetworkPlan> installed_;  // nothing until the link's stale configuration was read
    bool stale_unsaid_ = false;             // what the first plan removes of that has not been said
    std::string mtu_said_;
    NetworkPlan tried_;  // of plans that the kernel took a part of only: what may be there, to be removed
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
