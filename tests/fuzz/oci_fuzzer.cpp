// SPDX-License-Identifier: Apache-2.0
// A config.json of an image or a bundle: laid over a config, and what is said of it.
#include <cstdlib>

#include "nlinit/base/text.hpp"
#include "nlinit/config/env_file.hpp"
#include "nlinit/config/oci.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/plan/plan_text.hpp"

namespace {

using namespace nlinit;

void check_line(const std::string& text) {
    if (printable(text) != text) std::abort();
}

void check_payload(const config::Payload& payload) {
    for (const auto& word : payload.command)
        if (word.find('\0') != std::string::npos) std::abort();
    for (const auto& [name, value] : payload.environment)
        if (!config::is_variable_name(name) || value.find('\0') != std::string::npos) std::abort();
    if (!payload.working_directory.starts_with('/')) std::abort();
    if (!payload.user.empty() && !config::parse_user(payload.user)) std::abort();
    if (payload.umask && *payload.umask > config::kMaxUmask) std::abort();
    for (const auto& limit : payload.rlimits)
        if (limit.soft > limit.hard) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    config::Config config;
    config::Sources sources;
    const auto remarks = config::lay_oci(text, "/config.json", config, sources);
    for (const auto& problem : remarks.problems) check_line(problem);
    check_line(remarks.not_obeyed);
    check_line(remarks.described);
    check_line(remarks.fault);
    for (const auto& problem : config::lay_env_file(text, "/env", config.payload, sources)) check_line(problem);
    check_payload(config.payload);
    if (remarks.fault.empty() && config.payload.command.empty()) std::abort();
    static_cast<void>(plan::plan_text(config, sources));
    return 0;
}
