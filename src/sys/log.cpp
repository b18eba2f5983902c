#include "nlinit/sys/log.hpp"

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

#include "nlinit/sys/log_line.hpp"
#include "nlinit/sys/log_ring.hpp"
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

// By one write(2): two would be two records. What the kernel's log does not take goes to the console. A full pipe or a
// bad descriptor loses the line and nothing else.
void write_line(int fd, LogLine& line) noexcept {
    const std::string_view bytes = line.finish();
    while (::write(fd, bytes.data(), bytes.size()) < 0) {
        if (errno == EINTR) continue;
        if (fd == STDERR_FILENO) return;
        fd = STDERR_FILENO;
    }
}

int open_kernel_log() noexcept {
    return ::open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
}

// By default the kernel takes ten lines of userspace each five seconds and drops the rest (printk_devkmsg in its sysctl
// documentation). A boot says more than that.
void lift_rate_limit() noexcept {
    const sys::UniqueFd sysctl(::open("/proc/sys/kernel/printk_devkmsg", O_WRONLY | O_CLOEXEC));
    if (sysctl.valid()) std::ignore = ::write(sysctl.get(), "on\n", 3);
}

// Where lines go. Apart from the logger, for emergency() has no use for objects that allocate.
constinit Target target = Target::ring;
constinit bool waits_for_kernel_log = false;
constinit int kernel_log = -1;  // open until the process ends

bool has_kernel_log() noexcept {
    if (kernel_log >= 0) return true;
    kernel_log = open_kernel_log();
    if (kernel_log < 0) return false;
    lift_rate_limit();
    return true;
}

int descriptor() noexcept {
    return target == Target::standard_error || kernel_log < 0 ? STDERR_FILENO : kernel_log;
}

void put(Level level, std::string_view text) noexcept {
    LogLine line;
    if (target == Target::kernel) line.text(priority(level));
    line.text("nlinit: ").text(text);
    write_line(descriptor(), line);
}

void try_kernel_log() noexcept;

// Formats by itself: spdlog's pattern formatter is made for dates and colours, and larger than the rest of the log.
class Sink final : public spdlog::sinks::sink {
  public:
    void log(const spdlog::details::log_msg& message) override {
        const std::string_view text(message.payload.data(), message.payload.size());
        if (waits_for_kernel_log) try_kernel_log();
        if (target == Target::ring) {
            ring_.push(level_of(message.level), text);
        } else {
            put(level_of(message.level), text);
        }
    }
    void flush() override {}
    void set_pattern(const std::string& /*pattern*/) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

    void tell_early_lines(Level threshold) noexcept {
        if (ring_.lost() > 0) {
            LogLine account;
            account.text("log: ").decimal(ring_.lost()).text(" early lines were lost");
            put(Level::warning, account.view());
        }
        ring_.drain([&](Level level, std::string_view line) {
            if (level >= threshold) put(level, line);
        });
    }

  private:
    LogRing<64, 240> ring_;
};

struct Log {
    std::shared_ptr<Sink> sink = std::make_shared<Sink>();
    spdlog::logger logger{"nlinit", sink};
    Log() { logger.set_level(Severity::debug); }
};

// Never destroyed: a destructor that runs after main() may have something to say.
Log& the_log() noexcept {
    static Log& log = *std::make_unique<Log>().release();
    return log;
}

void try_kernel_log() noexcept {
    waits_for_kernel_log = !has_kernel_log();
    if (waits_for_kernel_log) return;
    target = Target::kernel;
    the_log().sink->tell_early_lines(level_of(the_log().logger.level()));
}

}  // namespace

void open(Target wanted, Level threshold) noexcept {
    set_threshold(threshold);
    if (wanted == Target::kernel) return try_kernel_log();
    waits_for_kernel_log = false;
    target = wanted;
    if (target != Target::ring) the_log().sink->tell_early_lines(threshold);
}

void set_threshold(Level threshold) noexcept {
    the_log().logger.set_level(severity(threshold));
}

bool enabled(Level level) noexcept {
    return the_log().logger.should_log(severity(level));
}

void write(Level level, std::string_view room, std::string_view message) noexcept {
    if (!enabled(level)) return;
    LogLine line;
    line.text(room).text(": ").escaped(message);
    the_log().logger.log(severity(level), spdlog::string_view_t(line.view().data(), line.view().size()));
}

void emergency(std::string_view message) noexcept {
    if (kernel_log < 0 && target != Target::standard_error) kernel_log = open_kernel_log();
    LogLine line;
    if (descriptor() == kernel_log) line.text(kEmergencyPriority);
    line.text("nlinit: ").escaped(message);
    write_line(descriptor(), line);
}

}  // namespace nlinit::log
