// One boot, from the early mounts to the end of the machine.
//
// The network is started before the rest of the plan and finished after it: the server's time to think is the boot's
// time to mount. Frames are taken between steps.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/errands.hpp"
#include "app/network/network_setup.hpp"
#include "app/pid1/boot_config.hpp"
#include "app/pid1/boot_diary.hpp"
#include "app/pid1/notifier.hpp"
#include "app/pid1/plan_worker.hpp"
#include "app/pid1/report_writer.hpp"
#include "app/pid1/shutdown.hpp"
#include "app/pid1/step_runner.hpp"
#include "app/pid1/supervisor.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/plan/boot_plan.hpp"
#include "nlinit/sys/best_effort.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/machine/power_button.hpp"
#include "nlinit/sys/mount/root_overlay.hpp"
#include "nlinit/sys/mount/unmount.hpp"
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
    // What is done between two waits. False: it goes on, and calls go_on() when it is done.
    struct Phase {
        const char* name;  // in the diary; null: a part of the phase before
        bool (*begin)(Boot& boot);
    };
    static const std::array<Phase, 13> kPhases;
    void go_on();

    void watch_signals();
    [[nodiscard]] Result<> take_over_signals();
    void ask_for_signals();
    void mount_early();
    void mount_kernel_filesystems();
    void read_command_line();
    void read_config(std::function<void()> on_end);
    void tell_new_warnings(const std::vector<std::string>& warnings) const;
    void take_config(const Result<std::string>& text);
    void take_part_of_config(std::string_view part);
    void load_modules(const std::vector<std::string>& but, std::function<void()> on_end);
    [[nodiscard]] bool read_config_of_root();
    void tell_of_unread_config();
    void start_network();
    [[nodiscard]] DhcpSettings dhcp_settings_of(const config::Config& config);
    void run_on_disks(const std::string& path, Errand errand);
    void run_what_waits_for_disks();
    void reload_network();
    void change_network(BootConfig fresh);
    [[nodiscard]] bool leave_initramfs();
    void mount_root(const MountRow& row);
    void enter_root();
    void enter_root_in_memory(const MountRow& row);
    [[nodiscard]] bool lay_root_overlay();
    void enter_overlay();
    void move_root_layers();
    void tell_what_is_hidden();
    [[nodiscard]] bool carry_out_plan();
    void carry_out_next_steps();
    void carry_out_apart(std::size_t end);
    [[nodiscard]] bool is_for_pid1(const plan::Step& step) const;
    [[nodiscard]] std::optional<Error> on_silent_mount(const sys::AsideEnd& how);
    [[nodiscard]] std::optional<Error> on_silent_step(const plan::Step& step, const sys::AsideEnd& how);
    void end_plan();
    [[nodiscard]] bool wait_for_network();
    void look_at_network();
    void end_wait();
    [[nodiscard]] bool wait_for_children();
    void look_at_children();
    void on_idle();
    void start_debug_shell();
    void look_for_payload();
    void start_payload();
    void hand_off();
    void end_boot();

    void watch_power_buttons();
    void load_button_modules(std::function<void()> on_end);
    void on_press(const sys::Press& press);
    void on_signals();
    void on_signal(const signalfd_siginfo& signal);
    void reap_children();
    void on_network_change();
    void on_payload_change();
    void on_payload_end();
    void tell(std::initializer_list<Notifier::Variable> variables);
    void tell_if_ready();
    static void make_run_directory();
    void end(EndAction action, const std::string& why = "");
    void prepare_for_crash() const;
    void finish();
    void after_files(std::function<void()> next);
    void go_on_after_files();
    void go_on_without_files();
    void end_shares_and_network();
    void end_disks();
    void end_machine();
    void write_network_files();
    void write_resolv_conf(const std::vector<NameServer>& name_servers, const std::vector<std::string>& search_domains);
    void write_apart(const std::string& path, std::function<Result<>()> write);
    void take_hostname(const InterfaceSetup& uplink);
    void tell_network();
    void tell_of_unmet_wishes();
    void tell_of_missing_network();
    [[nodiscard]] std::string missing_network() const;
    void tell_how_it_went();
    [[nodiscard]] static std::vector<std::string> failures();
    [[nodiscard]] std::string report() const;
    [[nodiscard]] bool ending() const noexcept { return shutdown_ && shutdown_->under_way(); }

    sys::EventLoop& loop_;
    std::vector<std::string> arguments_;
    BootDiary diary_;
    sys::BestEffort attempt_;
    std::optional<sys::SignalFd> signals_;
    sys::EventLoop::TimerId signal_timer_;
    config::KernelCommandLine command_line_;
    BootConfig boot_config_;
    Result<std::string> config_text_ = std::string();  // as far as a child has read it
    std::unique_ptr<NetworkSetup> network_;
    std::unique_ptr<Notifier> notifier_;  // none where nobody is to be told
    std::unique_ptr<Supervisor> payload_, shell_;
    Result<std::string> payload_looked_for_ = std::string();  // by a child, before a hand-off: its identity, in text
    sys::EventLoop::TimerId reap_timer_, network_timer_, link_timer_, look_timer_, files_timer_, favour_timer_;
    std::unique_ptr<Shutdown> shutdown_;
    std::unique_ptr<sys::PowerButtons> buttons_;
    sys::RootOverlay overlay_;
    std::optional<sys::FilesystemsEnd> filesystems_;
    StepRunner runner_;
    Errands errands_;
    Errands quiet_errands_;  // that no boot waits for: lease files, the report's copy
    ReportWriter report_;
    std::function<void()> after_files_;             // at the end, which waits for them
    std::map<std::string, Errand> wait_for_disks_;  // until the plan's mounts are there
    std::string resolv_conf_;                       // as it was written last
    bool waiting_for_children_ = false;
    std::optional<TimePoint> children_until_;
    PlanKnowledge knowledge_;
    std::vector<plan::Step> plan_;
    std::size_t next_step_ = 0;
    std::string first_left_out_;  // of the steps that a read-only root does not let be done
    std::size_t left_out_ = 0;
    std::size_t next_phase_ = 0;
    std::optional<TimePoint> waiting_for_network_since_;
    bool has_new_root_ = false;  // that is no longer an initramfs
    bool may_lay_overlay_ = false;
    bool is_step_done_ = false;  // the one that is done alone: the mount of the root, and of its overlay's layers
    bool root_moved_ = false;    // the layers of the overlay are where they stay
    std::optional<bool> rcu_expedited_;          // by us
    std::map<std::string, std::string> usable_;  // what was said of each interface that can be used
    std::set<std::string> usable_ever_;
    bool told_how_it_went_ = false;
    bool filesystems_ended_ = false;
    bool plan_done_ = false;    // files of the network's may be written over the plan's
    bool payload_due_ = false;  // it was started, or there is none to start
    bool ready_ = false;        // and it was said so
    bool keeper_ = false;       // this is the child that keeps the network of another PID 1
};

}  // namespace nlinit::app
