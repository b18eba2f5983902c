// The phases of a boot, one after the other.
#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "nlinit/app/boot.hpp"
#include "nlinit/sys/module.hpp"
#include "nlinit/sys/settings.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

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
         boot.read_config();
         return true;
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

void Boot::load_modules(const std::vector<std::string>& but, std::function<void()> on_end) {
    std::vector<std::string> modules;
    std::ranges::copy_if(boot_config_.config.system.modules, std::back_inserter(modules),
                         [&](const std::string& name) { return std::ranges::find(but, name) == but.end(); });
    StepRunner::Steps steps;
    steps.limit = kModuleLimit;
    for (const auto& name : modules) steps.names.push_back({"load module " + name});
    steps.begin = [modules](StepChild& /*child*/) {
        const auto loader = std::make_shared<sys::ModuleLoader>();
        return [=](std::size_t number) { return StepDone{.result = loader->load(modules[number])}; };
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
        attempt_("stop expediting RCU", sys::Importance::optional, [] { return sys::stop_expediting_rcu(); });
    tell_how_it_went();
    diary_.leave();
    report_.changed();
    watch_power_buttons();
}

}  // namespace nlinit::app
