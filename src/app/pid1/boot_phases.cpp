// The phases of a boot, one after the other.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>
#include <utility>

#include "app/pid1/boot.hpp"
#include "nlinit/sys/machine/module.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/mount/mount_table.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

// The first letter of what the child says that reads the config: a part of it, or why there is none.
constexpr char kText = '+', kFault = '-';
constexpr std::size_t kLargestPart = 8 << 10;

constexpr Duration kUntilFavour = 1s;  // after the payload's start

constexpr const char* kVlanModule = "8021q";
constexpr Duration kModuleLimit = 10s;  // a driver looks at its devices, one of which may be dead

}  // namespace

// The network is started as soon as there is a NIC, and waited for when all else is done.
const std::array<Boot::Phase, 13> Boot::kPhases{{
    {"early mounts",
     [](Boot& boot) {
         boot.watch_signals();
         boot.mount_early();
         return true;
     }},
    {"config",
     [](Boot& boot) {
         boot.read_command_line();
         boot.read_config([&boot] { boot.go_on(); });
         return false;
     }},
    {"modules",
     [](Boot& boot) {
         boot.load_modules({}, [&boot] { boot.go_on(); });
         return false;
     }},
    {"network",
     [](Boot& boot) {
         boot.tell({{"STATUS", "starting the network"}});
         boot.start_network();
         return true;
     }},
    {"root", [](Boot& boot) { return boot.leave_initramfs(); }},
    {nullptr, [](Boot& boot) { return boot.read_config_of_root(); }},
    {nullptr, [](Boot& boot) { return boot.lay_root_overlay(); }},
    {"plan", [](Boot& boot) { return boot.carry_out_plan(); }},
    {nullptr,
     [](Boot& boot) {
         boot.start_debug_shell();
         return true;
     }},
    {"wait",
     [](Boot& boot) {
         boot.tell({{"STATUS", "waiting for the network"}});
         return boot.wait_for_network();
     }},
    {nullptr, [](Boot& boot) { return boot.wait_for_children(); }},
    {"payload start",
     [](Boot& boot) {
         boot.start_payload();
         return true;
     }},
    {nullptr,
     [](Boot& boot) {
         boot.end_boot();
         return true;
     }},
}};

void Boot::run() {
    go_on();
    for (;;) loop_.wait();
}

// An end may come in any phase: those that are left do not begin.
void Boot::go_on() {
    while (next_phase_ < kPhases.size() && !ending()) {
        const auto& phase = kPhases[next_phase_++];
        if (phase.name != nullptr) diary_.enter(phase.name);
        if (!phase.begin(*this)) return;
    }
}

// An initramfs is in memory. On a disk or a share the file is read by a child, and what does not answer is a file that
// cannot be read.
void Boot::read_config(std::function<void()> on_end) {
    const auto path = config_path(command_line_);
    if (sys::is_all_in_memory()) {
        take_config(read_config_file(path));
        return on_end();
    }
    config_text_ = std::string();
    StepRunner::Steps steps;
    steps.names = {{"read " + path, Importance::optional}};
    steps.begin = [path](StepChild& child) {
        return [path, &child](std::size_t /*number*/) -> std::optional<StepDone> {
            const auto text = read_config_file(path);
            if (!text.ok()) child.note(kFault + std::to_string(text.error().code) + ' ' + text.error().what);
            for (std::size_t at = 0; text.ok() && at < text->size(); at += kLargestPart)
                child.note(kText + text->substr(at, kLargestPart));
            return std::nullopt;
        };
    };
    steps.on_note = [this](std::string_view part) { take_part_of_config(part); };
    steps.on_done = [this](std::size_t /*number*/, const sys::Outcome& outcome, bool /*is_left_out*/) {
        if (outcome.error) config_text_ = *outcome.error;
    };
    steps.on_end = [this, on_end = std::move(on_end)] {
        take_config(std::exchange(config_text_, std::string()));
        on_end();
    };
    runner_.run(std::move(steps));
}

void Boot::take_part_of_config(std::string_view part) {
    const auto content = part.substr(std::min<std::size_t>(part.size(), 1));
    if (part.starts_with(kText) && config_text_.ok()) *config_text_ += content;
    if (!part.starts_with(kFault)) return;
    Error fault{0, {}};
    const auto* end = std::from_chars(content.data(), content.data() + content.size(), fault.code).ptr;
    fault.what = content.substr(std::min(static_cast<std::size_t>(end - content.data()) + 1, content.size()));
    config_text_ = fault;
}

void Boot::load_modules(const std::vector<std::string>& but, std::function<void()> on_end) {
    std::vector<std::string> modules;
    std::ranges::copy_if(boot_config_.config.system.modules, std::back_inserter(modules),
                         [&](const std::string& name) { return std::ranges::find(but, name) == but.end(); });
    StepRunner::Steps steps;
    steps.limit = kModuleLimit;
    for (const auto& name : modules) steps.names.push_back({"load module " + name});
    // PID 1 itself loads nothing when the kernel refuses to make a VLAN. It may be built in, and then this is no
    // failure.
    if (!boot_config_.config.network.vlans.empty()) {
        modules.emplace_back(kVlanModule);
        steps.names.push_back({std::string("load module ") + kVlanModule, Importance::optional});
    }
    std::vector<Importance> importances;
    for (const auto& step : steps.names) importances.push_back(step.importance);
    steps.begin = [modules, importances](StepChild& /*child*/) {
        const auto loader = std::make_shared<sys::ModuleLoader>();
        return [=](std::size_t number) { return StepDone{importances[number], loader->load(modules[number])}; };
    };
    steps.on_done = [this, modules](std::size_t number, const sys::Outcome& outcome, bool /*is_left_out*/) {
        if (outcome.error) knowledge_.failed_modules.push_back(modules[number]);
    };
    steps.on_end = std::move(on_end);
    runner_.run(std::move(steps));
}

// When the payload is in its cgroup, for to move a process there waits for RCU too.
void Boot::end_boot() {
    if (rcu_expedited_.value_or(false))
        attempt_("stop expediting RCU", Importance::optional, [] { return sys::stop_expediting_rcu(); });
    // The payload's start comes before what PID 1 has still to write.
    if (boot_config_.config.system.cgroup && !keeper_) loop_.arm(favour_timer_, BootClock::now() + kUntilFavour);
    tell_how_it_went();
    diary_.leave();
    report_.changed();
    watch_power_buttons();
}

}  // namespace nlinit::app
