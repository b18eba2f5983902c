// SPDX-License-Identifier: Apache-2.0
#include "app/netsetup/netsetup_options.hpp"

namespace nlinit::app {

std::string netsetup_help() {
    return R"(usage: nlinit netsetup [OPTION]... [INTERFACE]

Brings up lo and INTERFACE (a name, glob or MAC; default: the primary one), gets
a lease by DHCP or applies --static, and exits 0 once the routes are in the kernel.

  --timeout TIME       give up after this long (default 6s; also 500ms)
  --keep               stay, renew the lease, follow the link; SIGUSR1 renews now
  --release            give the lease back when told to stop (with --keep)
  --forever            no lifetime on the address, for when nobody renews
  --lease-file PATH    keep the lease there, and ask for it first next time;
                       %i stands for the interface's name
  --static ADDR/LEN    no DHCP: this address; may be given several times
  --gateway ADDR       with --static: the default route of that family
  --ipv6 auto|required|none  its IPv6; auto: router advertisements are obeyed, and
                       asked for at once; required: and waited for; none: no IPv6
                       there (default: as the kernel has it)
  -4                   IPv4 alone, IPv6 is as the kernel has it
  -6                   no DHCP, but IPv6 as by --ipv6 required
  --no-default-route   addresses and other routes only, none wider than a /8
  --accept-routes NET,...  with --no-default-route: only routes inside of these
  --metric N           of the routes (default 0)
  --acd off|probe|optimistic  is the address in use elsewhere? probe: ask for 200
                       ms first; optimistic: ask while using it (with --keep);
                       an address that is taken costs 10 s (default off)
  --resolv-conf PATH   write name servers and search domains there
  --dns ADDR,...       these name servers, not the lease's; with --static, too
  --search DOMAIN,...  these search domains, not the lease's
  --set-hostname       take the host name that the server gives
  --netns NAME|PATH    work in that network namespace

What the server is told or asked:
  --hostname NAME      option 12
  --client-id ID       option 61, text or 01:52:54:... (default: the MAC address);
                       none: it is not sent
  --vendor-class TEXT  option 60 (default: nlinit)
  --user-class TEXT    option 77
  --request N,N...     options to ask for beside the usual ones
  --no-rapid-commit    always the four-message exchange
  --broadcast          have replies broadcast
  --ms-routes          routes of option 249 where there is no 121
  --ipv6-only          do without IPv4 where the network says so (option 108)
  --allow-server ADDR,...  no other server's lease
  --deny-server ADDR,...  not the lease of these
  --start-delay TIME   wait up to this long, at random, before the first packet
  --fallback-lease TIME  for a server that names no lease time

What is shown:
  --json               the result as JSON, a failure too, with every packet's
                       time; docs/json.md has its keys
  --pcap FILE          what was sent and received, for Wireshark
  --dry-run            what would be done; changes nothing (also with --json)
  -v, --verbose        what happens, on standard error
  -h, --help           this

Exit status: 0 configured; 2 usage; 3 no such interface, or none fits;
4 no carrier; 5 no lease, or no IPv6 that is required, in time; 6 the kernel
refused an address or route; 7 not permitted; 8 the network wants no IPv4 (with
--ipv6-only and without --ipv6); 9 all is configured, but --resolv-conf or
--lease-file could not be written, or the host name not be set; 1 anything else.

It takes CAP_NET_ADMIN and CAP_NET_RAW in the network namespace, and so needs no
root where that belongs to a user namespace, as in: unshare -Urn nlinit netsetup
)";
}

}  // namespace nlinit::app
