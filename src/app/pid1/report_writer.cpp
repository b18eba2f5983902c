// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/report_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "app/pid1/boot_report.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

// The payload's arguments and the options of a lease may hold secrets, as the lease file may.
constexpr std::uint32_t kForRoot = 0600;
constexpr Duration kSpacing = 1s;

void write_here(const std::string& text) {
    Result<> written = sys::write_file(kReportPath, text, kForRoot);
    if (!written.ok() && written.error().code == ENOENT) {  // a payload of root's may remove the directory
        written = sys::make_directories("/run/nlinit");
        if (written.ok()) written = sys::write_file(kReportPath, text, kForRoot);
    }
    if (!written.ok()) log::debug("report", to_string(written.error()));
}

}  // namespace

ReportWriter::ReportWriter(sys::EventLoop& loop, Errands& errands, std::function<std::string()> text)
    : loop_(loop), errands_(errands), text_(std::move(text)), timer_(loop.add_timer([this] { write(); })) {}

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
    if (path.empty()) return;
    const auto work = [=]() -> Result<std::string> {
        const auto written = sys::write_file(path, text, kForRoot, sys::Walls::not_on_shares);
        return written.ok() ? Result<std::string>(std::string()) : Result<std::string>(written.error());
    };
    const auto on_end = [](const Result<std::string>& answer) {
        if (!answer.ok()) log::error("report", to_string(answer.error()));
    };
    errands_.run(path, {.subject = "write " + path, .work = work, .on_end = on_end});
}

}  // namespace nlinit::app
