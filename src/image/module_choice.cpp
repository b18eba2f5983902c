// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/module_choice.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "nlinit/base/text.hpp"
#include "nlinit/image/module_index.hpp"

namespace nlinit::image {
namespace {

constexpr auto kGuestModules = std::to_array<std::string_view>(
    {// the devices of a microVM
     "virtio_pci", "virtio_mmio", "virtio_blk", "virtio_scsi", "sd_mod", "nvme", "virtio_net", "virtio_console",
     "virtio_rng", "virtio_balloon", "virtio_mem", "vmw_vsock_virtio_transport", "rtc_cmos", "rtc_pl031",
     // its filesystems
     "fs-erofs", "fs-ext4", "fs-squashfs", "fs-overlay", "fs-virtiofs",
     // what nlinit itself needs: DHCP, IPv6, the power button
     "af_packet", "ipv6", "button", "evdev", "virtio_input", "gpio_pl061", "gpio_keys"});

struct Companion {
    std::string_view filesystem, module;
};
constexpr std::array<Companion, 3> kCompanions{
    {{"9p", "9pnet_virtio"}, {"vfat", "nls_cp437"}, {"vfat", "nls_iso8859-1"}}};

// Each module once, whatever leads to it: so soft dependencies in a circle have an end.
class Chooser {
  public:
    explicit Chooser(const ModuleTexts& texts) : texts_(texts) {}

    // Whether it is there. An alias stands for all modules that have it.
    bool add(const std::string& name) {
        if (add_module(name)) return true;
        if (!is_module_name(name)) return false;
        if (find_module(texts_.builtin, name)) return true;
        bool found = false;
        for (const auto& match : find_aliases(texts_.aliases, {name})) found = add_module(match.module) || found;
        return found;
    }
    [[nodiscard]] std::vector<std::string_view> files() const { return {files_.begin(), files_.end()}; }

  private:
    bool add_module(std::string_view name) {
        const auto line = find_module(texts_.dependencies, name);
        if (!line) return false;
        for (const auto file : in_order_of_loading(*line)) {
            if (files_.insert(file).second) add_soft(module_name_of(file));
        }
        return true;
    }
    void add_soft(std::string_view name) {
        const auto soft = soft_dependencies_of(texts_.soft, name);
        for (const auto* part : {&soft.before, &soft.after}) {
            for (const auto other : *part) add(std::string(other));
        }
    }

    const ModuleTexts& texts_;
    std::set<std::string_view> files_;
};

// The lines of an index whose module is one of these.
std::string lines_of(std::string_view index, const std::set<std::string>& names,
                     std::string_view (*module_of)(std::string_view line) noexcept) {
    std::string lines;
    while (!index.empty()) {
        const auto line = take_field(index, '\n');
        if (names.contains(plain_module_name(module_of(line)))) (lines += line) += '\n';
    }
    return lines;
}

std::string_view module_of_dependency_line(std::string_view line) noexcept {
    return module_name_of(line.substr(0, line.find(':')));
}

}  // namespace

std::span<const std::string_view> guest_modules() noexcept {
    return kGuestModules;
}

std::vector<std::string_view> companions_of(std::string_view filesystem) {
    std::vector<std::string_view> modules;
    for (const auto& companion : kCompanions) {
        if (companion.filesystem == filesystem) modules.push_back(companion.module);
    }
    return modules;
}

ModuleChoice choose_modules(const ModuleTexts& texts, const WantedModules& wanted) {
    Chooser chooser(texts);
    ModuleChoice choice;
    for (const auto& name : wanted.required) {
        if (!chooser.add(name)) choice.missing.push_back(name);
    }
    for (const auto& name : wanted.if_there) chooser.add(name);
    choice.files = chooser.files();
    return choice;
}

ModuleTexts reduce(const ModuleTexts& texts, std::span<const std::string_view> files) {
    std::set<std::string> names;
    for (const auto file : files) names.insert(plain_module_name(module_name_of(file)));
    return {.dependencies = lines_of(texts.dependencies, names, module_of_dependency_line),
            .builtin = texts.builtin,
            .aliases = lines_of(texts.aliases, names, module_of_alias_line),
            .soft = lines_of(texts.soft, names, module_of_softdep_line)};
}

}  // namespace nlinit::image
