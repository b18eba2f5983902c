// SPDX-License-Identifier: Apache-2.0
// "; dropped 3 with a bad UDP checksum; dropped 1 from another server", for the end of a sentence.
#pragma once

#include <string>

#include "nlinit/base/counters.hpp"

namespace nlinit::dhcp_io {

template <class Reason, std::size_t count>
std::string in_words(const Counters<Reason, count>& drops) {
    std::string text;
    drops.each([&](Reason reason, std::uint64_t times) {
        text += "; dropped " + std::to_string(times) + ' ' + std::string(explanation_of(reason));
    });
    return text;
}

}  // namespace nlinit::dhcp_io
