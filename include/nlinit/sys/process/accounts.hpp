// SPDX-License-Identifier: Apache-2.0
// Users and groups, out of /etc/passwd and /etc/group (passwd(5), group(5)). getpwnam(3) would load libraries, which a
// static program cannot.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

struct Identity {
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> groups;  // supplementary ones
    std::string home = "/";
    friend bool operator==(const Identity&, const Identity&) = default;
};

struct AccountFiles {
    std::string users = "/etc/passwd", groups = "/etc/group";
};

// user: "www", "1000", "www:users", "1000:1000"; empty: root. As Docker has it, a number need not be in the files: it
// is of group 0 then, and at home in "/". Supplementary groups are those that list the user, unless a group is given
// with it, and more_groups. An error names the user or group that is in neither. A file that others than root may write
// to is an error as well, but where nothing is needed of it: "1000:1000".
[[nodiscard]] Result<Identity> find_identity(const std::string& user, const std::vector<std::string>& more_groups,
                                             const AccountFiles& files = {});

// As one line of text, from a child that has looked for it.
[[nodiscard]] std::string to_text(const Identity& identity);
[[nodiscard]] Identity identity_in(std::string_view text);

}  // namespace nlinit::sys
