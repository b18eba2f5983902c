// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/payload_files.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "nlinit/config/env_file.hpp"
#include "nlinit/config/oci.hpp"
#include "nlinit/plan/config_remarks.hpp"
#include "nlinit/plan/file_plan.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::app {
namespace {

static_assert(config::kMaxOciSize == config::kMaxEnvFileSize);

void lay_environment(const PayloadFile& file, BootConfig& boot_config, PayloadRemarks& remarks) {
    for (auto& problem : config::lay_env_file(*file.text, file.path, boot_config.config.payload, boot_config.sources))
        remarks.warnings.push_back(std::move(problem));
}

void lay_description(const PayloadFile& file, BootConfig& boot_config, PayloadRemarks& remarks) {
    auto oci = config::lay_oci(*file.text, file.path, boot_config.config, boot_config.sources);
    std::ranges::move(oci.problems, std::back_inserter(remarks.warnings));
    remarks.not_obeyed = std::move(oci.not_obeyed);
    remarks.information = std::move(oci.described);
    if (boot_config.payload_fault.empty()) boot_config.payload_fault = std::move(oci.fault);
}

}  // namespace

std::vector<PayloadFile> payload_files(const config::Payload& payload) {
    std::vector<PayloadFile> files;
    if (!payload.oci.empty()) files.push_back({payload.oci});
    for (const auto& path : payload.env_files) files.push_back({path});
    return files;
}

Result<std::string> read_payload_file(const std::string& path) {
    auto text = sys::read_file_of_root(path, config::kMaxOciSize, sys::Walls::not_on_shares);
    if (text.ok() || text.error().code != EFBIG) return text;
    return Error{0, path + " is longer than 1 MiB, and is not read"};
}

// What is laid first stays: of the files of variables the last one wins, and each of them over config.json.
PayloadRemarks lay_payload_files(const std::vector<PayloadFile>& files, BootConfig& boot_config) {
    PayloadRemarks remarks;
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        if (!file->text.ok()) {
            if (boot_config.payload_fault.empty()) boot_config.payload_fault = to_string(file->text.error());
        } else if (file->path == boot_config.config.payload.oci && std::next(file) == files.rend()) {
            lay_description(*file, boot_config, remarks);
        } else {
            lay_environment(*file, boot_config, remarks);
        }
    }
    // What they ask for beside the rest of the config may be what it does not get.
    const auto& said = boot_config.warnings;
    for (auto& remark : plan::config_remarks(boot_config.config))
        if (std::ranges::find(said, remark) == said.end()) remarks.warnings.push_back(std::move(remark));
    return remarks;
}

std::vector<plan::Step> steps_for(const config::System& before, const config::Config& config) {
    config::Config added;
    added.profile = "none";
    if (config.system.hostname != before.hostname) {
        added.system.hostname = config.system.hostname;
        added.system.hosts = config.system.hosts && !plan::has_row(config, plan::kHostsPath);
    }
    for (const auto& [key, value] : config.system.sysctl) {
        const auto known = before.sysctl.find(key);
        if (known == before.sysctl.end() || known->second != value) added.system.sysctl.emplace(key, value);
    }
    return plan::make_boot_plan(added).steps;
}

}  // namespace nlinit::app
