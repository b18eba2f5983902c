// SPDX-License-Identifier: Apache-2.0
// What the user wants of a boot, after profile, file and kernel command line are laid over one another.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/log_level.hpp"
#include "nlinit/machine/binfmt.hpp"
#include "nlinit/machine/end_action.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/machine/notify_address.hpp"
#include "nlinit/machine/rlimit.hpp"
#include "nlinit/machine/swap_row.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit::config {

struct File {
    std::string path, content;
    std::uint32_t mode = 0644;
    bool keep_existing = false;  // whatever is at path already is fine
    friend bool operator==(const File&, const File&) = default;
};
// What becomes of the mode of a directory that is there already.
enum class OldMode : std::uint8_t { stays, replaced, replaced_where_writable };

struct Directory {
    std::string path;
    std::uint32_t mode = 0755;
    OldMode old_mode = OldMode::stays;
    friend bool operator==(const Directory&, const Directory&) = default;
};
struct Symlink {
    std::string path, target;
    bool if_exists = false;      // only when the target is there
    bool keep_existing = false;  // whatever is at path already is fine
    friend bool operator==(const Symlink&, const Symlink&) = default;
};

struct System {
    std::string hostname;  // empty: the kernel's is kept
    std::vector<std::string> modules;
    std::map<std::string, std::string> sysctl;         // "net.ipv4.ip_forward" → "1"
    std::map<std::string, std::string> sysctl_floors;  // of a profile: at least so much, unless `sysctl` has the key
    std::vector<Rlimit> rlimits;
    bool hosts = false;                 // /etc/hosts with the host name of the moment
    bool cgroup = false;                // cgroup2 with a leaf for init and one for the payload
    std::string report;                 // a copy of boot.json, on a share; empty: none
    std::optional<std::int64_t> epoch;  // seconds since 1970 that the clock must not be before
    NotifyAddress notify;               // who outside is told how far the machine is
    friend bool operator==(const System&, const System&) = default;
};

