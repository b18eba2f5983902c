// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/kernel_command_line.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::config {
namespace {

// What stands before white space that no quotes keep; taken off the front of text.
std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
    bool in_quotes = false;
    std::size_t size = 0;
    for (; size < text.size(); ++size) {
        if (text[size] == '"') in_quotes = !in_quotes;
        if (!in_quotes && kWhiteSpace.find(text[size]) != std::string_view::npos) break;
    }
    const auto word = text.substr(0, size);
    text.remove_prefix(size);
    return word;
}

std::string_view without_quotes(std::string_view text) {
    if (!text.starts_with('"')) return text;
    text.remove_prefix(1);
    if (text.ends_with('"')) text.remove_suffix(1);
    return text;
}

// next_arg() of the kernel's lib/cmdline.c: quotes are dropped around the word or around its value, nowhere else.
KernelParameter parameter_of(std::string_view word) {
    word = without_quotes(word);
    const auto equals = word.find('=', 1);
    if (equals == std::string_view::npos) return {std::string(word), std::nullopt};
    return {std::string(word.substr(0, equals)), std::string(without_quotes(word.substr(equals + 1)))};
}

// The kernel puts a parameter that is meant for init together again (repair_env_string() of init/main.c).
std::string argument_of(const KernelParameter& parameter) {
    return parameter.value ? concat({parameter.key, "=", *parameter.value}) : parameter.key;
}

char dash_for_underscore(char c) {
    return c == '_' ? '-' : c;
}

}  // namespace

bool same_key(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, dash_for_underscore, dash_for_underscore);
}

KernelCommandLine parse_kernel_command_line(std::string_view text) {
    KernelCommandLine command_line;
    command_line.cut = text.size() > kMaxCommandLineSize;
    text = text.substr(0, kMaxCommandLineSize);
    text = first_field(text, '\0');
    bool for_init = false;
    while (true) {
        const auto word = take_word(text);
        if (word.empty()) return command_line;
        auto parameter = parameter_of(word);
        if (for_init) {
            command_line.init_arguments.push_back(argument_of(parameter));
        } else if (parameter == KernelParameter{"--", std::nullopt}) {
            for_init = true;
        } else {
            command_line.parameters.push_back(std::move(parameter));
        }
    }
}

const std::string* KernelCommandLine::value_of(std::string_view key) const noexcept {
    for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter)
        if (parameter->value && same_key(parameter->key, key)) return &*parameter->value;
    return nullptr;
}

}  // namespace nlinit::config
