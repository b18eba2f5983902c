// SPDX-License-Identifier: Apache-2.0
// What a test leaves behind on purpose, for a sanitizer that looks for leaks when the program ends.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define NLINIT_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NLINIT_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef NLINIT_ADDRESS_SANITIZER
#include <sanitizer/lsan_interface.h>
#endif

namespace nlinit::test {

// Memory that is taken while there is one of these is no leak.
class LeakAllowed {
  public:
#ifdef NLINIT_ADDRESS_SANITIZER
    LeakAllowed() {
        __lsan_disable();
    }
    ~LeakAllowed() {
        __lsan_enable();
    }
#else
    LeakAllowed() {}
    ~LeakAllowed() {}
#endif
    LeakAllowed(const LeakAllowed&) = delete;
    LeakAllowed& operator=(const LeakAllowed&) = delete;
};

}  // namespace nlinit::test
