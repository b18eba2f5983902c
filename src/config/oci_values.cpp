// SPDX-License-Identifier: Apache-2.0
#include "oci_values.hpp"

#include <algorithm>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace nlinit::config {
namespace {

using std::string_view;
using Kind = JsonValue::Kind;

constexpr std::size_t kMostMistakes = 32;
constexpr string_view kWantedText = "a text without NUL";
constexpr string_view kWantedTexts = "a list of texts without NUL";
constexpr string_view kWantedId = "a whole number below 4294967295";
constexpr std::uint32_t kNoId = ~std::uint32_t{0};  // which stands for "no change" (setresuid(2))

bool is_plain_text(JsonValue value) {
    return value.kind() == Kind::text && value.text().find('\0') == string_view::npos;
}

std::optional<std::uint32_t> id_of(JsonValue value) {
    const auto id = number_in<std::uint32_t>(value);
    return id && *id != kNoId ? id : std::nullopt;
}

}  // namespace

std::string shown(JsonValue value) {
    switch (value.kind()) {
        case Kind::text:
            return in_quotes(value.text());
        case Kind::number:
            return std::string(value.shown());
        case Kind::truth:
            return value.is_true() ? "true" : "false";
        case Kind::list:
            return "a list";
        case Kind::object:
            return "an object";
        default:
            return "null";
    }
}

std::string pointer_to(const std::string& parent, string_view key) {
    std::string pointer = parent + '/';
    for (const char letter : key) {
        if (letter == '~' || letter == '/') {
            pointer += letter == '~' ? "~0" : "~1";
        } else {
            pointer += letter;
        }
    }
    return pointer;
}

void OciValues::add_problem(std::string sentence) {
    if (problems_.size() < kMostMistakes) {
        problems_.push_back(std::move(sentence.insert(0, file_ + ": ")));
    } else {
        ++left_out_;
    }
}

void OciValues::refuse(const Field& field, string_view wanted, string_view confines) {
    auto sentence = in_quotes(field.pointer);
    sentence.append(" must be ").append(wanted).append(", not ").append(shown(field.value));
    if (!confines.empty() && fault_.empty() && !sources_.contains(std::string(confines)))
        fault_ = concat({file_, ": ", sentence});
    else
        add_problem(std::move(sentence));
}

std::vector<std::string> OciValues::take_problems() {
    if (left_out_ > 0) append(problems_, {file_, ": and ", std::to_string(left_out_), " more such mistakes"});
    return std::move(problems_);
}

std::string OciValues::source_of(string_view pointer) const {
    return concat({file_, ":", printable(pointer, kMaxPrinted)});
}

bool OciValues::may_set(const std::string& key, string_view pointer) {
    return sources_.emplace(key, source_of(pointer)).second;
}

std::optional<std::string> OciValues::text_of(const Field& field, string_view wanted, string_view confines) {
    if (is_plain_text(field.value)) return std::string(field.value.text());
    refuse(field, wanted, confines);
    return std::nullopt;
}

std::optional<std::vector<std::string>> OciValues::texts_of(const Field& field, string_view confines) {
    std::vector<std::string> texts;
    bool fine = field.value.kind() == Kind::list;
    if (!fine) refuse(field, kWantedTexts, confines);
    std::size_t number = 0;
    for (const auto element : field.value) {
        if (field.value.kind() != Kind::list) break;
        const auto pointer = pointer_to(field.pointer, std::to_string(number++));
        if (auto text = text_of({element, pointer}, kWantedText, confines)) {
            texts.push_back(*std::move(text));
        } else {
            fine = false;
        }
    }
    return fine ? std::optional(std::move(texts)) : std::nullopt;
}

void OciValues::entrypoint(const Field& field) {
    if (auto words = texts_of(field, "payload.command")) entrypoint_ = {*std::move(words), field.pointer};
}

void OciValues::arguments(const Field& field) {
    if (auto words = texts_of(field, "payload.command")) arguments_ = {*std::move(words), field.pointer};
}

void OciValues::environment(const Field& field) {
    if (field.value.kind() != Kind::list) return refuse(field, "a list of texts NAME=VALUE");
    std::size_t number = 0;
    for (const auto element : field.value) {
        const auto pointer = pointer_to(field.pointer, std::to_string(number++));
        const Field variable{element, pointer};
        if (is_plain_text(element)) {
            add_variable(variable, element.text());
        } else {
            refuse(variable, "a text NAME=VALUE");
        }
    }
}

// Of two with one name the last counts, as it does for a runtime.
void OciValues::add_variable(const Field& field, string_view text) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    if (equals == string_view::npos || !is_variable_name(name)) return refuse(field, "NAME=VALUE");
    std::string key = "payload.env.";
    key += name;
    const auto source = sources_.find(key);
    const bool is_ours = source != sources_.end() && source->second.starts_with(source_of("/"));
    if (source != sources_.end() && !is_ours) return;
    sources_.insert_or_assign(key, source_of(field.pointer));
    config_.payload.environment.insert_or_assign(std::string(name), std::string(text.substr(equals + 1)));
}

// A relative one is below the root, as Docker has it.
void OciValues::working_directory(const Field& field) {
    constexpr string_view kWanted = "a path without \"..\"";
    const auto text = text_of(field, kWanted);
    if (!text || text->empty()) return;
    auto path = absolute_path(text->starts_with('/') ? *text : '/' + *text);
    if (!path) return refuse(field, kWanted);
    if (!may_set("payload.cwd", field.pointer)) return;
    config_.payload.working_directory = *std::move(path);
    config_.payload.makes_working_directory = true;
}

