// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/aside.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "nlinit/sys/file/kernel_place.hpp"

namespace nlinit::sys {

namespace {

constexpr const char* kName = "nlinit: aside";  // in /proc/PID/comm
constexpr int kChannel = STDERR_FILENO + 1;
constexpr int kOldestKernelsDescriptors = 1024;  // closed one by one where there is no close_range(2), before Linux 5.9
constexpr int kRecordsPerTurn = 64;

// One buffer for all children, since no loop runs in another. On the stack the compiler would zero it for each packet.
std::array<char, AsideReport::kMaxRecord + 1> heard;

// The first letter of a packet.
constexpr char kRecord = 'r', kBegin = 'b', kEnd = 'e';

// PID 1 blocks its signals; a child blocks none, so that any signal can end it. It ignores SIGTERM alone: all processes
// get one when the machine begins to end, and a file that is being written is soon done.
void unblock_signals() noexcept {
    ::signal(SIGTERM, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// A socket of the network that stays open here would outlive its owner's close(2), and go on waking its epoll.
UniqueFd keep_only(UniqueFd channel) noexcept {
    if (channel.get() != kChannel) {
        // Without the descriptor the work cannot report, so the child ends, and the parent sees its end.
        if (::dup3(channel.get(), kChannel, O_CLOEXEC) < 0) ::_exit(EXIT_FAILURE);
        channel.reset();
        channel.reset(kChannel);
    }
    forget_kernel_directories();
    if (::close_range(kChannel + 1, ~0U, 0) == 0) return channel;
    for (int fd = kChannel + 1; fd < kOldestKernelsDescriptors; ++fd) ::close(fd);
    return channel;
}

// Children that are not reaped yet. The end of the machine waits for a child that finds no place here.
constexpr std::size_t kMostKnown = 256;
std::array<pid_t, kMostKnown> known{};

void remember(pid_t pid) noexcept {
    if (const auto free = std::find(known.begin(), known.end(), 0); free != known.end()) *free = pid;
}

}  // namespace

bool Aside::is_one(pid_t pid) noexcept {
    return pid != 0 && std::find(known.begin(), known.end(), pid) != known.end();
}

bool Aside::is_any_left() noexcept {
    return std::any_of(known.begin(), known.end(), [](pid_t pid) { return pid != 0; });
}

void Aside::reaped(pid_t pid) noexcept {
    std::replace(known.begin(), known.end(), pid, pid_t{0});
}

void Aside::adopt(pid_t pid) noexcept {
    if (pid > 0 && ::kill(pid, 0) == 0) remember(pid);
}

// noexcept: an exception must not go on into the code of PID 1, of which this process is a copy.
void Aside::run_child(UniqueFd channel, const Work& work) noexcept {
    unblock_signals();
    ::prctl(PR_SET_NAME, kName);
    AsideReport report(keep_only(std::move(channel)));
    work(report);
    report.put(kEnd, {});
    ::_exit(EXIT_SUCCESS);
}

bool AsideReport::put(char kind, std::string_view record) noexcept {
    std::array<iovec, 2> pieces{{{&kind, 1}, {const_cast<char*>(record.data()), std::min(record.size(), kMaxRecord)}}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    ssize_t sent;
    do {
        sent = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

// When the parent does not listen any more, the child's work is of no use, and the child ends.
void AsideReport::send(std::string_view record) noexcept {
    if (!put(kRecord, record)) ::_exit(EXIT_FAILURE);
}

void AsideReport::begin(std::string_view subject, Duration limit) noexcept {
    std::array<char, 32> digits;
    const auto count = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), count).ptr;
    std::string announcement(digits.data(), end);
    announcement.append(1, ' ').append(subject);
    if (!put(kBegin, announcement)) ::_exit(EXIT_FAILURE);
}

Result<std::unique_ptr<Aside>> Aside::start(EventLoop& loop, std::string_view subject, const Work& work,
                                            Handlers handlers, Duration limit) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return Error{errno, "make a socket for a child"};
    UniqueFd ours(ends[0]), theirs(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) return Error{errno, "fork a child"};
    if (pid == 0) run_child(std::move(theirs), work);
    theirs.reset();
    remember(pid);
    std::unique_ptr<Aside> aside(new Aside(loop, std::move(ours), pid, subject, limit, std::move(handlers)));
    auto watched = loop.watch(aside->fd_.get(), [raw = aside.get()] { raw->hear(); });
    if (!watched.ok()) return watched.error();
    return aside;
}

Aside::Aside(EventLoop& loop, UniqueFd fd, pid_t pid, std::string_view subject, Duration limit, Handlers handlers)
    : loop_(loop),
      fd_(std::move(fd)),
      pid_(pid),
      subject_(subject),
      limit_(limit),
      handlers_(std::move(handlers)),
      timer_(loop.add_timer([this] { end(AsideEnd::Kind::silent); })) {
    loop_.arm(timer_, BootClock::now() + limit_);
}

Aside::~Aside() {
    close();
    loop_.remove_timer(timer_);
}

// SIGKILL ends the child once its wait in the kernel ends; then it is reaped like any other child.
void Aside::close() noexcept {
    if (!fd_.valid()) return;
    loop_.unwatch(fd_.get());
    fd_.reset();
    if (!finished_) ::kill(pid_, SIGKILL);
}

void Aside::hear() {
    for (int i = 0; i < kRecordsPerTurn; ++i) {
        const ssize_t size = ::recv(fd_.get(), heard.data(), heard.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) return end(finished_ ? AsideEnd::Kind::finished : AsideEnd::Kind::crashed);
        if (heard[0] == kEnd) {
            finished_ = true;
            return end(AsideEnd::Kind::finished);
        }
        take({heard.data(), static_cast<std::size_t>(size)});
        if (!fd_.valid()) return;
    }
}

void Aside::take(std::string_view message) {
    const auto content = message.substr(1);
    if (message[0] == kBegin) {
        std::int64_t milliseconds = 0;
        const auto end = std::from_chars(content.data(), content.data() + content.size(), milliseconds).ptr;
        const auto subject = std::min(static_cast<std::size_t>(end - content.data()) + 1, content.size());
        return begin(content.substr(subject), std::chrono::milliseconds(milliseconds));
    }
    loop_.arm(timer_, BootClock::now() + limit_);
    if (message[0] == kRecord && handlers_.on_record) handlers_.on_record(content);
}

void Aside::begin(std::string_view subject, Duration limit) {
    subject_ = subject;
    limit_ = limit;
    loop_.arm(timer_, BootClock::now() + limit_);
}

// By copies: the handler may destroy this.
void Aside::end(AsideEnd::Kind kind) {
    close();
    loop_.arm(timer_, std::nullopt);
    const AsideEnd what{kind, subject_, limit_};
    const auto on_end = std::exchange(handlers_.on_end, nullptr);
    if (on_end) on_end(what);
}

}  // namespace nlinit::sys
