// SPDX-License-Identifier: Apache-2.0
// Frames by hand, from the Ethernet header on, out of a link of a test's namespace.
#pragma once

#include <cstddef>
#include <string>

#include "nlinit/base/bytes.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"

namespace nlinit::test {

class RawLink {
  public:
    RawLink(const NetworkNamespace& ns, const std::string& interface);

    void send(ByteView frame) const;
    // The same frame so many times, as fast as the kernel takes them.
    void flood(ByteView frame, std::size_t count) const;

  private:
    sys::UniqueFd socket_;
};

}  // namespace nlinit::test
