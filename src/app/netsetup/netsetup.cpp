// SPDX-License-Identifier: Apache-2.0
#include "app/netsetup/netsetup.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/netsetup/netsetup_options.hpp"
#include "app/netsetup/netsetup_report.hpp"
#include "app/netsetup/replaced_routes.hpp"
#include "app/network/network_setup.hpp"
#include "app/standard_output.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/plan/config_remarks.hpp"
#include "nlinit/plan/file_plan.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/root_file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/signals.hpp"

namespace nlinit::app {
namespace {

constexpr Duration kLinkTimeout = std::chrono::seconds(3);  // for an interface that is not there yet
// When most answers are there already, and it is time to look whether the link still is.
constexpr Duration kFollowDelay = std::chrono::milliseconds(100);

// What errno leaves out of why a namespace could not be entered.
const char* hint_of(int code) {
    if (code == EPERM) return " (it takes CAP_SYS_ADMIN)";
    return code == EINVAL ? " (it is no network namespace)" : "";
}

Result<> enter_netns(const std::string& netns) {
    const std::string path = netns.find('/') == std::string::npos ? "/run/netns/" + netns : netns;
    const sys::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, "open network namespace " + path};
    if (setns(fd.get(), CLONE_NEWNET) != 0) {
        const int code = errno;
        return Error{code, concat({"enter network namespace ", path, hint_of(code)})};
    }
    return {};
}

// As the resolver of that namespace has them (ip-netns(8)).
std::vector<NameServer> name_servers_of(const std::string& netns) {
    constexpr std::size_t kLimit = 64UL * 1024;
    const bool is_named = !netns.empty() && netns.find('/') == std::string::npos;
    if (!netns.empty() && !is_named) return {};
    const auto text =
        sys::read_file(is_named ? concat({"/etc/netns/", netns, "/resolv.conf"}) : "/etc/resolv.conf", kLimit);
    return text.ok() ? plan::name_servers_in(*text) : std::vector<NameServer>();
}

class Netsetup {
  public:
    Netsetup(sys::EventLoop& loop, NetsetupOptions options, TimePoint started_at)
        : loop_(loop), options_(std::move(options)), started_at_(started_at), network_(loop, [this] { on_change(); }) {}

    ExitCode run();

  private:
    void on_signals(sys::SignalFd& signals);
    void follow_links();
    void on_change();
    void take_hostname();
    void write_resolv_conf();
    void say_untouched();
    [[nodiscard]] std::optional<Error> not_written() const;
    ExitCode give_up();
    ExitCode stay();
    void leave();
    ExitCode end(const Error& error, ExitCode status) const;
    ExitCode fail_early(const Error& error, ExitCode otherwise) const {
        return fail(error, otherwise, options_.json, options_.interface.match);
    }
    void report(const Outcome& outcome) const;

