// SPDX-License-Identifier: Apache-2.0
// The parameters of the kernel command line that say something of the network. They are collected first: a name server
// of ip= counts only when nlinit.dns= is silent, and rd.route= may name an interface before ip= does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dracut_network.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

// Handlers say what the value must be, or nothing when it is that.
class NetworkParameters {
  public:
    void ip(std::string_view value, std::vector<std::string>& warnings);
    std::string_view name_server(std::string_view value);
    std::string_view dns(std::string_view value);
    std::string_view route(std::string_view value);

    // Parameters of dracut's beside these; false: it is none of them.
    bool dracut(const KernelParameter& parameter, std::vector<std::string>& warnings) {
        return dracut_.take(parameter, warnings);
    }

    // Lays all over the config, once.
    void finish(Config& config, Sources& sources, std::vector<std::string>& warnings);

  private:
    struct NamedRoute {
        Route route;
        std::string_view interface;  // empty: the first one
    };
    // What is said of one interface, and of which family.
    struct Row {
        Interface interface;
        bool ipv4 = false, ipv6 = false;
    };
    void add_interface(Row row, std::vector<std::string>& warnings);
    void apply_interfaces(Config& config, Sources& sources);
    void apply_name_servers(Network& network, Sources& sources);

    void resolve_devices(std::vector<std::string>& warnings);

    DracutNetwork dracut_;
    bool ip_given_ = false;
    std::vector<Row> rows_;
    std::string hostname_;
    std::vector<NameServer> name_servers_;
    std::string_view name_server_parameter_;  // that named one of them: the last
    std::optional<bool> dns_from_lease_;      // as nlinit.dns= says
    std::vector<NameServer> dns_servers_;
    std::vector<NamedRoute> routes_;
};

}  // namespace nlinit::config
