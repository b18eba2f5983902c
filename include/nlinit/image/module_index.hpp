// SPDX-License-Identifier: Apache-2.0
// The indexes that depmod(8) makes of kernel modules, as text: modules.dep(5), modules.builtin, modules.softdep and
// modules.alias. A file that is not there is an empty text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nlinit::image {

// "kernel/drivers/net/virtio_net.ko.xz" is the module virtio_net, whatever it is compressed with. Empty for no module.
[[nodiscard]] std::string_view module_name_of(std::string_view file) noexcept;
// Whether the kernel has to decompress it (MODULE_DECOMPRESS).
[[nodiscard]] bool is_compressed_module(std::string_view file) noexcept;
// Names are as in lsmod(8): '-' and '_' are the same.
[[nodiscard]] bool is_same_module(std::string_view left, std::string_view right) noexcept;
// With '_' alone.
[[nodiscard]] std::string plain_module_name(std::string_view name);
// Whether it may become part of a path.
[[nodiscard]] bool is_module_name(std::string_view name) noexcept;

// The line of modules.dep or modules.builtin whose file is this module.
[[nodiscard]] std::optional<std::string_view> find_module(std::string_view index, std::string_view name) noexcept;

// A line of modules.dep, "a.ko: b.ko c.ko": c is to be loaded first, and b may need it, then a. Dependencies of
// dependencies are in the line too.
[[nodiscard]] std::vector<std::string_view> in_order_of_loading(std::string_view line);

// What makes a module work better, if it is there: "softdep ext4 pre: crc32c post: x". Names or aliases.
struct SoftDependencies {
    std::vector<std::string_view> before, after;
};
[[nodiscard]] SoftDependencies soft_dependencies_of(std::string_view softdep, std::string_view name);

// "alias PATTERN MODULE" of modules.alias: the modules of all patterns that match one of these names, each once, in the
// index's order. A name is a device's ("virtio:d00000001v00001AF4") or what the kernel asks for ("fs-9p").
struct AliasMatch {
    std::size_t name = 0;  // by number
    std::string_view module;
    friend bool operator==(const AliasMatch&, const AliasMatch&) = default;
};
[[nodiscard]] std::vector<AliasMatch> find_aliases(std::string_view aliases, const std::vector<std::string>& names);

// fnmatch(3)'s '*', '?' and '[a-z]', for '-' and '_' the same outside of brackets.
[[nodiscard]] bool matches_alias(std::string_view pattern, std::string_view name) noexcept;

// The module of a line of modules.alias or modules.softdep; empty for a comment.
[[nodiscard]] std::string_view module_of_alias_line(std::string_view line) noexcept;
[[nodiscard]] std::string_view module_of_softdep_line(std::string_view line) noexcept;

}  // namespace nlinit::image
