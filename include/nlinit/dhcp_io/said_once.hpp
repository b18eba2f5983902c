// SPDX-License-Identifier: Apache-2.0
// Sentences of a session that the log has already. Renewals bring the same again, and a hostile server something else
// each time: neither fills the log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/sys/log/log.hpp"

namespace nlinit::dhcp_io {

class SaidOnce {
  public:
    // "eth0: what", the first time and if there is room to remember it.
    void say(log::Level level, std::string_view category, const std::string& link, const std::string& what);

  private:
    std::vector<std::string> said_;
};

}  // namespace nlinit::dhcp_io
