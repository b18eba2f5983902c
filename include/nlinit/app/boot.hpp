// One boot, from the early mounts to the end of the machine.
//
// The network is started before the rest of the plan and finished after it: the server's time to think is the boot's
// time to mount. Frames are taken between steps.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
#include "nlinit/sys/best_effort.hpp"
#include "nlinit/sys/block_device.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/module.hpp"
#include "nlinit/sys/power_button.hpp"
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
    void load_modules(const std::vector<std::string>& but = {});
    void load_failed_modules();
    [[nodiscard]] std::string config_path() const;
    void read_config_of_root();
    void start_network();
    void reload_network();
    void switch_root();
    [[nodiscard]] bool leave_initramfs();
    void lay_root_overlay();
    [[nodiscard]] bool switch_to(const boot::MountRow& row);
    [[nodiscard]] bool switch_to_memory(const boot::MountRow& row);
    [[nodiscard]] Result<> looks_like_a_root(const std::string& directory);
    void move_root_layers();
    void carry_out_plan();
    void tell_what_is_hidden() const;
    [[nodiscard]] const std::string* unanswered_above(std::string_view path) const;
    [[nodiscard]] Result<> carry_out_step(const boot::Step& step);
    [[nodiscard]] Result<> mount_row(const boot::MountRow& row, sys::Importance importance);
    // Mounts when the device behind the source is there, whatever the row is for: finds the device, waits that long for
    // it, has its type be seen, and says what was missing. mount() gets the row as the kernel takes it.
    using MountReady = std::function<Result<>(const boot::MountRow& ready)>;
    [[nodiscard]] Result<> mount_when_there(const boot::MountRow& row, Duration patience, const MountReady& mount);
    [[nodiscard]] Result<boot::MountRow> make_ready(const boot::MountRow& row, Duration patience);
    [[nodiscard]] sys::BlockDevices block_devices();
    [[nodiscard]] std::string read_device(const std::string& path, off_t offset, std::size_t size);
    [[nodiscard]] bool has_filesystem(const std::string& type);
    [[nodiscard]] int call_mount(const boot::MountRow& row, unsigned long flags);
    bool wait_until(Duration limit, const std::function<bool()>& done);
    bool wait_for_uevents(Duration limit, const std::function<bool()>& done);
    void wait_for_network();
    void start_debug_shell();
    void start_payload();
    void hand_off();
    void end_boot();

    void watch_power_buttons();
    void load_button_modules() const;
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
    void end(config::EndAction action, const std::string& why = "");
    void prepare_for_crash() const;
    void finish();
    void end_network_and_filesystems();
    void write_resolv_conf(const std::vector<Ipv4Address>& name_servers,
                           const std::vector<std::string>& search_domains);
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
    ReportWriter report_;
    sys::BestEffort attempt_;
    std::optional<sys::SignalFd> signals_;
    sys::EventLoop::TimerId signal_timer_;
    config::KernelCommandLine command_line_;
    BootConfig boot_config_;
    std::unique_ptr<NetworkSetup> network_;
    std::unique_ptr<Notifier> notifier_;  // none where nobody is to be told
    std::unique_ptr<Supervisor> payload_, shell_;
    sys::EventLoop::TimerId reap_timer_, network_timer_;
    std::unique_ptr<Shutdown> shutdown_;
    std::unique_ptr<sys::PowerButtons> buttons_;
    sys::RootOverlay overlay_;
    std::vector<std::string> failed_modules_;
    std::vector<std::string> unanswered_;      // targets of mounts behind which nobody answers
    std::vector<std::string> silent_devices_;  // that did not answer when they were looked at
    std::string no_module_;                    // why the module of a filesystem is not loaded
    // Those of the directory that is in place now: to read its indexes for each row takes longer than most mounts.
    std::optional<sys::ModuleLoader> filesystem_modules_;
    std::optional<TimePoint> rows_wait_until_;   // all rows of the plan together, but for those that are required
    bool root_moved_ = false;                    // the layers of the overlay are where they stay
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
