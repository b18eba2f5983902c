#include "nlinit/net/name_server.hpp"

#include <algorithm>

namespace nlinit {
namespace {

constexpr std::size_t kMaxLinkName = 15;  // IFNAMSIZ of linux/if.h, less the NUL

// What a line of resolv.conf can hold, and the kernel takes for the name of a link (dev_valid_name()).
bool is_zone(std::string_view text) {
    const auto is_name_character = [](char c) { return c > ' ' && c <= '~' && c != '/' && c != ':' && c != '%'; };
    return !text.empty() && text.size() <= kMaxLinkName && std::ranges::all_of(text, is_name_character);
}

}  // namespace

std::optional<NameServer> NameServer::parse(std::string_view text) {
    const auto percent = text.find('%');
    const auto address = IpAddress::parse(text.substr(0, percent));
    if (!address || !(address->is_host() || address->is_loopback())) return std::nullopt;
    if (percent == text.npos) return NameServer(*address);
    const auto zone = text.substr(percent + 1);
    if (!address->is_link_local() || !is_zone(zone)) return std::nullopt;
    return NameServer(*address, std::string(zone));
}

std::string NameServer::to_string() const {
    return zone.empty() ? address.to_string() : address.to_string() + '%' + zone;
}

}  // namespace nlinit
