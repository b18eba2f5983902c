// SPDX-License-Identifier: Apache-2.0
#include "herd_run.hpp"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "rtnetlink.hpp"
#include "starting_line.hpp"

namespace bench {
namespace {

constexpr Duration kPatience = std::chrono::seconds(30);  // for the slowest client, once there is a server

enum class Source : std::uint32_t { exec, route, server, signal, server_start, limit };

int make_timer(Duration delay) {
    const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    itimerspec when{};
    when.it_value.tv_sec = std::chrono::floor<std::chrono::seconds>(delay).count();
    when.it_value.tv_nsec = (delay % std::chrono::seconds(1)).count();
    if (fd < 0 || timerfd_settime(fd, 0, &when, nullptr) != 0) die("set a timer");
    return fd;
}

int make_child_events() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    sigprocmask(SIG_BLOCK, &wanted, nullptr);
    const int fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) die("watch the clients");
    return fd;
}

// One run, from the release of the clients on.
class Watch {
  public:
    Watch(BridgedGuests& guests, StartingLine& line, const Server::Program& program, const std::string& log_path);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    HerdRun run(Duration outage);

  private:
    void watch(int fd, Source source) const;
    void start_server();
    void handle(Source source, Duration time);
    void reap();

    BridgedGuests& guests_;
    StartingLine& line_;
    const Server::Program& program_;
    const std::string& log_path_;
    std::optional<Server> server_;
    HerdRun result_;
    std::size_t running_;
    bool over_ = false;
    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    int children_ = make_child_events();
};

Watch::Watch(BridgedGuests& guests, StartingLine& line, const Server::Program& program, const std::string& log_path)
    : guests_(guests), line_(line), program_(program), log_path_(log_path), running_(guests.count()) {
    for (std::size_t i = 0; i < guests.count(); ++i) {
        watch(line.exec_event(i), Source::exec);
        watch(guests[i].route_events(), Source::route);
    }
    watch(children_, Source::signal);
}

Watch::~Watch() {
    close(epoll_);
    close(children_);
}

// Reported once, but for what must be read on.
void Watch::watch(int fd, Source source) const {
    epoll_event event{};
    event.events = EPOLLIN | (source == Source::server || source == Source::signal ? 0U : EPOLLONESHOT);
    event.data.u32 = static_cast<std::uint32_t>(source);
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) die("watch the herd");
}

void Watch::start_server() {
    server_.emplace(program_, log_path_);
    watch(server_->output(), Source::server);
}

HerdRun Watch::run(Duration outage) {
    if (outage == Duration::zero()) {
        start_server();
        server_->wait_until_ready();
    }
    const int limit = make_timer(outage + kPatience);
    watch(limit, Source::limit);
    const auto start = line_.release();
    const int server_start = make_timer(std::max(outage, Duration(1)));
    if (!server_) watch(server_start, Source::server_start);
    while (running_ > 0 && !over_) {
        std::array<epoll_event, 64> events;
        const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
        const auto time = now() - start;
        for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i)
            handle(static_cast<Source>(events[i].data.u32), time);
    }
    close(limit);
    close(server_start);
    result_.server_cpu = server_ ? server_->stop() : Duration{};
    return std::move(result_);
}

void Watch::handle(Source source, Duration time) {
    switch (source) {
        case Source::exec:
            return result_.exec.push_back(time);
        case Source::route:
            return result_.route.push_back(time);
        case Source::server:
            if (server_->read_output()) result_.server_ready = time;
            return;
        case Source::server_start:
            return start_server();
        case Source::signal:
            return reap();
        case Source::limit:
            over_ = true;
            return;
    }
}

void Watch::reap() {
    signalfd_siginfo info{};
    while (read(children_, &info, sizeof info) > 0) continue;
    while (running_ > 0) {
        const pid_t pid = waitpid(-1, nullptr, WNOHANG);
        if (pid <= 0) return;
        if (line_.has(pid)) --running_;  // what clients leave behind ends up here, too
    }
}

}  // namespace

HerdRun run_herd(BridgedGuests& guests, TrafficCounter& counter, const Command& client, const Server::Program& server,
                 Duration outage, const std::string& log_path) {
    guests.reset();
    StartingLine line(client, guests.namespaces());
    static_cast<void>(counter.take());
    auto result = Watch(guests, line, server, log_path).run(outage);
    kill_strays();
    result.traffic = counter.take();
    result.addresses_twice = guests.addresses_given_twice();
    return result;
}

}  // namespace bench
