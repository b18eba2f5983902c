// Words among the options of a mount that decide what mount(2) is asked to do.
#pragma once

#include <string>
#include <string_view>

namespace nlinit {

// "bind", "rbind", "move" or "remount" is among them: then there is no filesystem, and no type.
[[nodiscard]] bool reuses_mount(std::string_view options);

// "shared", "rprivate" and their like are among them (mount(8), "shared subtree operations").
[[nodiscard]] bool sets_propagation(std::string_view options);

// Whether the source is none, as fstab(5) writes it: left out, "none", or the target itself.
[[nodiscard]] bool is_no_source(std::string_view source, std::string_view target);

// Whether a row mounts nothing and only has what is mounted on its target be passed on in another way: "rshared", no
// type, and no source.
[[nodiscard]] bool only_sets_propagation(std::string_view source, std::string_view target, std::string_view type,
                                         std::string_view options);

// What is to be said of a word that such a row has beside, and that nothing would be done about; empty: nothing.
[[nodiscard]] std::string fault_beside_propagation(std::string_view options);

[[nodiscard]] bool has_option(std::string_view options, std::string_view word);

// Whether the word is for mount(8), systemd and the like, and nothing to the kernel (fstab(5), mount(8)).
[[nodiscard]] bool is_for_user_space(std::string_view word);

}  // namespace nlinit
