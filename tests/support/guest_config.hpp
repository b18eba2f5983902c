// SPDX-License-Identifier: Apache-2.0
// What the tests of whole boots have in common.
#pragma once

#include <string>

namespace nlinit::test {

// Fast: a guest without a network interface would wait for one, a payload that does not end for its grace.
inline const std::string kQuick =
    "[system]\ncgroup = false\n[network]\nlink_timeout = \"20ms\"\n[payload]\nstop_timeout = \"200ms\"\n";

// The profile that tests of its rows name; without it a guest is "minimal".
inline const std::string kArcbox = "profile = \"arcbox\"\n";

inline std::string sh(const std::string& script) {
    return "/bin/sh -c \"" + script + "\"";
}

// dash has no cp: what a file says, into /out.
inline std::string copy(const std::string& from, const std::string& to) {
    return "while IFS= read -r l; do echo $l; done < " + from + " > /out/" + to + "; ";
}

// Until it is killed.
inline const std::string kStay = "read x < /out/never";

}  // namespace nlinit::test
