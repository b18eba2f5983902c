// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/env_file.hpp"

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace nlinit::config {
namespace {

using std::string_view;

constexpr std::size_t kMostFaultyLines = 32;
constexpr string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr string_view kSpaceInLine = " \t\v\f\r";

// Why a line is none; empty: it is one. A name without a value is to Docker that of a variable of its own.
string_view fault_of_line(string_view line) {
    const auto name = line.substr(0, line.find('='));
    if (name.size() == line.size()) return "there is no '=' in it, and no environment to take a value from";
    if (name.empty()) return "a name is to stand before the '='";
    if (name.find_first_of(kSpaceInLine) != string_view::npos) return "the name has white space in it";
    return line.find('\0') == string_view::npos ? string_view() : "there is a NUL in it";
}

}  // namespace

std::vector<std::string> lay_env_file(string_view text, const std::string& file, Payload& payload, Sources& sources) {
    std::vector<std::string> problems;
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    for (std::size_t number = 1; !text.empty() && problems.size() < kMostFaultyLines; ++number) {
        auto line = take_field(text, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        line.remove_prefix(std::min(line.find_first_not_of(kSpaceInLine), line.size()));
        if (line.empty() || line.starts_with('#')) continue;
        const auto place = concat({file, ":", std::to_string(number)});
        const auto name = line.substr(0, line.find('='));
        if (const auto fault = fault_of_line(line); !fault.empty()) {
            // Not the whole line: its value may be a secret.
            append(problems, {place, ": ", in_quotes(name), ": ", fault});
            continue;
        }
        std::string key = "payload.env.";
        const auto source = sources.find(key += name);
        // Of two with one name in such files the last counts.
        if (source != sources.end() && !source->second.starts_with(file + ':')) continue;
        sources.insert_or_assign(std::move(key), place);
        payload.environment.insert_or_assign(std::string(name), std::string(line.substr(name.size() + 1)));
    }
    return problems;
}

}  // namespace nlinit::config