    sys::EventLoop& loop_;
    NetsetupOptions options_;
    TimePoint started_at_;
    NetworkSetup network_;
    ResolvConf resolv_conf_;
    std::string unread_said_;  // of its name servers
    bool untouched_said_ = false;
    std::optional<Error> hostname_failure_;
    bool stopped_ = false;
    bool had_address_ = false;
    std::vector<netlink::LinkRoute> routes_before_;  // until it was said what has become of them
};

ExitCode Netsetup::run() {
    std::optional<sys::SignalFd> signals;
    if (options_.keep) {  // else a signal may simply end us: all is applied in one send
        auto opened = sys::SignalFd::open({SIGINT, SIGTERM, SIGUSR1});
        if (!opened.ok()) return fail_early(opened.error(), ExitCode::internal);
        signals.emplace(*std::move(opened));
        if (auto watched = loop_.watch(signals->fd(), [&] { on_signals(*signals); }); !watched.ok())
            return fail_early(watched.error(), ExitCode::internal);
    }
    // What --resolv-conf names is this interface's to say.
    if (!options_.interface.default_route && options_.resolv_conf.empty())
        network_.keep_in_reach(name_servers_of(options_.netns));
    network_.take_one_link_each();
    bool timed_out = false;
    const auto timer = loop_.add_timer([&] { timed_out = true; });
    const auto link_timer =
        loop_.add_timer([&] { timed_out |= network_.spokesman()->progress() == Progress::no_interface; });
    loop_.arm(timer, started_at_ + options_.timeout);
    routes_before_ = routes_of_now();
    if (auto started = network_.start({options_.interface}, options_.dhcp); !started.ok())
        return fail_early(started.error(), ExitCode::refused_by_kernel);
    const auto follow_timer = loop_.add_timer([this] { follow_links(); });
    loop_.arm(follow_timer, BootClock::now() + (options_.keep ? Duration::zero() : kFollowDelay));
    loop_.arm(link_timer, started_at_ + std::min<Duration>(kLinkTimeout, options_.timeout));

    while (!network_.is_decided() && !timed_out && !stopped_) loop_.wait();
    const bool configured = network_.is_configured();
    if (!configured && !options_.keep) return give_up();
    if (!configured) log::warning("netsetup", {network_.spokesman()->describe(), "; trying on"});
    loop_.arm(timer, std::nullopt);
    if (options_.keep) {
        report({});
        return stay();
    }
    if (const auto failure = not_written()) return end(*failure, ExitCode::not_written);
    report({{}, ExitCode::configured});
    return ExitCode::configured;
}

void Netsetup::on_signals(sys::SignalFd& signals) {
    while (const auto signal = signals.next()) {
        if (signal->ssi_signo == SIGUSR1) {
            network_.renew();
        } else {
            stopped_ = true;
        }
    }
}

void Netsetup::follow_links() {
    if (auto following = network_.follow_links(); !following.ok())
        log::warning("netsetup", to_string(following.error()));
}

void Netsetup::on_change() {
    // Who stays uses IPv4 while it waits for the IPv6 that is required.
    const bool is_in_part = options_.keep && network_.interfaces().front()->has_ipv4();
    had_address_ |= network_.is_configured() || !network_.interfaces().front()->plan().addresses.empty();
    if (!network_.is_configured() && !is_in_part) return;
    const auto replaced = replaced_route(std::exchange(routes_before_, {}), *network_.interfaces().front());
    if (!replaced.empty()) log::warning("netsetup", replaced);
    write_resolv_conf();
    take_hostname();
}

void Netsetup::take_hostname() {
    const auto name = network_.interfaces().front()->hostname();
    if (name.empty() || name == sys::hostname()) return;
    hostname_failure_.reset();
    if (auto done = sys::set_hostname(name); !done.ok()) {
        hostname_failure_ = Error{done.error().code, done.error().what + hint_of(done.error().code)};
        if (options_.keep) log::warning("netsetup", to_string(*hostname_failure_));
    }
}

// The first of what was asked for beside the network and is not there.
std::optional<Error> Netsetup::not_written() const {
    if (resolv_conf_.failure) return resolv_conf_.failure;
    if (hostname_failure_) return hostname_failure_;
    return network_.interfaces().front()->lease_file_failure();
}

// --dns and --search in place of the lease's.
void Netsetup::write_resolv_conf() {
    if (options_.resolv_conf.empty()) return;
    const NetworkPlan plan = network_.interfaces().front()->plan();
    const bool is_fixed = options_.interface.method == config::Method::fixed;
    const auto* ipv6 = network_.interfaces().front()->ipv6();
    const bool is_withdrawn = ipv6 != nullptr && ipv6->has_withdrawn_name_servers();
    resolv_conf_ = {options_.dns.empty() ? plan.name_servers : options_.dns,
                    options_.search.empty() ? plan.search_domains : options_.search,
                    false,
                    {},
                    std::nullopt};
    auto unread = plan::unread_name_servers(resolv_conf_.name_servers);
    if (!unread.empty() && unread != unread_said_) log::info("netsetup", unread_said_ = std::move(unread));
    // A lease without DNS does not blank what is there, but what routers have withdrawn is not to stay.
    const bool has_domains = is_fixed ? !resolv_conf_.search_domains.empty() : !options_.search.empty();
    if (resolv_conf_.name_servers.empty() && !has_domains && !is_withdrawn) {
        resolv_conf_.untouched = options_.resolv_conf + " stays as it is: the network has named no name server";
        return say_untouched();
    }
    const auto text = plan::resolv_conf_content(resolv_conf_.name_servers, resolv_conf_.search_domains);
    auto written = sys::write_root_file(options_.resolv_conf, text);
    resolv_conf_.written = written.ok();
    if (written.ok()) return;
    resolv_conf_.failure = written.error();
    if (options_.keep) log::warning("netsetup", to_string(written.error()));
}

// Who stays may hear of name servers later, by the IPv6 that is still missing.
void Netsetup::say_untouched() {
    if (!network_.is_configured() || std::exchange(untouched_said_, true)) return;
    log::warning("netsetup", resolv_conf_.untouched);
}

ExitCode Netsetup::end(const Error& error, ExitCode status) const {
    log::error("netsetup", to_string(error));
    report({to_string(error), status});
    return status;
}

ExitCode Netsetup::give_up() {
    const InterfaceSetup& interface = *network_.spokesman();
    switch (interface.progress()) {
        case Progress::refused_by_kernel: {
            const Error& error = interface.failures().front();
            return end(error, status_of(error, ExitCode::refused_by_kernel));
        }
        case Progress::no_interface:
            return end({0, interface.describe() + what_there_is(network_.names_seen())}, ExitCode::no_interface);
        case Progress::ipv6_only:
            return end({0, interface.describe()}, ExitCode::ipv6_only);
        case Progress::no_carrier:
            return end({0, interface.describe()}, ExitCode::no_carrier);
        default:  // nor IPv6 that is required
            return end({0, interface.describe()}, ExitCode::no_lease);
    }
}

ExitCode Netsetup::stay() {
    while (!stopped_) loop_.wait();
    leave();
    if (!had_address_) return ExitCode::no_lease;
    return not_written() ? ExitCode::not_written : ExitCode::configured;
}

// A second signal is from somebody in a hurry.
void Netsetup::leave() {
    stopped_ = false;
    network_.stop();
    const auto timer = loop_.add_timer([this] { stopped_ = true; });
    loop_.arm(timer, BootClock::now() + NetworkSetup::kMostForLeaving);
    while (network_.is_leaving() && !stopped_) loop_.wait();
    loop_.remove_timer(timer);
}

void Netsetup::report(const Outcome& outcome) const {
    const InterfaceSetup& interface = *network_.interfaces().front();
    if (options_.json) {
        print_outcome(options_, interface, resolv_conf_, outcome, started_at_);
    } else if (network_.is_configured()) {
        log::info("netsetup", interface.describe());
    }
}

ExitCode dry_run(const NetsetupOptions& options) {
    const std::string& match = options.interface.match;
    auto socket = netlink::Socket::open();
    if (!socket.ok()) return fail(socket.error(), ExitCode::refused_by_kernel, options.json, match);
    const auto links = netlink::list_links(*socket);
    if (!links.ok()) return fail(links.error(), ExitCode::refused_by_kernel, options.json, match);
    const Link* link = find_interface(*links, match);
    if (link == nullptr) {
        std::vector<std::string> names;
        for (const auto& each : *links) names.push_back(each.name);
        const auto missing = match == "primary" ? "no network interface fits" : "there is no interface " + match;
        return fail({0, missing + what_there_is(names)}, ExitCode::no_interface, options.json, match);
    }
    print_dry_run(options, *link);
    return ExitCode::configured;
}

}  // namespace

