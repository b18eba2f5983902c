// One boot, from the early mounts to the end of the machine.
//
// The network is started before the rest of the plan and finished after it: the server's time to think is the boot's
// time to mount. Frames are taken between steps.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/app/boot_config.hpp"
#include "nlinit/app/boot_diary.hpp"
#include "nlinit/app/network_setup.hpp"
#include "nlinit/app/notifier.hpp"
#include "nlinit/app/report_writer.hpp"
#include "nlinit/app/shutdown.hpp"
#include "nlinit/app/supervisor.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/boot/boot_plan.hpp"
#include "nlinit/boot/root_plan.hpp"
#include "nlinit/sys/best_effort.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/root_overlay.hpp"
#include "nlinit/sys/signals.hpp"

namespace nlinit::app {

class Boot {
  public:
    Boot(sys::EventLoop& loop, std::vector<std::string> arguments, TimePoint started_at);
    ~Boot();
    Boot(const Boot&) = delete;
    Boot& operator=(const Boot&) = delete;

    // The boot and all that comes after it. When the kernel refuses to end the machine, whoever wants that may ask
    // again.
    [[noreturn]] void run();

  private:
    void watch_signals();
    [[nodiscard]] Result<> take_over_signals();
    void ask_for_signals();
    void mount_early();
    void mount_kernel_filesystems();
    void read_config();
    void load_modules();
    void start_network();
    void reload_network();
    void switch_root();
    [[nodiscard]] bool leave_initramfs();
    void lay_root_overlay();
    [[nodiscard]] bool find_device(boot::RootPlan& plan);
    void carry_out_plan();
    void tell_what_is_hidden() const;
    [[nodiscard]] const std::string* unanswered_above(std::string_view path) const;
    [[nodiscard]] Result<> carry_out_step(const boot::Step& step);
    [[nodiscard]] Result<> mount_row(const boot::MountRow& row, sys::Importance importance);
    [[nodiscard]] int call_mount(const boot::MountRow& row, unsigned long flags);
    bool wait_until(Duration limit, const std::function<bool()>& done);
    bool wait_for_uevents(Duration limit, const std::function<bool()>& done);
    void wait_for_network();
    void start_debug_shell();
    void start_payload();
    void hand_off();
    void end_boot();

    void on_signals();
    void on_signal(const signalfd_siginfo& signal);
    void reap_children();
    void on_network_change();
    void on_payload_change();
    void on_payload_end();
    void tell(std::initializer_list<Notifier::Variable> variables);
    void tell_if_ready();
    static void make_run_directory();
    void end(config::EndAction action, const std::string& why = "");
    void prepare_for_crash() const;
    void finish();
    void end_network_and_filesystems();
    void write_resolv_conf(const std::vector<Ipv4Address>& name_servers,
                           const std::vector<std::string>& search_domains);
    void take_hostname(const InterfaceSetup& uplink);
    [[nodiscard]] std::string report() const;
    [[nodiscard]] bool ending() const noexcept { return shutdown_ && shutdown_->under_way(); }

    sys::EventLoop& loop_;
    std::vector<std::string> arguments_;
    BootDiary diary_;
    ReportWriter report_;
    sys::BestEffort attempt_;
    std::optional<sys::SignalFd> signals_;
    sys::EventLoop::TimerId signal_timer_;
    config::KernelCommandLine command_line_;
    BootConfig boot_config_;
    std::unique_ptr<NetworkSetup> network_;
    std::unique_ptr<Notifier> notifier_;  // none where nobody is to be told
    std::unique_ptr<Supervisor> payload_, shell_;
    sys::EventLoop::TimerId reap_timer_;
    std::unique_ptr<Shutdown> shutdown_;
    sys::RootOverlay overlay_;
    std::vector<std::string> unanswered_;  // targets of mounts behind which nobody answers
    std::optional<bool> rcu_expedited_;    // by us
    bool filesystems_ended_ = false;
    bool plan_done_ = false;    // files of the network's may be written over the plan's
    bool payload_due_ = false;  // it was started, or there is none to start
    bool ready_ = false;        // and it was said so
    bool keeper_ = false;       // this is the child that keeps the network of another PID 1
};

}  // namespace nlinit::app
