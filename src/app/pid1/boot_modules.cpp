#include "app/pid1/boot_modules.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "nlinit/sys/machine/module.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kVlanModule = "8021q";
constexpr Duration kLimit = std::chrono::seconds(10);

struct Module {
    std::string name;
    Importance importance = Importance::ordinary;
};

StepRunner::Steps steps_of(std::vector<Module> modules, std::function<void()> done) {
    StepRunner::Steps steps;
    for (const auto& module : modules) steps.names.push_back({"load module " + module.name, module.importance});
    steps.begin = [modules = std::move(modules)](StepChild& /*child*/) {
        const auto loader = std::make_shared<sys::ModuleLoader>();
        return [modules, loader](std::size_t number) {
            return StepDone{modules[number].importance, loader->load(modules[number].name)};
        };
    };
    steps.on_end = std::move(done);
    return steps;
}

}  // namespace

void load_modules(BootContext& context, const std::vector<std::string>& loaded, std::function<void()> done) {
    std::vector<Module> modules;
    for (const auto& name : context.config().system.modules) {
        if (std::ranges::find(loaded, name) == loaded.end()) modules.push_back({name});
    }
    // PID 1 itself loads nothing when the kernel refuses to make a VLAN. It may be built in, and then this is no
    // failure.
    if (!context.config().network.vlans.empty()) modules.push_back({kVlanModule, Importance::optional});
    auto steps = steps_of(modules, std::move(done));
    steps.limit = kLimit;
    steps.on_done = [&context, modules](std::size_t number, const sys::Outcome& outcome, bool /*is_left_out*/) {
        if (outcome.error) context.knowledge.failed_modules.push_back(modules[number].name);
    };
    context.runner.run(std::move(steps));
}

void load_optional_modules(BootContext& context, const std::vector<std::string>& modules, std::function<void()> done) {
    std::vector<Module> optional;
    optional.reserve(modules.size());
    for (const auto& name : modules) optional.push_back({name, Importance::optional});
    context.runner.run(steps_of(std::move(optional), std::move(done)));
}

}  // namespace nlinit::app
