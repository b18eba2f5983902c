#include "nlinit/app/netsetup.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

#include "nlinit/app/netsetup_options.hpp"
#include "nlinit/app/network_report.hpp"
#include "nlinit/app/network_setup.hpp"
#include "nlinit/app/standard_output.hpp"
#include "nlinit/base/json.hpp"
#include "nlinit/boot/file_plan.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/settings.hpp"
#include "nlinit/sys/signals.hpp"

namespace nlinit::app {
namespace {

constexpr Duration kLinkTimeout = std::chrono::seconds(3);  // for an interface that is not there yet
// When most answers are there already, and it is time to look whether the link still is.
constexpr Duration kFollowDelay = std::chrono::milliseconds(100);

ExitCode fail(const Error& error, ExitCode otherwise) {
    log::error("netsetup", to_string(error));
    const bool forbidden = error.code == EPERM || error.code == EACCES;
    return forbidden ? ExitCode::not_permitted : otherwise;
}

Result<> enter_netns(const std::string& netns) {
    const std::string path = netns.find('/') == std::string::npos ? "/run/netns/" + netns : netns;
    const sys::UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, "open network namespace " + path};
    if (setns(fd.get(), CLONE_NEWNET) != 0) return Error{errno, "enter network namespace " + path};
    return {};
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
    ExitCode give_up();
    ExitCode stay();
    void report() const;
    [[nodiscard]] std::string missing_interface() const;

