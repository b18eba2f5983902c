// SPDX-License-Identifier: Apache-2.0
// The DHCP client, fed by a script of events (see ClientScript).
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "dhcp/client_script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Some forty events. What a life comes to after more of them it has come to before, and two shorter ones are tried
    // in the time.
    constexpr std::size_t kLongestScript = 100;
    const auto broken =
        nlinit::test::ClientScript(nlinit::ByteView(data, std::min(size, kLongestScript))).first_broken_promise();
    if (!broken.empty()) {
        std::fprintf(stderr, "%s\n", broken.c_str());
        std::abort();
    }
    return 0;
}
