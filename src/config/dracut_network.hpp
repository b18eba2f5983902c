// SPDX-License-Identifier: Apache-2.0
// Parameters of the network section of dracut.cmdline(7) that choose, name and make interfaces, PXELINUX's BOOTIF=, and
// what the kernel's own ip= has beside it (nfsroot.rst, ipconfig.c).
// Gathered until the line ends, for ip= may come after them.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

inline constexpr std::array<std::string_view, 12> kDracutParameters{"BOOTIF",
                                                                    "rd.bootif",
                                                                    "bootdev",
                                                                    "ifname",
                                                                    "vlan",
                                                                    "rd.peerdns",
                                                                    "rd.neednet",
                                                                    "rd.net.timeout.dhcp",
                                                                    "rd.net.timeout.iflink",
                                                                    "rd.net.dhcp.vendor-class",
                                                                    "carrier_timeout",
                                                                    "dhcpclass"};

class DracutNetwork {
  public:
    // False: it is none of these. What cannot be used, and what is known and not obeyed, is a warning.
    bool take(const KernelParameter& parameter, std::vector<std::string>& warnings);

    // The device field BOOTIF as what BOOTIF= says; any other as it is.
    [[nodiscard]] std::string device(std::string name, std::vector<std::string>& warnings) const;
    [[nodiscard]] bool lease_names_dns() const noexcept { return peer_dns_; }
    // Which row leads out, the names and VLANs, and the time limits; after the rows of ip= are there.
    void finish(Network& network, Sources& sources, std::vector<std::string>& warnings);

  private:
    // What the value must be, or nothing when it is that.
    std::string_view lay(std::string_view name, std::string_view value);
    std::string_view add_name(std::string_view value);
    std::string_view add_vlan(std::string_view value);
    void refuse(const KernelParameter& parameter, std::vector<std::string>& warnings);

    std::optional<MacAddress> boot_mac_;
    std::string boot_device_;
    bool use_boot_mac_ = true;
    bool has_replaced_ = false;  // the last name or VLAN, another one of that name
    bool peer_dns_ = true;
    std::vector<LinkName> names_;
    std::vector<Vlan> vlans_;
    std::optional<std::chrono::milliseconds> timeout_, link_timeout_;
    std::optional<std::string> vendor_class_;
    std::string_view link_timeout_parameter_, vendor_class_parameter_;  // that said so: the last
    std::vector<std::string> refused_;                                  // each is said once
};

}  // namespace nlinit::config
