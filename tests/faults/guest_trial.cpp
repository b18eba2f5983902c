// SPDX-License-Identifier: Apache-2.0
#include "guest_trial.hpp"

#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "support/cable.hpp"
#include "support/dhcp_server.hpp"
#include "support/guest.hpp"
#include "support/kernel_view.hpp"
#include "support/run_until.hpp"

namespace nlinit::faults {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// A boot takes 50 ms, one that waits for a network in vain 1 s more, one whose payload is not seen to end 3 s more.
constexpr Duration kLimit = 12s;

constexpr const char* kConfig = R"(profile = "arcbox"
[system]
hostname = "faulty"
sysctl = { "net.ipv4.ip_default_ttl" = 77 }
rlimit = { nofile = 4096 }
[[file]]
path = "/etc/daemon.json"
content = "{}"
[[directory]]
path = "/var/cache/program"
[[symlink]]
path = "/etc/localtime"
target = "/usr/share/zoneinfo/UTC"
[network]
timeout = "1s"
link_timeout = "1s"
dns = "lease"
[payload]
stop_timeout = "300ms"
)";

constexpr const char* kCat = "/bin/cat";

// dash, and cat for what is long, for dash reads each byte by itself. Each line is a key, a tab and a value.
constexpr const char* kProbe = R"probe(
say() { printf '%s\t%s\n' "$1" "$2"; }
file() { [ -r "$1" ] || return 0; text=; while IFS= read -r line; do text="$text$line|"; done < "$1"; say "file $1" "$text$line"; }
{
    while read -r _ _ _ _ target options _; do say "mount $target" "$options"; done < /proc/self/mountinfo
    for path in /etc/hosts /etc/resolv.conf /etc/passwd /etc/group /etc/daemon.json /proc/sys/net/ipv4/ip_forward \
        /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/hostname /proc/self/cgroup; do file $path; done
    for path in /etc/ssl/certs /var/lib/docker /var/run/docker /run/containerd /var/cache/program; do
        [ -d $path ] && say "directory $path" there
    done
    for path in /dev/fd /dev/stdin /dev/ptmx /etc/localtime; do [ -h $path ] && say "link $path" there; done
    while read -r interface destination gateway _; do say "route $destination" "$interface $gateway"; done < /proc/net/route
    while read -r key value; do
        case $key in SigBlk: | SigIgn:) say "payload's $key" "$value" ;; esac
    done < /proc/self/status
    read -r _ _ _ _ _ session _ < /proc/self/stat
    [ "$session" = $$ ] && say "payload's session" own
    say "limit nofile" "$(ulimit -n)"
    say "payload's directory" "$PWD"
    say "payload's home" "$HOME"
    [ -s /run/nlinit/boot.json ] && say "report" there
} > /out/effects
/bin/cat /run/nlinit/boot.json > /out/report 2>/dev/null
)probe";

Effects parse(const std::string& text) {
    Effects effects;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        if (tab != std::string::npos) effects[line.substr(0, tab)] = line.substr(tab + 1);
    }
    return effects;
}

std::string read_all(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// What boot.json names as failed, as lines of a log.
std::string errors_in(const std::string& report) {
    constexpr std::string_view kKey = "\"error\":";
    std::string lines;
    for (std::size_t at = 0; (at = report.find(kKey, at)) != std::string::npos; at += kKey.size())
        lines += "<7>report: " + report.substr(at, report.find('\n', at) - at) + '\n';
    return lines;
}

// A guest on a cable to a server, as on any host.
class GuestMachine {
  public:
    GuestMachine(const std::string& program, const std::string& folder) : folder_(folder) {
        guest_.config = kConfig;
        guest_.parameters = "nlinit.log=debug nlinit.profile=arcbox";  // where either cannot be read, the other is
        guest_.has_power_button = true;
        guest_.network = &cable_.client;
        fs::copy_file(program, guest_.path("/sbin/nlinit"));
        guest_.install(kCat, kCat);
        server_.grant.options.set(dhcp::OptionCode::name_server, Bytes{192, 0, 2, 53});
    }

    void boot(const Fault& fault, const std::string& script) {
        std::ofstream(guest_.path("/probe")) << kProbe << script;
        guest_.before_exec = [&](pid_t pid) { tracer_.emplace(pid, fault, folder_ + "/record"); };
        guest_.start(loop_, "/bin/sh /probe");
    }

    // Ended, or told that it cannot.
    [[nodiscard]] bool runs() const { return guest_.running() && !has_refused(); }
    void await_end() {
        std::ignore = test::run_until(
            loop_, [this] { return !runs(); }, kLimit);
    }
    [[nodiscard]] bool comes_to(const std::function<bool()>& state, Duration limit) {
        return test::run_until(
                   loop_, [&] { return !runs() || state(); }, limit) &&
               runs();
    }

    void pull_cable_and_renew() {
        std::ignore = comes_to([this] { return !guest_.output("effects").empty(); }, kLimit);
        // No lease is renewed sooner than after 15 s: this one ends, and another is asked for.
        server_.grant.options.set_u32(dhcp::OptionCode::lease_time, 3);
        cable_.unplug();
        cable_.plug_in();
        const auto asked = [this] { return server_.count(dhcp::MessageType::request); };
        std::ignore = comes_to([&] { return asked() >= 2; }, 2s);  // verifies the lease
        const auto before = asked();
        std::ignore = comes_to([&] { return asked() > before; }, 4s);  // its lease ends
        guest_.signal(SIGUSR2);
    }

    void write_outcome() {
        const int end = guest_.running() ? -1 : guest_.wait();
        std::ofstream(folder_ + "/end") << end;
        std::ofstream(folder_ + "/log") << guest_.log() << guest_.output("console")
                                        << errors_in(guest_.output("report"));
        std::ofstream(folder_ + "/effects") << guest_.output("effects");
    }

  private:
    [[nodiscard]] bool has_refused() const { return stays(guest_.log()); }

    std::string folder_;
    sys::EventLoop loop_ = *sys::EventLoop::create();
    std::optional<Tracer> tracer_;
    test::Guest guest_;  // before the cable: it takes the process out of the machine's namespaces
    test::Cable cable_;
    test::DhcpServer server_{loop_, cable_.server, "srv0"};
};

}  // namespace

void prepare_guests() {
    for (const char* program : {"/bin/sh", kCat}) std::ignore = test::libraries_of(program);
}

void run_guest(const std::string& program, Scenario scenario, const Fault& fault, const std::string& folder) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 1024;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    GuestMachine machine(program, folder);
    if (scenario == Scenario::after) {
        machine.boot(fault, "read x < /out/never\n");
        machine.pull_cable_and_renew();
    } else {
        machine.boot(fault, "exit 42\n");
    }
    machine.await_end();
    machine.write_outcome();
}

bool stays(const std::string& log) {
    return log.find("the kernel refused to end the machine") != std::string::npos ||
           log.find("PID 1 stays") != std::string::npos;
}

Outcome read_outcome(const std::string& folder) {
    Outcome outcome{.record = read_record(folder + "/record"),
                    .log = read_all(folder + "/log") + read_all(folder + "/errors"),
                    .effects = parse(read_all(folder + "/effects"))};
    std::istringstream(read_all(folder + "/end")) >> outcome.end;
    if (outcome.log.find("ended with status 42") != std::string::npos) outcome.effects["payload's status"] = "told";
    return outcome;
}

}  // namespace nlinit::faults
