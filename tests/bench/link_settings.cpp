// SPDX-License-Identifier: Apache-2.0
#include "link_settings.hpp"

#include <filesystem>
#include <fstream>
#include <optional>

#include "process.hpp"

namespace bench {
namespace {

// Nothing of one that cannot be read, as stable_secret before it is set.
std::optional<std::string> read(const std::string& path) {
    std::ifstream file(path);
    std::string value;
    return std::getline(file, value) ? std::optional(value) : std::nullopt;
}

void write(const std::string& path, const std::string& value) {
    std::ofstream file(path);
    if (!(file << value << std::flush)) die("restore " + path);
}

}  // namespace

LinkSettings::LinkSettings(const std::string& interface) {
    const std::string folder = "/proc/sys/net/ipv6/conf/" + interface;
    disable_ = folder + "/disable_ipv6";
    for (const auto& each : std::filesystem::directory_iterator(folder)) {
        if (const auto value = read(each.path())) values_[each.path()] = *value;
    }
}

// addr_gen_mode makes a link-local address at once, of a link that is down too, and by the settings of before.
void LinkSettings::restore() const {
    for (const auto& [path, value] : values_) {
        if (read(path) != value) write(path, value);
    }
    write(disable_, "1");
    write(disable_, values_.at(disable_));
}

}  // namespace bench
