// SPDX-License-Identifier: Apache-2.0
// The command line of `nlinit initramfs`.
#include <array>
#include <optional>

#include "app/tool/initramfs.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/image/module_index.hpp"

namespace nlinit::app {
namespace {

constexpr std::string_view kGuest = "vm";

bool take_modules(std::string_view value, InitramfsOptions& options) {
    options.guest_modules = false;
    for (const auto name : split(value, ",")) {
        if (name == kGuest) {
            options.guest_modules = true;
        } else if (image::is_module_name(name)) {
            options.modules.emplace_back(name);
        } else {
            return false;
        }
    }
    return options.guest_modules || !options.modules.empty();
}

bool take_added(std::string_view value, InitramfsOptions& options) {
    const auto equals = value.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == value.size()) return false;
    options.added.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    return true;
}

template <std::string InitramfsOptions::*member>
bool take_text(std::string_view value, InitramfsOptions& options) {
    options.*member = value;
    return !value.empty();
}

struct Option {
    std::string_view name, wanted;
    bool (*take)(std::string_view value, InitramfsOptions& options);
};
constexpr std::array<Option, 7> kOptions{
    {{"--modules-from", "a directory", take_text<&InitramfsOptions::modules_from>},
     {"--kernel", "the version of a kernel, as uname -r says it", take_text<&InitramfsOptions::kernel>},
     {"--modules", "names of modules with commas between them, or vm", take_modules},
     {"--config", "a file", take_text<&InitramfsOptions::config>},
     {"--add", "PATH=FILE", take_added},
     {"--init", "a file", take_text<&InitramfsOptions::init>},
     {"--output", "a file", take_text<&InitramfsOptions::output>}}};

const Option* find_option(std::string_view name) noexcept {
    for (const auto& option : kOptions) {
        if (option.name == name) return &option;
    }
    return nullptr;
}

Error unknown(std::string_view word) {
    std::array<std::string_view, kOptions.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kOptions[i].name;
    return {0, concat({"has no option ", in_quotes(word), did_you_mean(word, names)})};
}

}  // namespace

std::vector<std::string> initramfs_option_names() {
    std::vector<std::string> names;
    names.reserve(kOptions.size());
    for (const auto& option : kOptions) names.emplace_back(option.name);
    return names;
}

Result<InitramfsOptions> parse_initramfs_options(const std::vector<std::string>& words) {
    InitramfsOptions options;
    bool names_modules = false;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string_view word = words[at];
        const auto equals = word.find('=');
        const auto* option = find_option(word.substr(0, equals));
        if (option == nullptr) return unknown(word.substr(0, equals));
        std::optional<std::string_view> value;
        if (equals != std::string_view::npos) {
            value = word.substr(equals + 1);
        } else if (at + 1 < words.size()) {
            value = words[++at];
        }
        if (!value || !option->take(*value, options))
            return Error{0, concat({option->name, " wants ", option->wanted,
                                    (value ? ", not " + in_quotes(*value) : std::string())})};
        names_modules = names_modules || option->name == "--modules";
    }
    if (options.modules_from.empty() && (names_modules || !options.kernel.empty()))
        return Error{0, "--modules and --kernel need --modules-from: where the modules are"};
    return options;
}

}  // namespace nlinit::app
