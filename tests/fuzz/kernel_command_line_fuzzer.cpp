// SPDX-License-Identifier: Apache-2.0
// /proc/cmdline, and the same bytes as one ip=.
#include <cstdlib>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/plan/plan_text.hpp"

namespace {

using namespace nlinit;

void check_words(const config::KernelCommandLine& line, std::size_t size) {
    std::size_t held = 0;
    for (const auto& [key, value] : line.parameters) {
        held += key.size() + (value ? value->size() : 0);
        if (line.value_of(key) == nullptr && value) std::abort();
    }
    for (const auto& argument : line.init_arguments) held += argument.size();
    if (held > size) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto line = config::parse_kernel_command_line(text);
    check_words(line, size);

    auto config = config::profile(config::kDefaultProfile).value_or(config::Config{});
    config::Sources sources;
    for (const auto& warning : config::apply(line, config, sources)) {
        if (warning.empty()) std::abort();
    }
    // Whatever stands in it, a line of the plan is one line.
    for (const char c : plan::plan_text(config, sources))
        if (c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) std::abort();

    std::vector<std::string> warnings;
    for (const auto& address : config::parse_ip_parameter(text, warnings).interface.addresses) {
        if (address.prefix_length > Prefix::kMaxLength) std::abort();
    }
    return 0;
}
