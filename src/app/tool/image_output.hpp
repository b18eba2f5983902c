// SPDX-License-Identifier: Apache-2.0
// An image written as a cpio archive, to a file or to standard output.
#pragma once

#include <string>

#include "app/tool/image_tree.hpp"
#include "nlinit/base/result.hpp"

namespace nlinit::app {

// What the archive will have; the kernel takes less than 4 GiB.
[[nodiscard]] Result<std::uint64_t> archive_size(const ImageTree& tree);

// output: empty for standard output. A file that is there is replaced when the new one is complete.
[[nodiscard]] Result<> write_archive(const ImageTree& tree, const std::string& output);

}  // namespace nlinit::app
