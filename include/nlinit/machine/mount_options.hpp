// Words among the options of a mount that are no flags of the mount itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

// "rshared" → MS_SHARED | MS_REC (mount(8), "shared subtree operations"): each is a call of mount(2) after the mount.
[[nodiscard]] std::optional<unsigned long> propagation_flags(std::string_view word);
[[nodiscard]] std::string_view propagation_word(unsigned long flags);  // "" for other flags

// The complaint about a word that a row which only sets propagation has beside, and that nothing would be done about;
// empty: there is none.
[[nodiscard]] std::string fault_beside_propagation(std::string_view options);

// Whether the word is for mount(8), systemd and the like, and nothing to the kernel (fstab(5), mount(8)).
[[nodiscard]] bool is_for_user_space(std::string_view word);

}  // namespace nlinit
