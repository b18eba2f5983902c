// SPDX-License-Identifier: Apache-2.0
#include "app/network/dhcp_settings.hpp"

namespace nlinit::app {
namespace {

dhcp::ConflictDetection conflict_detection(config::ConflictDetection wanted) {
    switch (wanted) {
        case config::ConflictDetection::probe:
            return dhcp::ConflictDetection::probe;
        case config::ConflictDetection::optimistic:
            return dhcp::ConflictDetection::optimistic;
        case config::ConflictDetection::off:
            break;
    }
    return dhcp::ConflictDetection::off;
}

}  // namespace

DhcpSettings dhcp_settings(const config::Config& config) {
    DhcpSettings settings{config.network.dhcp};
    if (settings.common.hostname.empty()) settings.common.hostname = config.system.hostname;
    return settings;
}

bool asks_alike(config::Dhcp one, const config::Dhcp& other) {
    one.hostname = other.hostname;
    one.use_hostname = other.use_hostname;
    one.release = other.release;
    one.lease_file = other.lease_file;
    return one == other;
}

dhcp::ClientConfig client_config(const config::Dhcp& dhcp) {
    dhcp::ClientConfig client;
    client.client_identifier = dhcp.client_id;
    client.send_client_identifier = dhcp.send_client_id;
    client.host_name = dhcp.hostname;
    client.vendor_class = dhcp.vendor_class;
    client.user_class = dhcp.user_class;
    client.more_options = dhcp.request;
    client.rapid_commit = dhcp.rapid_commit;
    client.broadcast_flag = dhcp.broadcast;
    client.start_delay = dhcp.start_delay;
    client.release_on_stop = dhcp.release;
    client.ipv6_only_preferred = dhcp.ipv6_only;
    client.conflict_detection = conflict_detection(dhcp.conflict_detection);
    client.allowed_servers = dhcp.allow;
    client.denied_servers = dhcp.deny;
    client.rules.fallback_duration = dhcp.fallback_lease;
    client.rules.ms_routes = dhcp.ms_routes;
    return client;
}

std::string lease_file_of(const config::Dhcp& dhcp, const std::string& interface) {
    std::string path = dhcp.lease_file;
    for (auto at = path.find("%i"); at != std::string::npos; at = path.find("%i", at + interface.size()))
        path.replace(at, 2, interface);
    return path;
}

}  // namespace nlinit::app
