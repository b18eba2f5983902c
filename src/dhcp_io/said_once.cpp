// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/said_once.hpp"

#include <algorithm>

namespace nlinit::dhcp_io {
namespace {

constexpr std::size_t kMostSaid = 64;

}  // namespace

void SaidOnce::say(log::Level level, std::string_view category, const std::string& link, const std::string& what) {
    if (said_.size() == kMostSaid || std::ranges::find(said_, what) != said_.end()) return;
    said_.push_back(what);
    log::write(level, category, {link, ": ", what});
}

}  // namespace nlinit::dhcp_io
