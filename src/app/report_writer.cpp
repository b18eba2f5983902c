#include "nlinit/app/report_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "nlinit/app/boot_report.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/write_apart.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

// The payload's arguments and the options of a lease may hold secrets, as the lease file may.
constexpr std::uint32_t kForRoot = 0600;
constexpr Duration kSpacing = 1s;
constexpr Duration kLastCopyLimit = 1s;

void write_here(const std::string& text) {
    Result<> written = sys::make_directories("/run/nlinit");
    if (written.ok()) written = sys::write_file(kReportPath, text, kForRoot);
    if (!written.ok()) log::debug("report", to_string(written.error()));
}

}  // namespace

ReportWriter::ReportWriter(sys::EventLoop& loop, std::function<std::string()> text)
    : loop_(loop), text_(std::move(text)), timer_(loop.add_timer([this] { write(); })) {}

ReportWriter::~ReportWriter() {
    loop_.remove_timer(timer_);
}

void ReportWriter::changed() {
    if (armed_) return;
    armed_ = true;
    const TimePoint now = BootClock::now();
    loop_.arm(timer_, written_at_ ? std::max(now, *written_at_ + kSpacing) : now);
}

void ReportWriter::write() {
    write_and_share({});
}

void ReportWriter::write_and_share(const std::string& path) {
    armed_ = false;
    loop_.arm(timer_, std::nullopt);
    written_at_ = BootClock::now();
    const auto text = text_();
    write_here(text);
    if (!path.empty()) share(path, text);
}

void ReportWriter::share(const std::string& path, const std::string& text) {
    is_behind_ = writer_.pid > 0;
    if (is_behind_) return;
    auto writer = sys::write_file_apart(path, text, kForRoot);
    if (!writer.ok()) {
        log::error("report", to_string(writer.error()));
        return;
    }
    writer_ = *std::move(writer);
    path_ = path;
}

bool ReportWriter::reaped(pid_t pid, int status) {
    if (pid != writer_.pid || writer_.pid == 0) return false;
    const auto writer = std::exchange(writer_, {});
    const auto failure = status == 0 ? std::string() : sys::failure_of(writer);
    if (status != 0) log::error("report", failure.empty() ? to_string(Error{status, "write " + path_}) : failure);
    if (is_behind_) share(path_, text_());
    return true;
}

bool ReportWriter::writer_has_ended_by(TimePoint deadline) {
    const auto limit = std::max(deadline - BootClock::now(), Duration::zero());
    if (writer_.pid > 0 && sys::await_child(writer_.pid, limit)) {
        const auto failure = sys::failure_of(std::exchange(writer_, {}));
        if (!failure.empty()) log::error("report", failure);
    }
    return writer_.pid == 0;
}

void ReportWriter::finish(const std::string& path, TimePoint deadline) {
    write();
    if (path.empty()) return;
    deadline = std::min(deadline, BootClock::now() + kLastCopyLimit);
    if (writer_has_ended_by(deadline)) share(path, text_());
    if (!writer_has_ended_by(deadline)) log::error("report", "write " + path + ": it takes too long, and is left");
}

}  // namespace nlinit::app
