#include "nlinit/net/resolv_conf.hpp"

namespace nlinit {

std::string resolv_conf(std::span<const Ipv4Address> name_servers, std::span<const std::string> search_domains) {
    std::string text;
    for (const auto& server : name_servers) text += "nameserver " + server.to_string() + '\n';
    if (search_domains.empty()) return text;
    text += "search";
    for (const auto& domain : search_domains) text += ' ' + domain;
    return text + '\n';
}

}  // namespace nlinit
