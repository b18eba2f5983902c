#include "nlinit/app/netsetup_options.hpp"

#include <getopt.h>

#include <string_view>

#include "nlinit/config/value_syntax.hpp"

namespace nlinit::app {
namespace {

constexpr std::size_t kMaxClientIdentifier = 255;

enum Option : int {
    timeout = 256,
    keep,
    resolv_conf,
    json,
    dry_run,
    fixed,
    gateway,
    netns,
    hostname,
    metric,
    no_default_route,
    no_rapid_commit,
    client_id,
    forever,
    release,
};

constexpr option kOptions[] = {
    {"timeout", required_argument, nullptr, timeout},
    {"keep", no_argument, nullptr, keep},
    {"resolv-conf", required_argument, nullptr, resolv_conf},
    {"json", no_argument, nullptr, json},
    {"dry-run", no_argument, nullptr, dry_run},
    {"static", required_argument, nullptr, fixed},
    {"gateway", required_argument, nullptr, gateway},
    {"netns", required_argument, nullptr, netns},
    {"hostname", required_argument, nullptr, hostname},
    {"metric", required_argument, nullptr, metric},
    {"no-default-route", no_argument, nullptr, no_default_route},
    {"no-rapid-commit", no_argument, nullptr, no_rapid_commit},
    {"client-id", required_argument, nullptr, client_id},
    {"forever", no_argument, nullptr, forever},
    {"release", no_argument, nullptr, release},
    {"verbose", no_argument, nullptr, 'v'},
    {"help", no_argument, nullptr, 'h'},
    {nullptr, 0, nullptr, 0},
};

Error bad(std::string_view name, std::string_view value, std::string_view wanted) {
    return {0, "--" + std::string(name) + ' ' + std::string(value) + ": " + std::string(wanted)};
}

// As in the config, and a bare number is seconds.
std::optional<std::chrono::milliseconds> time_in(std::string_view text) {
    if (const auto duration = config::parse_duration(text)) return duration;
    return config::parse_duration(std::string(text) + 's');
}

Result<> take_value(int option, std::string_view value, NetsetupOptions& options) {
    switch (option) {
        case timeout: {
            const auto limit = time_in(value);
            if (!limit || limit->count() == 0)
                return bad("timeout", value, "want a time such as 6s or 500ms, up to a day");
            options.timeout = *limit;
            return {};
        }
        case fixed: {
            const auto address = config::parse_interface_address(value);
            if (!address) return bad("static", value, "want ADDRESS/LENGTH, such as 10.0.0.2/24");
            options.interface.addresses = {*address};
            options.interface.method = config::Method::fixed;
            return {};
        }
        case gateway:
            options.interface.gateway = config::parse_host_address(value);
            if (!options.interface.gateway) return bad("gateway", value, "want a router's IPv4 address");
            return {};
        case metric: {
            const auto parsed = config::parse_number<std::uint32_t>(value);
            if (!parsed) return bad("metric", value, "want a number from 0 to 4294967295");
            options.interface.metric = *parsed;
            return {};
        }
        case hostname: {
            const auto name = config::parse_hostname(value);
            if (!name) return bad("hostname", value, "want letters, digits, hyphens and dots");
            options.dhcp.client.host_name = *name;
            return {};
        }
        case client_id:
            if (value.empty() || value.size() >= kMaxClientIdentifier)
                return bad("client-id", value, "want 1 to 254 bytes of text");
            options.dhcp.client.client_identifier = {0};  // RFC 2132 9.14: type 0, not a hardware address
            options.dhcp.client.client_identifier.insert(options.dhcp.client.client_identifier.end(), value.begin(),
                                                         value.end());
            return {};
        case netns:
            options.netns = value;
            return {};
        case resolv_conf:
            options.resolv_conf = value;
            return {};
        default:
            return Error{0, "unknown option"};
    }
}

bool take_flag(int option, NetsetupOptions& options) {
    switch (option) {
        case keep:
            return options.keep = true;
        case json:
            return options.json = true;
        case dry_run:
            return options.dry_run = true;
        case no_default_route:
            options.interface.default_route = false;
            return true;
        case no_rapid_commit:
            options.dhcp.client.rapid_commit = false;
            return true;
        case forever:
            return options.dhcp.forever = true;
        case release:
            return options.dhcp.client.release_on_stop = true;
        case 'v':
            return options.verbose = true;
        case 'h':
            return options.help = true;
        default:
            return false;
    }
}

std::string as_written(int argc, char* const* arguments) {
    const int index = optind - 1;
    return index > 0 && index < argc ? arguments[index] : "";
}

Result<> check(const NetsetupOptions& options) {
    const bool is_static = options.interface.method == config::Method::fixed;
    if (options.interface.gateway && !is_static)
        return Error{0, "--gateway needs --static: by DHCP the server names the router"};
    if (is_static && options.interface.gateway == options.interface.addresses.front().local)
        return Error{0, "--gateway is the address of --static itself: want the router's"};
    if (is_static && options.keep) return Error{0, "--keep renews a lease: it means nothing with --static"};
    if (options.dhcp.forever && options.keep)
        return Error{0, "--keep renews the lease, --forever is for when nobody does: choose one"};
    return {};
}

}  // namespace

Result<NetsetupOptions> parse_netsetup_options(int argc, char* const* arguments) {
    NetsetupOptions options;
    optind = 0;  // getopt(3): start anew
    opterr = 0;
    for (;;) {
        const int option = getopt_long(argc, arguments, ":vh", kOptions, nullptr);
        if (option == -1) break;
        if (option == ':') return Error{0, as_written(argc, arguments) + " needs a value"};
        if (option == '?') return Error{0, "unknown option " + as_written(argc, arguments) + "; see --help"};
        if (take_flag(option, options)) continue;
        if (auto taken = take_value(option, optarg, options); !taken.ok()) return taken.error();
    }
    if (argc - optind > 1) return Error{0, std::string("one interface at a time, not also ") + arguments[optind + 1]};
    if (optind < argc) options.interface.match = arguments[optind];
    if (options.interface.match.empty()) return Error{0, "the name of the interface is empty"};
    if (auto fits = check(options); !fits.ok()) return fits.error();
    return options;
}

std::string netsetup_help() {
    return R"(usage: nlinit netsetup [OPTION]... [INTERFACE]

Brings up lo and INTERFACE (a name, glob or MAC; default: the primary one), gets
a lease by DHCP or applies --static, and exits 0 once the routes are in the kernel.

  --timeout TIME       give up after this long (default 6s; also 500ms)
  --keep               stay, renew the lease, follow the link; SIGUSR1 renews now
  --release            give the lease back when told to stop (with --keep)
  --forever            no lifetime on the address, for when nobody renews
  --static ADDR/LEN    no DHCP: this address
  --gateway ADDR       with --static: the default route
  --no-default-route   addresses and other routes only
  --metric N           of the routes (default 0)
  --hostname NAME      sent to the server (option 12)
  --client-id TEXT     sent to the server (option 61; default: the MAC address)
  --no-rapid-commit    always the four-message exchange
  --resolv-conf PATH   write name servers and search domains there
  --netns NAME|PATH    work in that network namespace
  --json               print the result as JSON
  --dry-run            print what would be done, change nothing
  -v, --verbose        tell what happens, on standard error

exit status: 0 configured; 2 usage; 3 no such interface, or none fits;
4 no carrier; 5 no lease in time; 6 the kernel refused an address or route;
7 not permitted
)";
}

}  // namespace nlinit::app
