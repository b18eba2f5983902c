// SPDX-License-Identifier: Apache-2.0
// The bare kernel: takes a link up, with settings of its IPv6 (sysctls net.ipv6.conf.INTERFACE.KEY) or as it is.
//   link_up INTERFACE [KEY=VALUE]…
#include <fstream>

#include "guest.hpp"
#include "process.hpp"

int main(int argc, char** argv) {
    if (argc < 2) bench::die("usage: link_up INTERFACE [KEY=VALUE]...");
    const std::string interface = argv[1];
    for (int i = 2; i < argc; ++i) {
        const auto words = bench::split(argv[i], '=');
        if (words.size() != 2) bench::die("want KEY=VALUE, not " + std::string(argv[i]));
        std::ofstream setting("/proc/sys/net/ipv6/conf/" + interface + '/' + words[0]);
        if (!(setting << words[1] << std::flush)) bench::die("write the sysctl " + words[0]);
    }
    bench::Guest(interface).bring_up();
}
