// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_modules.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "app/pid1/device_modules.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/module.hpp"
#include "nlinit/sys/mount/mount_table.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::app {
namespace {

using ByDevice = plan::ModulePlan::ByDevice;

constexpr const char* kVlanModule = "8021q";

struct Module {
    std::string name;
    Importance importance = Importance::ordinary;
};

std::vector<Module> modules_of(const config::Config& config, const plan::ModulePlan& plan,
                               const std::vector<std::string>& loaded) {
    std::vector<Module> modules;
    for (const auto& name : plan.names) {
        if (std::ranges::find(loaded, name) == loaded.end()) modules.push_back({name});
    }
    // PID 1 itself loads nothing when the kernel refuses to make a VLAN. It may be built in, and then this is no
    // failure.
    if (!config.network.vlans.empty()) modules.push_back({kVlanModule, Importance::optional});
    return modules;
}

// Whether a child is to look for drivers by device. Unless that is asked for, none does in a container, whose devices
// are the machine's, nor under a kernel without modules, which has no /proc/modules. In an initramfs PID 1 sees by
// itself that there is no index to find them by; on a disk that is for the child.
bool asks_devices(const plan::ModulePlan& plan, sys::ModuleLoader& loader) {
    if (plan.by_device != ByDevice::if_known) return plan.by_device == ByDevice::always;
    return sys::is_in_first_pid_namespace() && sys::exists("/proc/modules") &&
           (!sys::is_all_in_memory() || loader.knows_devices());
}

}  // namespace

void BootModules::load(const std::vector<std::string>& loaded, std::function<void()> done) {
    const auto plan = plan::module_plan(context_.config(), context_.boot_config.sources);
    const auto modules = modules_of(context_.config(), plan, loaded);
    const auto loader = std::make_shared<sys::ModuleLoader>();
    const bool by_device = !knows_devices_ && asks_devices(plan, *loader);
    StepRunner::Steps steps;
    steps.limit = kModuleLimit;
    for (const auto& module : modules) steps.names.push_back({concat({kLoadModule, module.name}), module.importance});
    if (by_device) steps.names.push_back({std::string(kLoadByDevice)});
    steps.begin = [this, modules, plan, loader](StepChild& child) {
        return [this, modules, plan, loader, &child](std::size_t number) -> std::optional<StepDone> {
            if (number >= modules.size()) return load_by_device(child, *loader, plan, silent_);
            return StepDone{modules[number].importance, loader->load(modules[number].name)};
        };
    };
    // What hangs is not tried again when a mount has brought more modules: the kernel would have both wait.
    const auto hung = std::make_shared<std::set<std::size_t>>();
    steps.on_done = [this, modules, hung](std::size_t number, const sys::Outcome& outcome, bool /*is_left_out*/) {
        if (outcome.error && number < modules.size() && !hung->contains(number))
            context_.knowledge.failed_modules.push_back(modules[number].name);
    };
    steps.on_silent = [this, hung, names = steps.names](std::size_t number, const sys::AsideEnd& how) {
        hung->insert(number);
        return on_silent(names[number].name, how);
    };
    steps.on_note = [this](std::string_view note) { knows_devices_ = knows_devices_ || note == kKnowsDevices; };
    if (by_device) watch_.listen();  // before the child looks, or a device may come in between
    steps.on_end = [this, done = std::move(done), use = driver_use(plan)] {
        if (knows_devices_) watch_.go_on(use);
        if (!knows_devices_) watch_.stop();
        done();
    };
    context_.runner.run(std::move(steps));
}

// One of the drivers that a step loads by device: the step is done again without it.
std::optional<Error> BootModules::on_silent(std::string_view step, const sys::AsideEnd& how) {
    Error error{0, concat({how.subject, ": no answer within ", in_words(how.limit)})};
    if (step != kLoadByDevice || !how.subject.starts_with(kLoadModule)) return error;
    const auto now = BootClock::now();
    context_.attempt.record({.step = how.subject,
                             .started_at = now - how.limit,
                             .ended_at = now,
                             .importance = Importance::ordinary,
                             .error = std::move(error)});
    silent_.push_back(how.subject.substr(kLoadModule.size()));
    return std::nullopt;
}

void BootModules::follow_devices() {
    if (context_.is_keeper) return watch_.stop();
    if (knows_devices_) watch_.take_all();
}

void load_optional_modules(BootContext& context, const std::vector<std::string>& modules, std::function<void()> done) {
    StepRunner::Steps steps;
    steps.names.reserve(modules.size());
    for (const auto& name : modules) steps.names.push_back({concat({kLoadModule, name}), Importance::optional});
    steps.begin = [modules](StepChild& /*child*/) {
        const auto loader = std::make_shared<sys::ModuleLoader>();
        return [modules, loader](std::size_t number) {
            return StepDone{Importance::optional, loader->load(modules[number])};
        };
    };
    steps.on_end = std::move(done);
    context.runner.run(std::move(steps));
}

}  // namespace nlinit::app
