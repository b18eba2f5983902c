// SPDX-License-Identifier: Apache-2.0
// A file of this machine whose content is to be in an image.
#pragma once

#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/image/elf.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::app {

// For reading. What is no regular file is refused unopened: a FIFO would wait, and a device may act.
[[nodiscard]] Result<sys::UniqueFd> open_source(const std::string& path);

// Nothing where it is no ELF file.
[[nodiscard]] Result<std::optional<image::ElfHead>> elf_head_of(const std::string& path);

}  // namespace nlinit::app
