// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/mount_options.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <array>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/base/words.hpp"

namespace nlinit {
namespace {

using std::string_view;

// mount(8), "shared subtree operations".
constexpr std::array<Word<unsigned long>, 8> kPropagation{{{"shared", MS_SHARED},
                                                           {"rshared", MS_SHARED | MS_REC},
                                                           {"slave", MS_SLAVE},
                                                           {"rslave", MS_SLAVE | MS_REC},
                                                           {"private", MS_PRIVATE},
                                                           {"rprivate", MS_PRIVATE | MS_REC},
                                                           {"unbindable", MS_UNBINDABLE},
                                                           {"runbindable", MS_UNBINDABLE | MS_REC}}};
constexpr std::array<string_view, 11> kUserSpaceWords{"defaults", "auto",  "noauto", "user",    "nouser", "users",
                                                      "owner",    "group", "nofail", "_netdev", ""};

}  // namespace

std::optional<unsigned long> propagation_flags(string_view word) {
    return value_of_word(word, kPropagation);
}

string_view propagation_word(unsigned long flags) {
    return word_of_value(flags, kPropagation);
}

// Only "remount" changes an existing mount.
std::string fault_beside_propagation(string_view options) {
    const auto words = split(options, ',');
    const auto beside = std::ranges::find_if(
        words, [](string_view word) { return !propagation_flags(word) && !is_for_user_space(word); });
    if (beside == words.end()) return {};
    return in_quotes(*beside) +
           " among the options is not heeded: a row without a source only sets the propagation of what is mounted "
           "there; with \"remount\" among them it changes that mount";
}

bool is_for_user_space(string_view word) {
    return word.starts_with("x-") || word.starts_with("X-") || word.starts_with("comment=") ||
           std::ranges::find(kUserSpaceWords, word) != kUserSpaceWords.end();
}

std::optional<bool> says_read_only(string_view options) {
    std::optional<bool> said;
    for (const auto word : split(options, ',')) {
        if (word == "ro" || word == "rw") said = word == "ro";
    }
    return said;
}

bool asks_to_grow(string_view options) {
    return has_field(options, ',', "x-systemd.growfs");
}

std::string fault_of_options(string_view options) {
    constexpr std::array<string_view, 6> kOfMountOnly{
        "X-mount.subdir=", "X-mount.owner=", "X-mount.group=", "X-mount.mode=", "X-mount.idmap=", "x-systemd.makefs"};
    for (const auto word : split(options, ',')) {
        const bool is_loop = word == "loop" || word.starts_with("loop=");
        const bool is_of_mount = std::ranges::any_of(kOfMountOnly, [&](auto name) { return word.starts_with(name); });
        if (!is_loop && !is_of_mount) continue;
        return concat({in_quotes(word), " among the options is not heeded: ",
                       (is_loop ? "nlinit sets up no loop devices" : "a filesystem is mounted whole, and as it is")});
    }
    return {};
}

}  // namespace nlinit