    sys::EventLoop& loop_;
    NetsetupOptions options_;
    TimePoint started_at_;
    NetworkSetup network_;
    bool stopped_ = false;
};

ExitCode Netsetup::run() {
    std::optional<sys::SignalFd> signals;
    if (options_.keep) {  // else a signal may simply end us: all is applied in one send
        auto opened = sys::SignalFd::open({SIGINT, SIGTERM, SIGUSR1});
        if (!opened.ok()) return fail(opened.error(), ExitCode::internal);
        signals.emplace(*std::move(opened));
        if (auto watched = loop_.watch(signals->fd(), [&] { on_signals(*signals); }); !watched.ok())
            return fail(watched.error(), ExitCode::internal);
    }
    bool timed_out = false;
    const auto timer = loop_.add_timer([&] { timed_out = true; });
    const auto link_timer =
        loop_.add_timer([&] { timed_out |= network_.spokesman()->progress() == Progress::no_interface; });
    loop_.arm(timer, started_at_ + options_.timeout);
    if (auto started = network_.start({options_.interface}, options_.dhcp); !started.ok())
        return fail(started.error(), ExitCode::refused_by_kernel);
    const auto follow_timer = loop_.add_timer([this] { follow_links(); });
    loop_.arm(follow_timer, BootClock::now() + (options_.keep ? Duration::zero() : kFollowDelay));
    loop_.arm(link_timer, started_at_ + std::min<Duration>(kLinkTimeout, options_.timeout));

    while (!network_.is_settled() && !timed_out && !stopped_) loop_.wait();
    const bool configured = network_.is_configured();
    if (!configured && !options_.keep) return give_up();
    if (!configured) log::warning("netsetup", network_.spokesman()->describe() + "; trying on");
    loop_.arm(timer, std::nullopt);
    report();
    return options_.keep ? stay() : ExitCode::configured;
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
    if (!network_.is_configured()) return;
    write_resolv_conf();
    take_hostname();
}

void Netsetup::take_hostname() {
    const auto name = network_.interfaces().front()->hostname();
    if (name.empty() || name == sys::hostname()) return;
    if (auto done = sys::set_hostname(name); !done.ok()) log::warning("netsetup", to_string(done.error()));
}

void Netsetup::write_resolv_conf() {
    if (options_.resolv_conf.empty()) return;
    const NetworkPlan& plan = network_.interfaces().front()->plan();
    if (plan.name_servers.empty()) return;  // a lease without DNS does not blank what is there
    const auto text = boot::resolv_conf_content(plan.name_servers, plan.search_domains);
    if (auto written = sys::write_file(options_.resolv_conf, text); !written.ok())
        log::warning("netsetup", to_string(written.error()));
}

std::string Netsetup::missing_interface() const {
    std::string names;
    for (const auto& name : network_.names_seen()) names += (names.empty() ? "" : ", ") + name;
    return network_.spokesman()->describe() + " (there is " + (names.empty() ? "none at all" : names) + ")";
}

ExitCode Netsetup::give_up() {
    const InterfaceSetup& interface = *network_.spokesman();
    const Progress progress = interface.progress();
    if (options_.json) report();
    if (progress == Progress::refused_by_kernel)
        return fail({interface.failures().front().code, interface.failures().front().what},
                    ExitCode::refused_by_kernel);
    log::error("netsetup", progress == Progress::no_interface ? missing_interface() : interface.describe());
    if (progress == Progress::no_interface) return ExitCode::no_interface;
    if (progress == Progress::ipv6_only) return ExitCode::ipv6_only;
    return progress == Progress::no_carrier ? ExitCode::no_carrier : ExitCode::no_lease;
}

ExitCode Netsetup::stay() {
    while (!stopped_) loop_.wait();
    network_.stop();
    return ExitCode::configured;
}

void Netsetup::report() const {
    const InterfaceSetup& interface = *network_.interfaces().front();
    if (!options_.json) {
        if (network_.is_configured()) log::info("netsetup", interface.describe());
        return;
    }
    JsonWriter json;
    write_interface(json, interface, started_at_);
    print(json.text() + '\n');
}

std::string what_would_be_done(const NetsetupOptions& options, const Link& link) {
    std::string text = "bring up lo and " + link.name + "\n";
    if (options.interface.method == config::Method::dhcp)
        return text + "ask for a lease by DHCP on " + link.name + " (" + link.mac.to_string() + "), up to " +
               std::to_string(options.timeout.count()) + " ms, and apply its address and routes\n";
    const NetworkPlan plan = fixed_plan(options.interface, options.interface.metric);
    for (const auto& address : plan.addresses) text += "add address " + to_string(address) + '\n';
    for (const auto& route : plan.routes) text += "add route " + to_string(route) + '\n';
    return text;
}

ExitCode dry_run(const NetsetupOptions& options) {
    auto socket = netlink::Socket::open();
    if (!socket.ok()) return fail(socket.error(), ExitCode::refused_by_kernel);
    const auto links = netlink::list_links(*socket);
    if (!links.ok()) return fail(links.error(), ExitCode::refused_by_kernel);
    const std::string& match = options.interface.match;
    const Link* link = find_interface(*links, match);
    if (link == nullptr) return fail({ENODEV, "interface " + match}, ExitCode::no_interface);
    print(what_would_be_done(options, *link));
    return ExitCode::configured;
}

}  // namespace

ExitCode netsetup(int argc, char* const* arguments, TimePoint started_at) {
    log::open(log::Target::standard_error, log::Level::warning);
    auto options = parse_netsetup_options(argc, arguments);
    if (!options.ok()) return fail(options.error(), ExitCode::usage);
    if (options->help) {
        print(netsetup_help());
        return ExitCode::configured;
    }
    if (options->verbose) log::set_threshold(log::Level::debug);
    if (!options->netns.empty()) {
        if (auto entered = enter_netns(options->netns); !entered.ok()) return fail(entered.error(), ExitCode::usage);
    }
    if (options->dry_run) return dry_run(*options);
    std::optional<dhcp_io::CaptureFile> capture;
    if (!options->pcap.empty()) {
        auto created = dhcp_io::CaptureFile::create(options->pcap);
        if (!created.ok()) return fail(created.error(), ExitCode::usage);
        options->dhcp.capture = &capture.emplace(*std::move(created));
    }
    auto loop = sys::EventLoop::create();
    if (!loop.ok()) return fail(loop.error(), ExitCode::internal);
    Netsetup run(*loop, *std::move(options), started_at);
    return run.run();
}

}  // namespace nlinit::app
