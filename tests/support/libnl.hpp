// SPDX-License-Identifier: Apache-2.0
// libnl's objects with owners, for what makes and looks at links beside the code under test.
#pragma once

#include <netlink/errno.h>

#include <stdexcept>
#include <string>

namespace nlinit::test {

inline void require_netlink(int result, const std::string& what) {
    if (result < 0) throw std::runtime_error(what + ": " + nl_geterror(result));
}

template <auto kRelease>
struct NlDeleter {
    template <class T>
    void operator()(T* object) const noexcept {
        kRelease(object);
    }
};

}  // namespace nlinit::test
