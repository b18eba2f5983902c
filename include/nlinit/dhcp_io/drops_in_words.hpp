// SPDX-License-Identifier: Apache-2.0
// What was dropped, for the end of a sentence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/base/counters.hpp"

namespace nlinit::dhcp_io {

// "; dropped 3 with a bad UDP checksum: ...; dropped 1 from another server"
template <class Reason, std::size_t count>
std::string in_words(const Counters<Reason, count>& drops) {
    std::string text;
    drops.each([&](Reason reason, std::uint64_t times) {
        append(text, {"; dropped ", std::to_string(times), " ", explanation_of(reason)});
    });
    return text;
}

// Behind the sentence that a lease has run out; `drops` since it was granted. Empty if there was no answer either.
template <class Reason, std::size_t count>
std::string answers_of_no_use(const Counters<Reason, count>& drops) {
    return drops.total() == 0 ? "" : ": no answer since its last grant was of use" + in_words(drops);
}

}  // namespace nlinit::dhcp_io
