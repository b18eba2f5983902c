// SPDX-License-Identifier: Apache-2.0
// Option 119, and printable() over the same bytes.
#include <cstdlib>
#include <string>

#include "nlinit/base/text.hpp"
#include "nlinit/dhcp/domain_search.hpp"
#include "nlinit/net/domain_name.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nlinit;
    const ByteView value(data, size);
    for (const auto& name : dhcp::parse_domain_search(value)) {
        if (parse_domain_name(name) != name) std::abort();
    }
    const std::string shown = printable(std::string(value.begin(), value.end()));
    if (printable(shown) != shown) std::abort();
    return 0;
}
