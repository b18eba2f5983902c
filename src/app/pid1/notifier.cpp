// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/notifier.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "nlinit/base/text.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/machine/notify_address.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

using Kind = NotifyAddress::Kind;

constexpr std::size_t kMostToCome = 8;           // messages that wait for one that is under way; then they are joined
constexpr unsigned kBelieved = 2;                // so many complaints in a row, and it is said
constexpr int kLastTries = 10, kLastTryMs = 20;  // a host that is there takes less; one that is not costs this much

// 100 ms, 200 ms … 12.8 s, and then that often: for about three minutes in all.
constexpr Duration kFirstRetry = std::chrono::milliseconds(100);
constexpr unsigned kDoublings = 7, kRetries = 20;

// An abstract one is the kernel's alone.
bool has_path(const NotifyAddress& address) {
    return address.kind == Kind::unix_socket && !address.name.starts_with('@');
}

Result<std::string> tell_now(const NotifyAddress& address, const std::string& message) {
    sys::NotifySocket socket(address);
    for (int i = 0; i < kLastTries; ++i) {
        const auto sent = socket.send(message);
        if (!sent.ok()) return sent.error();
        if (*sent) return std::string();
        socket.wait(kLastTryMs);
    }
    return Error{EAGAIN, "tell " + to_string(address)};
}

std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return printable(text);
}

}  // namespace

Notifier::Notifier(sys::EventLoop& loop, Errands& errands, NotifyAddress address)
    : loop_(loop),
      socket_(std::move(address)),
      errands_(errands),
      retry_timer_(loop.add_timer([this] { try_again(); })) {}

Notifier::~Notifier() {
    loop_.remove_timer(retry_timer_);
    unwatch();
}

void Notifier::tell(std::initializer_list<Variable> variables) {
    if (socket_.address().kind == Kind::none) return;
    Words words;
    for (const auto& [name, value] : variables) {
        if (!value.empty()) keep(words, name, one_line(value));
    }
    retries_ = 0;
    if (!being_told_.empty() && to_come_.size() < kMostToCome) {
        to_come_.push_back(std::move(words));
        return;
    }
    auto& last = being_told_.empty() ? untold_ : to_come_.back();
    for (const auto& [name, value] : words) keep(last, name, value);
    flush();
}

void Notifier::keep(Words& words, std::string_view name, const std::string& value) {
    std::erase_if(words, [&](const auto& each) { return each.first == name; });
    words.emplace_back(name, value);
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
    if (has_path(socket_.address())) return flush_by_child(message);
    unwatch();
    const auto sent = socket_.send(message);
    if (!sent.ok()) return not_told(sent.error());
    if (*sent) {
        untold_.clear();
        complaint_ = {};
        return;
    }
    const auto again = [this] {
        if (socket_.is_worth_a_try()) flush();
    };
    if (loop_.watch_writable(socket_.fd(), again).ok()) watched_ = socket_.fd();
}

// One message at a time.
void Notifier::flush_by_child(const std::string& message) {
    if (!being_told_.empty()) return;
    being_told_ = std::exchange(untold_, {});
    const auto& address = socket_.address();
    errands_.run("notify",
                 {.subject = "tell " + to_string(address),
                  .work = [=] { return tell_now(address, message); },
                  .on_end =
                      [this, is_retry = is_retry_, alive = std::weak_ptr(alive_)](const Result<std::string>& answer) {
                          if (!alive.expired()) on_told(answer, is_retry);
                      }});
}

// What came while nobody heard is told in one.
void Notifier::on_told(const Result<std::string>& answer, bool is_retry) {
    const auto told = std::exchange(being_told_, {});
    if (answer.ok()) {
        complaint_ = {};
        if (to_come_.empty()) return;
        untold_ = std::move(to_come_.front());
        to_come_.erase(to_come_.begin());
        return flush();
    }
    untold_ = told;
    for (const auto& words : std::exchange(to_come_, {})) {
        for (const auto& [name, value] : words) keep(untold_, name, value);
    }
    is_retry_ = is_retry;
    not_told(answer.error());
    is_retry_ = false;
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
    const auto sentence = to_string(error);
    complaint_ = {sentence, sentence == complaint_.sentence ? complaint_.times + 1 : 1};
    log::write(complaint_.times == kBelieved || is_last_ ? log::Level::error : log::Level::debug, "notify", sentence);
}

void Notifier::finish() {
    if (has_path(socket_.address())) {
        is_last_ = true;
        return flush();
    }
    for (int i = 0; i < kLastTries && !untold_.empty(); ++i) {
        flush();
        if (untold_.empty() || socket_.fd() < 0) break;
        socket_.wait(kLastTryMs);
    }
    // No message follows that could be heard.
    if (!untold_.empty() && complaint_.times > 0 && complaint_.times < kBelieved)
        log::error("notify", complaint_.sentence);
}

}  // namespace nlinit::app
