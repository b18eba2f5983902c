// SPDX-License-Identifier: Apache-2.0
// Which modules an image is to hold, with all that they depend on, and their indexes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nlinit::image {

// What depmod(8) makes (image/module_index).
struct ModuleTexts {
    std::string dependencies, builtin, aliases, soft;
};

// What guests need that have virtio or NVMe devices, a root of EROFS, ext4 or squashfs, an overlay, shares of virtiofs,
// and nlinit: as far as a kernel has it as modules.
[[nodiscard]] std::span<const std::string_view> guest_modules() noexcept;

// What a filesystem needs beside its own module, for there is no modprobe(8) for the kernel to ask.
[[nodiscard]] std::vector<std::string_view> companions_of(std::string_view filesystem);

// Modules as names or aliases ("fs-9p").
struct WantedModules {
    std::vector<std::string> required;
    std::vector<std::string> if_there;
};
struct ModuleChoice {
    std::vector<std::string_view> files;  // as modules.dep names them, sorted
    std::vector<std::string> missing;     // of those that are required: neither a module nor built in
};
// With dependencies, and with soft dependencies that are there. Into `texts`.
[[nodiscard]] ModuleChoice choose_modules(const ModuleTexts& texts, const WantedModules& wanted);

// The lines that are about these modules. What is built in stays whole: it is what is not missed.
[[nodiscard]] ModuleTexts reduce(const ModuleTexts& texts, std::span<const std::string_view> files);

}  // namespace nlinit::image
