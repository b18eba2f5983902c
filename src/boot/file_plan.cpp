#include "nlinit/boot/file_plan.hpp"

namespace nlinit::boot {

std::string hosts_content(std::string_view hostname) {
    if (hostname.empty() || hostname == "(none)") hostname = kFallbackHostname;
    return "127.0.0.1\tlocalhost\n::1\t\tlocalhost\n127.0.1.1\t" + std::string(hostname) + '\n';
}

std::string resolv_conf_content(const std::vector<Ipv4Address>& name_servers,
                                const std::vector<std::string>& search_domains) {
    std::string content;
    for (const auto& domain : search_domains) content += (content.empty() ? "search " : " ") + domain;
    if (!content.empty()) content += '\n';
    for (const auto& server : name_servers) content += "nameserver " + server.to_string() + '\n';
    return content;
}

}  // namespace nlinit::boot
