// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/disk_search.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/aside.hpp"
#include "nlinit/sys/call_apart.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

// Of two disks with the same answer the first one counts, and it may be the slower one.
constexpr Duration kPreference = 100ms;
constexpr Duration kSlack = 1s;  // for the processes
constexpr std::string_view kLookAt = "look at ", kSilent = "silent disk ", kLeftBehind = "left behind ";

void add_silent(std::string path, std::vector<std::string>& silent) {
    log::warning("mount", {path, " does not answer, and is not looked at again"});
    silent.push_back(std::move(path));
}

// Numbers of devices are below zero: an errno is above.
constexpr int as_result(std::size_t device) {
    return -static_cast<int>(device) - 1;
}
constexpr std::size_t as_device(int result) {
    return static_cast<std::size_t>(-(result + 1));
}

// Until when there may be a better answer, while answers come.
class BestAnswer {
  public:
    explicit BestAnswer(std::size_t questions) : is_answered_(questions, false) {}

    TimePoint take(std::size_t number, int result) {
        is_answered_[number] = true;
        if (result < 0) best_ = std::min(best_, number);
        if (best_ == is_answered_.size()) return kNever;
        if (until_ == kNever) until_ = BootClock::now() + kPreference;
        const auto end = is_answered_.begin() + static_cast<std::ptrdiff_t>(best_);
        return std::find(is_answered_.begin(), end, false) == end ? TimePoint{} : until_;
    }

  private:
    std::vector<bool> is_answered_;
    std::size_t best_ = is_answered_.size();
    TimePoint until_ = kNever;
};

}  // namespace

bool DiskSearch::take_note(std::string_view note, std::vector<std::string>& silent) {
    if (note.starts_with(kSilent)) {
        add_silent(std::string(note.substr(kSilent.size())), silent);
        return true;
    }
    if (!note.starts_with(kLeftBehind)) return false;
    pid_t pid = 0;
    note.remove_prefix(kLeftBehind.size());
    std::from_chars(note.data(), note.data() + note.size(), pid);
    sys::Aside::adopt(pid);
    return true;
}

bool DiskSearch::take_silence(std::string_view subject, std::vector<std::string>& silent) {
    if (!subject.starts_with(kLookAt)) return false;
    add_silent(std::string(subject.substr(kLookAt.size())), silent);
    return true;
}

// The partitions of a disk that is silent are as silent.
bool DiskSearch::is_silent(const std::string& path) const {
    return std::ranges::any_of(
        silent_, [&](const std::string& disk) { return path == disk || sys::is_partition_of(path, disk); });
}

std::string DiskSearch::read(const std::string& path, off_t offset, std::size_t size) {
    if (is_silent(path)) return {};
    if (!is_apart_) child_.begin(std::string(kLookAt) + path, kLimit);
    auto bytes = sys::read_device(path, offset, size);
    is_unread_ |= bytes.empty();
    return bytes;
}

DiskSearch::Questions DiskSearch::not_answered(const std::string& what,
                                               const std::vector<sys::DiskQuestion>& questions) const {
    Questions open;
    for (const auto& question : questions) {
        if (!is_silent(question.path) && !answered_.contains(concat({what, "\n", question.devices})))
            open.push_back(&question);
    }
    return open;
}

// In the disk's own child. What could not be read may be there the next time.
int DiskSearch::answer_apart(const sys::DiskQuestion& question) {
    is_apart_ = true;
    const auto device = question.ask();
    if (device) return as_result(*device);
    return is_unread_ ? EIO : 0;
}

std::vector<int> DiskSearch::ask_apart(const Questions& questions) {
    std::vector<sys::Call> calls;
    for (const auto* question : questions) calls.push_back({.work = [=, this] { return answer_apart(*question); }});
    BestAnswer best(questions.size());
    const sys::CallWatch watch{
        .until = [&](std::size_t number, int result) { return best.take(number, result); },
        .on_left_behind = [this](pid_t pid) { child_.note(std::string(kLeftBehind) + std::to_string(pid)); }};
    return sys::call_apart(calls, BootClock::now() + kLimit, watch);
}

// One disk needs no process of its own: what it is silent to is left to the next child.
std::optional<std::size_t> DiskSearch::ask_here(const std::string& what, const sys::DiskQuestion& question) {
    is_unread_ = false;
    const auto answer = question.ask();
    if (!answer && !is_unread_) answered_.insert(concat({what, "\n", question.devices}));
    return answer;
}

std::optional<std::size_t> DiskSearch::ask(const std::string& what, const std::vector<sys::DiskQuestion>& questions) {
    const auto open = not_answered(what, questions);
    if (open.empty()) return std::nullopt;
    if (open.size() == 1 && answered_.empty()) return ask_here(what, *open.front());
    child_.begin(concat({"look for ", printable(what), " on the disks"}), kLimit + kSlack);
    const auto results = ask_apart(open);
    const auto found = std::ranges::find_if(results, [](int result) { return result < 0; });
    if (found != results.end()) return as_device(*found);
    std::optional<std::size_t> answer;
    for (std::size_t i = 0; i < results.size() && !answer; ++i) {
        if (results[i] == ETIMEDOUT) {
            child_.note(std::string(kSilent) + open[i]->path);
            silent_.push_back(open[i]->path);
        } else if (results[i] == 0) {
            answered_.insert(concat({what, "\n", open[i]->devices}));
        } else if (results[i] == EAGAIN || results[i] == ENOMEM || results[i] == EMFILE || results[i] == ENFILE) {
            answer = open[i]->ask();  // no process could be made for it
        }
    }
    return answer;
}

}  // namespace nlinit::app
