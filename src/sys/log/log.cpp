// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/log/log.hpp"

// spdlog catches what a sink throws and reports it by fmt::format: 210 kB of a static binary, for a sink that throws
// nothing.
#define SPDLOG_NO_EXCEPTIONS

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <tuple>
#include <utility>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/log/log_console.hpp"
#include "nlinit/sys/log/log_failures.hpp"
#include "nlinit/sys/log/log_line.hpp"
#include "nlinit/sys/log/log_ring.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::log {

namespace {

using Severity = spdlog::level::level_enum;

Severity severity(Level level) noexcept {
    switch (level) {
        case Level::error:
            return Severity::err;
        case Level::warning:
            return Severity::warn;
        case Level::info:
            return Severity::info;
        case Level::debug:
            break;
    }
    return Severity::debug;
}

Level level_of(Severity severity) noexcept {
    switch (severity) {
        case Severity::err:
            return Level::error;
        case Severity::warn:
            return Level::warning;
        case Severity::info:
            return Level::info;
        default:
            return Level::debug;
    }
}

// syslog(3)'s numbers, as /dev/kmsg reads them before a record.
std::string_view priority(Level level) noexcept {
    switch (level) {
        case Level::error:
            return "<3>";
        case Level::warning:
            return "<4>";
        case Level::info:
            return "<6>";
        case Level::debug:
            break;
    }
    return "<7>";
}

constexpr std::string_view kEmergencyPriority = "<2>";
constexpr int kDebugPriority = 7;

// By one write(2): two would be two records.
bool write_record(int fd, std::string_view bytes) noexcept {
    while (::write(fd, bytes.data(), bytes.size()) < 0) {
        if (errno != EINTR) return false;
    }
    return true;
}

int open_kernel_log() noexcept {
    return ::open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
}

// By default the kernel takes ten lines of userspace each five seconds and drops the rest (printk_devkmsg in its sysctl
// documentation). A boot says more than that.
void lift_rate_limit() noexcept {
    constexpr const char* kLimit = "/proc/sys/kernel/printk_devkmsg";
    if (sys::is_the_machines_alone(kLimit)) return;
    const sys::UniqueFd sysctl(::open(kLimit, O_WRONLY | O_CLOEXEC));
    if (sysctl.valid()) std::ignore = ::write(sysctl.get(), "on\n", 3);
}

// Where lines go. Apart from the logger, for emergency() has no use for objects that allocate.
constinit Target target = Target::ring;
constinit bool waits_for_kernel_log = false;
constinit int kernel_log = -1;  // open until the process ends

constinit Relay relay = nullptr;
constinit void* relay_context = nullptr;

bool has_kernel_log() noexcept {
    if (kernel_log >= 0) return true;
    kernel_log = open_kernel_log();
    if (kernel_log < 0) return false;
    lift_rate_limit();
    return true;
}

Level threshold() noexcept;

// Errors must be. With the threshold `debug` all lines must be, because the reader looks for them on the console.
bool must_be_on_console(Level level) noexcept {
    return level == Level::error || threshold() == Level::debug;
}

bool tell_console(Level level, std::string_view text) noexcept {
    LogLine line;
    line.text("nlinit: ").text(text);
    return must_be_on_console(level) && log::write_to_console(line.finish());
}

// Writes a record of the kernel's log. A record that must be seen, and is refused or not shown, goes to the console.
void put_record(std::string_view priority, bool must_be_seen, std::string_view text) noexcept {
    LogLine line;
    line.text(priority).text("nlinit: ").text(text);
    const std::string_view record = line.finish(), words = record.substr(priority.size());
    const bool is_taken = kernel_log >= 0 && write_record(kernel_log, record);
    if (is_taken && (!must_be_seen || kernel_shows(priority[1] - '0'))) return;
    if (!log::write_to_console(words) && !is_taken) write_to_standard_error(words);
}

void put(Level level, std::string_view text) noexcept {
    if (target == Target::kernel) return put_record(priority(level), must_be_on_console(level), text);
    LogLine line;
    write_record(STDERR_FILENO, line.text("nlinit: ").text(text).finish());
}

void try_kernel_log() noexcept;

// Formats by itself: spdlog's pattern formatter is made for dates and colours, and larger than the rest of the log.
class Sink final : public spdlog::sinks::sink {
  public:
    void log(const spdlog::details::log_msg& message) override {
        const std::string_view text(message.payload.data(), message.payload.size());
        if (waits_for_kernel_log) try_kernel_log();
        if (target != Target::ring) return put(level_of(message.level), text);
        ring_.push(level_of(message.level), text);
        if (waits_for_kernel_log) tell_console_early_lines();
    }
    void flush() override {}
    void set_pattern(const std::string& /*pattern*/) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

