#include "nlinit/machine/mount_options.hpp"

#include <algorithm>
#include <array>

#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

using std::string_view;

constexpr std::array<string_view, 4> kReusing{"bind", "rbind", "move", "remount"};
constexpr std::array<string_view, 8> kPropagating{"shared",  "rshared",  "slave",      "rslave",
                                                  "private", "rprivate", "unbindable", "runbindable"};
constexpr std::array<string_view, 11> kUserSpaceWords{"defaults", "auto",  "noauto", "user",    "nouser", "users",
                                                      "owner",    "group", "nofail", "_netdev", ""};

template <std::size_t N>
bool is_among(const std::array<string_view, N>& words, string_view word) {
    return std::ranges::find(words, word) != words.end();
}

// The first word that is wanted; nothing where there is none.
template <class Wanted>
string_view first(string_view options, const Wanted& wanted) {
    while (!options.empty()) {
        if (const auto word = take_field(options, ','); wanted(word)) return word;
    }
    return {};
}

}  // namespace

bool reuses_mount(string_view options) {
    return !first(options, [](string_view word) { return is_among(kReusing, word); }).empty();
}

bool sets_propagation(string_view options) {
    return !first(options, [](string_view word) { return is_among(kPropagating, word); }).empty();
}

bool is_no_source(string_view source, string_view target) {
    return source.empty() || source == "none" || source == target;
}

bool only_sets_propagation(string_view source, string_view target, string_view type, string_view options) {
    return is_no_source(source, target) && (type.empty() || type == "none") && sets_propagation(options) &&
           !reuses_mount(options);
}

// By "remount", and by nothing else, it is done to a mount that is there.
std::string fault_beside_propagation(string_view options) {
    const auto beside = [](string_view word) { return !is_among(kPropagating, word) && !is_for_user_space(word); };
    const auto word = first(options, beside);
    if (word.empty()) return {};
    return in_quotes(word) +
           " among the options is not heeded: a row without a source only sets the propagation of what is mounted "
           "there; with \"remount\" among them it changes that mount";
}

bool has_option(string_view options, string_view wanted) {
    return !first(options, [&](string_view word) { return word == wanted; }).empty();
}

bool is_for_user_space(string_view word) {
    return word.starts_with("x-") || word.starts_with("X-") || word.starts_with("comment=") ||
           is_among(kUserSpaceWords, word);
}

}  // namespace nlinit
