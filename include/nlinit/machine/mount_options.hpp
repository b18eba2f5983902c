// SPDX-License-Identifier: Apache-2.0
// The words among a mount's options that are not flags of the mount: propagation, and words for user space.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

// "rshared" → MS_SHARED | MS_REC (mount(8), "shared subtree operations"): each is a call of mount(2) after the mount.
[[nodiscard]] std::optional<unsigned long> propagation_flags(std::string_view word);
[[nodiscard]] std::string_view propagation_word(unsigned long flags);  // "" for other flags

// A row that only sets propagation mounts nothing, so other words among its options would have no effect. Returns the
// complaint about the first such word; empty when there is none.
[[nodiscard]] std::string fault_beside_propagation(std::string_view options);

// Whether only programs such as mount(8) and systemd read this word, so that it is not passed to the kernel (fstab(5),
// mount(8)).
[[nodiscard]] bool is_for_user_space(std::string_view word);

// What the last of the words ro and rw among the options says; nothing where neither is there.
[[nodiscard]] std::optional<bool> says_read_only(std::string_view options);

// Whether fstab(5)'s word for "grow" is among the options, systemd.mount(5): x-systemd.growfs.
[[nodiscard]] bool asks_to_grow(std::string_view options);

// The complaint about the first word that mount(8) or systemd would obey, and that changes what is mounted: part of a
// filesystem, other owners, a file behind a loop device. Empty when there is none.
[[nodiscard]] std::string fault_of_options(std::string_view options);

}  // namespace nlinit
