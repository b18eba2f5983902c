// SPDX-License-Identifier: Apache-2.0
// The kernel's IPv6 on a link of a test's namespace.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>

#include "support/namespaces.hpp"

namespace nlinit::test {

// net.ipv6.conf.LINK.KEY. /proc/sys/net is that of the namespace in which it is opened.
inline void set_ipv6_sysctl(const std::string& key, const std::string& value, const std::string& link,
                            const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    std::ofstream file("/proc/sys/net/ipv6/conf/" + link + '/' + key);
    if (!(file << value).flush()) throw std::runtime_error("set " + key + " of " + link);
}

// Its addresses may be used at once: nobody is asked whether another host has them.
inline void without_dad(const std::string& link, const NetworkNamespace& ns) {
    set_ipv6_sysctl("accept_dad", "0", link, ns);
    set_ipv6_sysctl("accept_dad", "0", "all", ns);
}

// Likewise those that a link which is up has by itself.
inline void restart_ipv6_without_dad(const std::string& link, const NetworkNamespace& ns) {
    without_dad(link, ns);
    set_ipv6_sysctl("disable_ipv6", "1", link, ns);
    set_ipv6_sysctl("disable_ipv6", "0", link, ns);
}

}  // namespace nlinit::test