ExitCode netsetup(int argc, char* const* arguments, TimePoint started_at) {
    log::open(log::Target::standard_error, log::Level::warning);
    auto options = parse_netsetup_options(argc, arguments);
    if (!options.ok()) return fail(options.error(), ExitCode::usage, asks_for_json(argc, arguments), "");
    if (options->help) {
        print(netsetup_help());
        return ExitCode::configured;
    }
    const auto fail_with = [&](const Error& error, ExitCode otherwise) {
        return fail(error, otherwise, options->json, options->interface.match);
    };
    for (const auto& remark : options->remarks) log::warning("netsetup", remark);
    if (options->verbose) log::set_threshold(log::Level::debug);
    if (!options->netns.empty()) {
        if (auto entered = enter_netns(options->netns); !entered.ok())
            return fail_with(entered.error(), ExitCode::usage);
    }
    if (const auto remark = plan::where_to(options->interface); !remark.empty()) log::warning("netsetup", remark);
    if (options->dry_run) return dry_run(*options);
    std::optional<dhcp_io::CaptureFile> capture;
    if (!options->pcap.empty()) {
        auto created = dhcp_io::CaptureFile::create(options->pcap);
        if (!created.ok()) return fail_with(created.error(), ExitCode::usage);
        options->dhcp.capture = &capture.emplace(*std::move(created));
    }
    auto loop = sys::EventLoop::create();
    if (!loop.ok()) return fail_with(loop.error(), ExitCode::internal);
    Netsetup run(*loop, *std::move(options), started_at);
    return run.run();
}

}  // namespace nlinit::app
