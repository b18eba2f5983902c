#include "nlinit/boot/root_plan.hpp"

#include <sys/mount.h>

namespace nlinit::boot {

std::optional<RootPlan> root_plan(const config::KernelCommandLine& command_line) {
    const auto* source = command_line.value_of("root");
    if (source == nullptr || source->empty()) return std::nullopt;
    const auto value = [&](std::string_view key) {
        const auto* text = command_line.value_of(key);
        return text != nullptr ? *text : std::string();
    };
    const MountRow row = mount_row({*source, "/", value("rootfstype"), value("rootflags")});
    RootPlan plan{*source, row.type, row.flags | MS_RDONLY, row.data};
    for (const auto& [key, text] : command_line.parameters) {
        if (key == "ro") plan.flags |= MS_RDONLY;
        if (key == "rw") plan.flags &= ~static_cast<unsigned long>(MS_RDONLY);
    }
    return plan;
}

}  // namespace nlinit::boot
