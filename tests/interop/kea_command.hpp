// SPDX-License-Identifier: Apache-2.0
// A Kea server of either family that keeps all its files in one directory.
#pragma once

#include <string>
#include <vector>

namespace nlinit::test {

// Since 2.6.3 Kea opens no lease file but below KEA_DHCP_DATA_DIR, or /var/lib/kea.
inline std::vector<std::string> kea_command(const std::string& program, const std::string& config,
                                            const std::string& directory) {
    return {"/usr/bin/env",
            "KEA_PIDFILE_DIR=" + directory,
            "KEA_LOCKFILE_DIR=" + directory,
            "KEA_DHCP_DATA_DIR=" + directory,
            program,
            "-c",
            config};
}

}  // namespace nlinit::test
