// SPDX-License-Identifier: Apache-2.0
#include "terms.hpp"

namespace nlinit::test {

std::vector<std::uint8_t> Terms::encoded_classless_routes() const {
    std::vector<std::uint8_t> octets;
    for (const auto& route : classless_routes) {
        const auto octets_of_network = route.destination.network().octets();
        const auto length = route.destination.length();
        octets.push_back(length);
        octets.insert(octets.end(), octets_of_network.begin(), octets_of_network.begin() + (length + 7) / 8);
        octets.insert(octets.end(), route.gateway.octets().begin(), route.gateway.octets().end());
    }
    return octets;
}

}  // namespace nlinit::test
