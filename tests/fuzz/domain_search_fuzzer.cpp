// Option 119, and escaped() over the same bytes.
#include <cstdlib>

#include "nlinit/dhcp/name.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nlinit;
    const ByteView value(data, size);
    for (const auto& name : dhcp::parse_domain_search(value)) {
        if (dhcp::valid_name(name) != name) std::abort();
    }
    for (const char c : dhcp::escaped(value)) {
        if (c < ' ' || c > '~') std::abort();
    }
    return 0;
}
