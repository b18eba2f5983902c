#include "nlinit/app/notifier.hpp"

#include <algorithm>

#include "nlinit/base/text.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/log.hpp"

namespace nlinit::app {
namespace {

using Kind = config::NotifyAddress::Kind;

constexpr unsigned kBelieved = 2;                // so many complaints in a row, and it is said
constexpr int kLastTries = 10, kLastTryMs = 20;  // a host that is there takes less; one that is not costs this much

// 100 ms, 200 ms … 12.8 s, and then that often: for about three minutes in all.
constexpr Duration kFirstRetry = std::chrono::milliseconds(100);
constexpr unsigned kDoublings = 7, kRetries = 20;

std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return printable(text);
}

}  // namespace

Notifier::Notifier(sys::EventLoop& loop, config::NotifyAddress address)
    : loop_(loop), socket_(std::move(address)), retry_timer_(loop.add_timer([this] { try_again(); })) {}

Notifier::~Notifier() {
    loop_.remove_timer(retry_timer_);
    unwatch();
}

void Notifier::tell(std::initializer_list<Variable> variables) {
    if (socket_.address().kind == Kind::none) return;
    for (const auto& [name, value] : variables) {
        if (!value.empty()) keep(name, one_line(value));
    }
    retries_ = 0;
    flush();
}

void Notifier::keep(std::string_view name, std::string value) {
    std::erase_if(untold_, [&](const auto& each) { return each.first == name; });
    untold_.emplace_back(name, std::move(value));
}

// Unwatched before the socket may close its descriptor: the next file to be opened would have the same number.
void Notifier::unwatch() noexcept {
    if (watched_ >= 0) loop_.unwatch(watched_);
    watched_ = -1;
}

void Notifier::flush() {
    loop_.arm(retry_timer_, std::nullopt);
    if (untold_.empty()) return;
    std::string message;
    for (const auto& [name, value] : untold_) message.append(name).append("=").append(value).append("\n");
    unwatch();
    const auto sent = socket_.send(message);
    if (!sent.ok()) return not_told(sent.error());
    if (*sent) {
        untold_.clear();
        complaint_.clear();
        complaints_ = 0;
        return;
    }
    const auto again = [this] {
        if (socket_.is_worth_a_try()) flush();
    };
    if (loop_.watch_writable(socket_.fd(), again).ok()) watched_ = socket_.fd();
}

void Notifier::try_again() {
    is_retry_ = true;
    flush();
    is_retry_ = false;
}

// Whom the kernel has yet to find, as a virtio-serial port, may be there for the next message.
void Notifier::not_told(const Error& error) {
    if (retries_ < kRetries)
        loop_.arm(retry_timer_, BootClock::now() + kFirstRetry * (1U << std::min(retries_++, kDoublings)));
    if (is_retry_) return;
    const auto complaint = to_string(error);
    complaints_ = complaint == complaint_ ? complaints_ + 1 : 1;
    complaint_ = complaint;
    log::write(complaints_ == kBelieved ? log::Level::error : log::Level::debug, "notify", complaint);
}

void Notifier::finish() {
    for (int i = 0; i < kLastTries && !untold_.empty(); ++i) {
        flush();
        if (untold_.empty() || socket_.fd() < 0) break;
        socket_.wait(kLastTryMs);
    }
    // No message follows that could be heard.
    if (!untold_.empty() && complaints_ > 0 && complaints_ < kBelieved) log::error("notify", complaint_);
}

}  // namespace nlinit::app