// The root that an initramfs leads to, and what is laid over the root, whoever mounted it.
struct Root {
    std::string device;         // "/dev/vda", "PARTUUID=…", "LABEL=…", or a tag; empty: the root stays
    std::string type, options;  // type as rootfstype=: a list is tried in turn, nothing means any
    bool read_only = true;
    std::chrono::milliseconds timeout{10'000};  // for a device that is not there yet
    std::string overlay;                        // "tmpfs", or a device as above; empty: none
    std::string overlay_type, overlay_options;  // of the filesystem that takes what is written
    bool grow = false;                          // that filesystem, to the size of its device
    friend bool operator==(const Root&, const Root&) = default;
};

enum class Method : std::uint8_t { dhcp, fixed, none };  // of IPv4; in the file: "dhcp", "static", "none"
// automatic: what routers advertise is obeyed; fixed: it is not; none: there is no IPv6 on that link. untouched, which
// no file says: as the kernel has it.
enum class Ipv6 : std::uint8_t { automatic, fixed, none, untouched };

// Whether another host is looked for that has the leased address already (RFC 5227).
enum class ConflictDetection : std::uint8_t { off, probe, optimistic };

struct Dhcp {
    std::string hostname;                 // option 12; empty: the system's, if it was given one
    std::vector<std::uint8_t> client_id;  // option 61; empty: from the MAC address
    bool send_client_id = true;
    std::string vendor_class = "nlinit";                 // option 60; empty: not sent
    std::string user_class;                              // option 77; empty: not sent
    std::vector<std::uint8_t> request;                   // options to ask for beside the usual ones
    std::string lease_file;                              // empty: none; %i stands for the interface's name
    std::vector<Ipv4Address> allow, deny;                // servers; allow empty: all
    std::chrono::milliseconds start_delay{0};            // at most this long before the first packet, at random
    std::optional<std::chrono::seconds> fallback_lease;  // for a server that names no lease time
    ConflictDetection conflict_detection = ConflictDetection::off;
    bool rapid_commit = true;
    bool broadcast = false;     // have replies broadcast
    bool release = false;       // give the lease back at the end
    bool use_hostname = false;  // take the host name that the lease has
    bool ipv6_only = false;     // do without IPv4 where the network says so (RFC 8925)
    bool ms_routes = false;     // option 249 where there is no 121
    friend bool operator==(const Dhcp&, const Dhcp&) = default;
};

struct Interface {
    std::string match = "primary";  // a name, a glob, a MAC, or "primary"
    Method method = Method::dhcp;
    Ipv6 ipv6 = Ipv6::automatic;
    bool ipv6_written = false;                // by the user: ipv6 is no default
    bool ipv6_required = false;               // nothing is usable without it
    bool asks_dhcp6 = false;                  // for an address, whatever routers say of it; with ipv6 automatic
    std::vector<InterfaceAddress> addresses;  // those of IPv4 with method fixed alone
    std::vector<IpAddress> gateways;          // one of each family
    std::vector<Route> routes;
    std::optional<std::uint16_t> mtu;
    std::optional<MacAddress> mac;
    bool default_route = true;
    std::vector<Prefix> accept_routes;  // of a lease, where there is no default route; empty: none
    bool optional = false;
    std::uint32_t metric = 0;
    std::map<std::string, std::string> sysctl;  // below net.ipv4.conf.NAME; "ipv6.KEY": below net.ipv6.conf.NAME
    std::optional<Dhcp> dhcp;                   // none: the network's
    // Two links cannot share an address, of whatever layer, but one that counts on its link alone.
    [[nodiscard]] bool fits_one_link() const noexcept {
        return mac || std::ranges::any_of(addresses, [](const auto& each) { return !each.local.is_link_local(); });
    }
    [[nodiscard]] bool has_address(const IpAddress& address) const {
        return std::ranges::find(addresses, address, &InterfaceAddress::local) != addresses.end();
    }
    [[nodiscard]] bool has_address_of(Family family) const {
        return std::ranges::any_of(addresses, [&](const auto& address) { return address.local.family() == family; });
    }
    [[nodiscard]] std::optional<IpAddress> gateway_of(Family family) const {
        const auto found = std::ranges::find(gateways, family, &IpAddress::family);
        return found == gateways.end() ? std::nullopt : std::optional(*found);
    }
    // In the place of the one of its family.
    void set_gateway(const IpAddress& gateway) {
        std::erase_if(gateways, [&](const auto& other) { return other.family() == gateway.family(); });
        gateways.push_back(gateway);
    }
    friend bool operator==(const Interface&, const Interface&) = default;
};

// The NIC of that MAC address is called so from its start (ifname= of dracut.cmdline(7)).
struct LinkName {
    std::string name;
    MacAddress mac;
    friend bool operator==(const LinkName&, const LinkName&) = default;
};
// An 802.1Q interface that is made on another one (vlan=).
struct Vlan {
    std::string name, parent;
    std::uint16_t id = 0;
    friend bool operator==(const Vlan&, const Vlan&) = default;
};

struct Network {
    bool wait = true;
    std::chrono::milliseconds timeout{6000};       // three tries of two seconds
    std::chrono::milliseconds link_timeout{3000};  // for a NIC that is not there yet
    bool dns_from_lease = false;
    std::vector<NameServer> name_servers;  // written when not from the lease, or until it is there
    std::vector<std::string> search_domains;
    Dhcp dhcp;  // of every interface that has none of its own
    std::vector<Interface> interfaces;
    std::vector<LinkName> link_names;
    std::vector<Vlan> vlans;
    friend bool operator==(const Network&, const Network&) = default;
};

enum class Restart : std::uint8_t { never, on_failure, always };
enum class Handoff : std::uint8_t { supervise, exec };  // exec: PID 1 becomes the payload

struct Payload {
    std::vector<std::string> command;  // empty: none, PID 1 just stays
    std::map<std::string, std::string> environment;
    std::string oci;                     // a config.json that says what nobody else does; empty: none
    std::vector<std::string> env_files;  // lines NAME=VALUE, for variables that `environment` does not have
    std::string working_directory = "/";
    bool makes_working_directory = false;     // as container runtimes do
    std::string user;                         // "www", "1000", "www:users", "1000:1000"; empty: root
    std::vector<std::string> groups;          // names or numbers, beside those that /etc/group gives the user
    std::string tty;                          // its terminal; empty: the console, as PID 1 has it
    std::optional<std::uint32_t> pids_max;    // processes and threads at a time, by its cgroup; none: by the kernel's
    std::optional<std::uint64_t> memory_max;  // bytes, by its cgroup; none: all of the machine's but a reserve
    std::optional<std::vector<std::uint8_t>> capabilities;  // CAP_* that it may have at the most; none: all
    // Of those, what a user other than root has from the start; none: all of them.
    std::optional<std::vector<std::uint8_t>> ambient_capabilities;
    bool no_new_privs = false;  // no set-user-ID program and no file capability gives it more than it has
    std::vector<ProcessLimit> rlimits;
    std::optional<std::uint32_t> umask;
    std::optional<std::int16_t> oom_score_adj;  // -1000 to 1000, proc_pid_oom_score_adj(5)
    int stop_signal = 15;                       // that asks it to end: SIGTERM
    Handoff handoff = Handoff::supervise;
    Restart restart = Restart::never;
    EndAction on_exit = EndAction::poweroff;
    std::chrono::milliseconds stop_timeout{10000};  // between its stop signal and SIGKILL
    friend bool operator==(const Payload&, const Payload&) = default;
};

// What each command does to the machine. Which of them ends a VM depends on what runs it.
struct Shutdown {
    std::optional<EndAction> poweroff;  // none: power off where that is possible, else reboot
    EndAction reboot = EndAction::reboot;
    EndAction halt = EndAction::halt;
    EndAction power_button = EndAction::poweroff;  // what a press of it asks for; stay: nobody listens to it
    std::chrono::milliseconds timeout{20000};      // for all that comes after the payload's stop_timeout
    friend bool operator==(const Shutdown&, const Shutdown&) = default;
};

struct DebugShell {
    bool wanted = false;
    std::string path;  // empty: the first that the image has
    std::string tty;   // empty: the one that is /dev/console
    friend bool operator==(const DebugShell&, const DebugShell&) = default;
};

struct Config {
    std::string profile;
    System system;
    Root root;
    std::vector<MountWords> mounts;
    std::vector<SwapRow> swaps;
    std::vector<File> files;
    std::vector<Directory> directories;
    std::vector<Symlink> symlinks;
    std::vector<Binfmt> binfmts;
    Network network;
    Payload payload;
    Shutdown shutdown;
    EndAction on_required_failure = EndAction::stay;  // stay: the boot goes on
    LogLevel log_level = LogLevel::info;
    DebugShell debug_shell;
    friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace nlinit::config
