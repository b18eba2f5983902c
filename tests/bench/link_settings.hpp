// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace bench {

// The sysctls of IPv6 of one link as they were when this was made, in the network namespace of the caller.
class LinkSettings {
  public:
    explicit LinkSettings(const std::string& interface);

    // Writes those that have changed since, and takes away what addresses the link has.
    void restore() const;

  private:
    std::map<std::string, std::string> values_;  // by path
    std::string disable_;                        // the path of disable_ipv6
};

}  // namespace bench
