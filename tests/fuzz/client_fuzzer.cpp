// The DHCP client, fed by a script of events (see ClientScript).
#include <cstdio>
#include <cstdlib>

#include "dhcp/client_script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto broken = nlinit::test::ClientScript(nlinit::ByteView(data, size)).first_broken_promise();
    if (!broken.empty()) {
        std::fprintf(stderr, "%s\n", broken.c_str());
        std::abort();
    }
    return 0;
}
