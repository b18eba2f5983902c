// SPDX-License-Identifier: Apache-2.0
// A link that takes nothing to send for a while.
#pragma once

#include <string>

#include "support/namespaces.hpp"

namespace nlinit::test {

// From here on sendto(2) says ENOBUFS.
void refuse_to_send(const std::string& link, const NetworkNamespace& ns);
// As it was before that.
void send_again(const std::string& link, const NetworkNamespace& ns);

}  // namespace nlinit::test
