// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_end.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "app/pid1/end_of_machine.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/power.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kMostForFiles = 1s;
constexpr Duration kLeastForFiles = 100ms;

void tell_end(const config::Shutdown& config, EndAction asked, EndAction done) {
    const std::string name = word_of(done);
    if (done == asked) {
        log::info("shutdown", name);
    } else if (asked == EndAction::poweroff && !config.poweroff) {
        log::info("shutdown", "reboot instead of poweroff, for which the kernel has no way here");
    } else {
        log::info("shutdown", {name, " instead of ", word_of(asked), ", as configured"});
    }
}

}  // namespace

BootEnd::BootEnd(BootContext& context, Parts parts, Events events)
    : context_(context),
      parts_(parts),
      events_(std::move(events)),
      files_timer_(context.loop.add_timer([this] { go_on_without_files(); })) {}

BootEnd::~BootEnd() {
    context_.loop.remove_timer(files_timer_);
}

void BootEnd::begin(EndAction action, const std::string& why) {
    parts_.news.tell_how_it_went(parts_.payload.was_due());
    if (!std::exchange(context_.is_ending, true)) {
        parts_.news.notify({{"STOPPING", "1"}, {"STATUS", "ending: " + word_of(action)}});
        events_.on_begin();
    }
    log::info("boot", {why, "shutting down, to ", word_of(action)});
    if (!shutdown_)
        shutdown_.emplace(context_.loop, parts_.payload.program(), context_.config().shutdown.timeout,
                          [this] { finish(); });
    shutdown_->begin(action);
}

void BootEnd::redirect(EndAction action, const std::string& why) {
    if (!shutdown_ || shutdown_->was_refused()) return begin(action, why);
    if (action == shutdown_->action()) return;
    log::info("boot", {why, "the end is now to ", word_of(action)});
    shutdown_->redirect(action);
}

void BootEnd::child_reaped() {
    if (shutdown_) shutdown_->child_reaped();
}

// Whatever is thrown, the machine comes to its end.
void BootEnd::end_machine_if_thrown(const std::function<void()>& stage) {
    try {
        stage();
    } catch (const std::exception& exception) {
        log::error("shutdown", exception.what());
        end_machine();
    }
}

void BootEnd::finish() {
    end_machine_if_thrown([this] {
        context_.diary.end(shutdown_->action());
        if (filesystems_) {
            parts_.news.write_report();  // a second time, when the share is gone that the copy is on
        } else {
            parts_.news.share_report();
        }
        parts_.news.finish_notifying();
        after_files([this] { end_shares_and_network(); });
    });
}

// The copy of the report, and what becomes of lease files, are written by children: of those a disk that is dead may
// hold one for ever. So may a DHCPv6 server that does not answer.
void BootEnd::after_files(std::function<void()> next) {
    after_files_ = std::move(next);
    const Duration at_most = parts_.network.is_leaving() ? NetworkSetup::kMostForLeaving : kMostForFiles;
    const TimePoint now = BootClock::now();
    context_.loop.arm(files_timer_, now + std::clamp((shutdown_->deadline() - now) / 4, kLeastForFiles, at_most));
    look();
}

void BootEnd::look() {
    if (after_files_ && context_.quiet_errands.idle() && !parts_.network.is_leaving()) go_on();
}

void BootEnd::go_on() {
    context_.loop.arm(files_timer_, std::nullopt);
    if (const auto next = std::exchange(after_files_, nullptr)) end_machine_if_thrown(next);
}

void BootEnd::go_on_without_files() {
    if (!context_.quiet_errands.idle())
        log::error("shutdown", {context_.quiet_errands.subject(), ": it takes too long, and is left"});
    if (parts_.network.is_leaving()) log::warning("shutdown", "no DHCPv6 server has answered RELEASE in time");
    go_on();
}

// Shares may need the network, and the network's lease file a disk that can be written to. A container's filesystems
// are also mounted in the machine around it: made read-only they would be so there, and swap and loop devices are that
// machine's.
void BootEnd::end_shares_and_network() {
    if (filesystems_) return end_machine();  // told a second time to end
    filesystems_.emplace(shutdown_->deadline());
    if (sys::is_in_first_pid_namespace()) {
        filesystems_->unmount_shares();
    } else {
        log::info("mount", "filesystems are left as they are: this is PID 1 of a container, and not of the machine");
    }
    parts_.network.stop();
    after_files([this] { end_disks(); });
}

void BootEnd::end_disks() {
    if (sys::is_in_first_pid_namespace()) filesystems_->unmount_all();
    end_machine();
}

void BootEnd::end_machine() {
    try {
        events_.on_last();
    } catch (const std::exception& exception) {
        log::error("shutdown", exception.what());
    }
    const auto& config = context_.config().shutdown;
    const EndAction asked = shutdown_->action();
    const EndAction done = machine_end(config, asked);
    tell_end(config, asked, done);
    const int code = sys::end_machine(done);
    log::error("shutdown", {to_string(Error{code, word_of(done)}), "; PID 1 stays"});
    shutdown_->refuse();
}

}  // namespace nlinit::app