    // Lines that were not written stay, because a later threshold may let them pass.
    void tell_early_lines() noexcept {
        if (const auto lost = std::exchange(lost_told_, true) ? 0 : ring_.lost(); lost > 0) {
            LogLine account;
            account.text("log: ").decimal(lost).text(" early lines were lost");
            put(Level::warning, account.view());
        }
        ring_.take_out([](const auto& line) {
            if (line.level < threshold()) return false;
            if (!line.is_on_console) {
                put(line.level, line.view());
            } else if (!kernel_shows(kDebugPriority)) {
                put_record(priority(Level::debug), false, line.view());  // for dmesg(1), and not on the console again
            }
            return true;
        });
    }

    // While there is no kernel's log.
    void tell_console_early_lines() noexcept {
        ring_.take_out([](auto& line) {
            const bool is_news = !line.is_on_console && line.level >= threshold();
            if (is_news) line.is_on_console = tell_console(line.level, line.view());
            return false;
        });
    }

  private:
    LogRing<64, 240> ring_;
    bool lost_told_ = false;
};

struct Log {
    std::shared_ptr<Sink> sink = std::make_shared<Sink>();
    spdlog::logger logger{"nlinit", sink};
    Failures failures;
    Log() { logger.set_level(Severity::debug); }
};

// Never destroyed: a destructor that runs after main() may have something to say.
Log& the_log() noexcept {
    static Log& log = *std::make_unique<Log>().release();
    return log;
}

Level threshold() noexcept {
    return level_of(the_log().logger.level());
}

// With the threshold `debug` the kernel puts all lines on the console. It waits for a slow serial line; a write that
// does not wait would lose all but the first.
void tell_the_kernel() noexcept {
    if (threshold() == Level::debug) have_the_kernel_show_all();
    the_log().sink->tell_early_lines();
}

void try_kernel_log() noexcept {
    waits_for_kernel_log = !has_kernel_log();
    if (waits_for_kernel_log) return the_log().sink->tell_console_early_lines();
    target = Target::kernel;
    tell_the_kernel();
}

LogLine line_of(std::string_view room, Pieces message) noexcept {
    LogLine line;
    line.text(room).text(": ");
    for (const auto piece : message) line.escaped(piece);
    return line;
}

// False when this error was told a short while ago. The line says how often the error has come since.
bool note_failure(LogLine& line) noexcept {
    const auto verdict = the_log().failures.note(line.view(), BootClock::now());
    if (verdict.more == 1) line.text(" (once more)");
    if (verdict.more > 1) line.text(" (").decimal(verdict.more).text(" times more)");
    return verdict.is_told;
}

}  // namespace

void open(Target wanted, Level threshold) noexcept {
    the_log().logger.set_level(severity(threshold));
    if (wanted == Target::kernel) return try_kernel_log();
    waits_for_kernel_log = false;
    target = wanted;
    if (target != Target::ring) the_log().sink->tell_early_lines();
}

void set_threshold(Level threshold) noexcept {
    the_log().logger.set_level(severity(threshold));
    if (target == Target::kernel) tell_the_kernel();
}

bool enabled(Level level) noexcept {
    return the_log().logger.should_log(severity(level));
}

void relay_to(Relay to, void* context) noexcept {
    relay = to;
    relay_context = context;
}

void write(Level level, std::string_view room, Pieces message) noexcept {
    if (!enabled(level)) return;
    if (relay != nullptr) {
        LogLine words;
        for (const auto piece : message) words.text(piece);
        return relay(relay_context, level, room, words.view());
    }
    auto line = line_of(room, message);
    if (level == Level::error && target != Target::standard_error && !note_failure(line)) level = Level::debug;
    the_log().logger.log(severity(level), spdlog::string_view_t(line.view().data(), line.view().size()));
}

void write(Level level, std::string_view room, std::string_view message) noexcept {
    write(level, room, {message});
}

void summary(std::string_view room, Pieces message) noexcept {
    const auto line = line_of(room, message);
    the_log().logger.log(Severity::err, spdlog::string_view_t(line.view().data(), line.view().size()));
}

const std::vector<std::string>& failures() noexcept {
    return the_log().failures.lines();
}

void emergency(std::string_view message) noexcept {
    if (kernel_log < 0 && target != Target::standard_error) kernel_log = open_kernel_log();
    LogLine words;
    words.escaped(message);
    if (target != Target::standard_error) return put_record(kEmergencyPriority, true, words.view());
    LogLine line;
    write_record(STDERR_FILENO, line.text("nlinit: ").text(words.view()).finish());
}

}  // namespace nlinit::log