void OciValues::user(const Field& field) {
    constexpr string_view kWanted = "a name or a number, or two with ':' between them";
    const auto text = text_of(field, kWanted, "payload.user");
    if (!text || text->empty()) return;
    // To container runtimes an empty part is a missing one: "1000:" is the user alone, ":1000" is root in that group.
    const bool is_user_alone = text->size() > 1 && text->ends_with(':');
    const bool is_group_alone = text->size() > 1 && text->starts_with(':');
    auto user = parse_user(is_user_alone ? text->substr(0, text->size() - 1) : is_group_alone ? '0' + *text : *text);
    if (!user) return refuse(field, kWanted, "payload.user");
    if (may_set("payload.user", field.pointer)) config_.payload.user = *std::move(user);
}

void OciValues::stop_signal(const Field& field) {
    constexpr string_view kWanted = "a signal such as \"SIGTERM\" or \"SIGRTMIN+3\"";
    const auto text = text_of(field, kWanted);
    if (!text || text->empty()) return;
    const auto signal = parse_signal(*text);
    if (!signal) return refuse(field, kWanted);
    if (may_set("payload.stop_signal", field.pointer)) config_.payload.stop_signal = *signal;
}

void OciValues::stop_timeout(const Field& field) {
    constexpr std::uint32_t kDay = 86'400;
    const auto seconds = number_in<std::uint32_t>(field.value);
    if (!seconds || *seconds > kDay) return refuse(field, "seconds, a day at the most");
    if (may_set("payload.stop_timeout", field.pointer)) config_.payload.stop_timeout = std::chrono::seconds(*seconds);
}

void OciValues::user_number(const Field& field) {
    const auto id = id_of(field.value);
    if (!id) return refuse(field, kWantedId, "payload.user");
    user_number_ = {*id, field.pointer};
}

void OciValues::group_number(const Field& field) {
    const auto id = id_of(field.value);
    if (!id) return refuse(field, kWantedId, "payload.user");
    group_number_ = {*id, field.pointer};
}

void OciValues::more_groups(const Field& field) {
    if (field.value.kind() != Kind::list) return refuse(field, "a list of numbers of groups");
    groups_.pointer = field.pointer;
    std::size_t number = 0;
    for (const auto element : field.value) {
        const auto pointer = pointer_to(field.pointer, std::to_string(number++));
        if (const auto id = id_of(element)) {
            groups_.value.push_back(std::to_string(*id));
        } else {
            refuse({element, pointer}, kWantedId);
        }
    }
}

void OciValues::umask(const Field& field) {
    const auto mask = number_in<std::uint32_t>(field.value);
    if (!mask || *mask > kMaxUmask) return refuse(field, "a number from 0 to 511", "payload.umask");
    if (may_set("payload.umask", field.pointer)) config_.payload.umask = *mask;
}

void OciValues::hostname(const Field& field) {
    const auto text = text_of(field, "a host name");
    if (!text || text->empty()) return;
    auto name = parse_hostname(*text);
    if (!name) return refuse(field, "a host name of at most 64 letters, digits, '-' and '.'");
    if (may_set("system.hostname", field.pointer)) config_.system.hostname = *std::move(name);
}

void OciValues::domain_name(const Field& field) {
    const auto text = text_of(field, "a domain name");
    if (!text || text->empty()) return;
    if (!parse_domain(*text)) return refuse(field, "a domain name");
    set_sysctl("kernel.domainname", *text, field.pointer);
}

void OciValues::sysctls(const Field& field) {
    if (field.value.kind() != Kind::object) return refuse(field, "an object");
    for (const auto member : field.value) {
        const auto pointer = pointer_to(field.pointer, member.key());
        const auto key = parse_sysctl_key(member.key());
        if (!key) {
            add_problem(in_quotes(pointer) + " is not the name of a sysctl");
        } else if (const auto value = text_of({member, pointer}, kWantedText)) {
            set_sysctl(*key, *value, pointer);
        }
    }
}

void OciValues::set_sysctl(string_view key, string_view value, string_view pointer) {
    const std::string name(key);
    if (sources_.contains("system.sysctl.-" + name) || !may_set("system.sysctl." + name, pointer)) return;
    config_.system.sysctl.insert_or_assign(name, std::string(value));
}

void OciValues::finish() {
    finish_command();
    finish_user();
}

void OciValues::finish_command() {
    if (sources_.contains("payload.command")) return;
    auto command = std::move(entrypoint_.value);
    for (auto& word : arguments_.value) command.push_back(std::move(word));
    if (!command.empty() && !command.front().empty()) {
        static_cast<void>(
            may_set("payload.command", entrypoint_.pointer.empty() ? arguments_.pointer : entrypoint_.pointer));
        config_.payload.command = std::move(command);
    } else if (fault_.empty()) {
        fault_ = file_ + ": neither an entrypoint nor arguments name a program, and nothing else does";
    }
}

void OciValues::finish_user() {
    const bool is_named = !user_number_.pointer.empty() || !group_number_.pointer.empty();
    const auto& pointer = user_number_.pointer.empty() ? group_number_.pointer : user_number_.pointer;
    if (sources_.contains("payload.user")) return;  // the groups are that user's
    if (is_named && may_set("payload.user", pointer))
        config_.payload.user = concat({std::to_string(user_number_.value), ":", std::to_string(group_number_.value)});
    if (!groups_.pointer.empty() && may_set("payload.groups", groups_.pointer))
        config_.payload.groups = std::move(groups_.value);
}

}  // namespace nlinit::config
