// SPDX-License-Identifier: Apache-2.0
// A boot's network: started before the plan is carried out, waited for after it, and followed from then on.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "app/network/network_setup.hpp"
#include "app/pid1/boot_context.hpp"
#include "app/pid1/deferred_errands.hpp"
#include "app/pid1/network_files.hpp"
#include "app/pid1/network_summary.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class BootNetwork {
  public:
    // on_change: something that others may wait for, or that a report shows.
    BootNetwork(BootContext& context, std::function<void()> on_change);
    ~BootNetwork();
    BootNetwork(const BootNetwork&) = delete;
    BootNetwork& operator=(const BootNetwork&) = delete;

    // As the configuration says. Twice where the image's, which is read after the switch of the root, says otherwise
    // than the initramfs's.
    void start();
    // Files may be written: the plan's mounts are there.
    void begin_files();
    // For all interfaces that are not optional, up to the time limit; for those of them that are not there at all, up
    // to theirs. Afterwards links are followed.
    void wait(std::function<void()> done);
    void stop_waiting() noexcept;
    // To another configuration, by difference. Whoever looks at the network sees it before the change, or after all of
    // it.
    void change(config::Network wanted);
    void stop();  // leases are released where that is wanted
    [[nodiscard]] bool is_leaving() const noexcept { return setup_ && setup_->is_leaving(); }  // about that

    [[nodiscard]] const NetworkSetup* setup() const noexcept { return setup_.get(); }

  private:
    [[nodiscard]] DhcpSettings dhcp_settings_now();
    void look();
    void end_wait();
    void tell_of_what_is_there();
    void tell_of_unmet_wishes() const;
    void tell_of_missing() const;
    void changed();

    BootContext& context_;
    std::function<void()> on_change_;
    std::unique_ptr<NetworkSetup> setup_;
    DeferredErrands lease_files_;
    NetworkFiles files_;
    NetworkSummary summary_;
    std::function<void()> done_;
    std::optional<TimePoint> waiting_since_;
    sys::EventLoop::TimerId limit_timer_, link_timer_, look_timer_;
};

}  // namespace nlinit::app
