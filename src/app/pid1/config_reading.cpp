// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/config_reading.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

#include "app/pid1/end_of_machine.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/mount/mount_table.hpp"

namespace nlinit::app {
namespace {

constexpr std::size_t kMaxCommandLine = 1 << 16;

// The first letter of what the child says that reads the config: a part of it, or why there is none.
constexpr char kText = '+', kFault = '-';
constexpr std::size_t kLargestPart = 8 << 10;

// In the child.
void tell_text(StepChild& child, const Result<std::string>& text) {
    if (!text.ok()) child.note(kFault + std::to_string(text.error().code) + ' ' + text.error().what);
    for (std::size_t at = 0; text.ok() && at < text->size(); at += kLargestPart)
        child.note(kText + text->substr(at, kLargestPart));
}

void take_part(std::string_view part, Result<std::string>& text) {
    const auto content = part.substr(std::min<std::size_t>(part.size(), 1));
    if (part.starts_with(kText) && text.ok()) *text += content;
    if (!part.starts_with(kFault)) return;
    Error fault{0, {}};
    const auto* end = std::from_chars(content.data(), content.data() + content.size(), fault.code).ptr;
    fault.what = content.substr(std::min(static_cast<std::size_t>(end - content.data()) + 1, content.size()));
    text = fault;
}

void take_config(BootContext& context, const Result<std::string>& text) {
    auto fresh = read_boot_config(context.command_line, text);
    log::set_threshold(fresh.config.log_level);
    tell_new_warnings(context, fresh.warnings);
    context.boot_config = std::move(fresh);
    prepare_for_crash(context.config());
    if (const auto epoch = context.config().system.epoch)
        context.attempt("set the clock", [&] { return sys::set_clock_not_before(*epoch); });
}

}  // namespace

void read_command_line(BootContext& context) {
    auto text = context.attempt("read /proc/cmdline", [] { return sys::read_file("/proc/cmdline", kMaxCommandLine); });
    context.command_line = config::parse_kernel_command_line(text.value_or(std::string()));
    if (!text) context.command_line.init_arguments = context.arguments;
}

// An initramfs is in memory.
void read_config(BootContext& context, std::function<void()> done) {
    const auto path = config_path(context.command_line);
    if (sys::is_all_in_memory()) {
        take_config(context, read_config_file(path));
        return done();
    }
    const auto text = std::make_shared<Result<std::string>>(std::string());  // as far as the child has read it
    StepRunner::Steps steps;
    steps.names = {{"read " + path, Importance::optional}};
    steps.begin = [path](StepChild& child) {
        return [path, &child](std::size_t /*number*/) -> std::optional<StepDone> {
            tell_text(child, read_config_file(path));
            return std::nullopt;
        };
    };
    steps.on_note = [text](std::string_view part) { take_part(part, *text); };
    steps.on_done = [text](std::size_t /*number*/, const sys::Outcome& outcome, bool /*is_left_out*/) {
        if (outcome.error) *text = *outcome.error;
    };
    steps.on_end = [&context, text, done = std::move(done)] {
        take_config(context, *text);
        done();
    };
    context.runner.run(std::move(steps));
}

void tell_of_unread_config(BootContext& context) {
    const auto path = context.boot_config.file;
    const auto work = [path]() -> Result<std::string> {
        if (sys::exists(path)) log::info("config", {path, " of the initramfs counts; that of the root is not read"});
        return std::string();
    };
    context.quiet_errands.run(path, {.subject = "look for " + path, .work = work, .on_end = [](const auto&) {}});
}

// What is said of the command line was said before the root was switched, and of the config before SIGHUP.
void tell_new_warnings(const BootContext& context, const std::vector<std::string>& warnings) {
    const auto& told = context.boot_config.warnings;
    for (const auto& warning : warnings) {
        if (std::ranges::find(told, warning) == told.end()) log::error("config", warning);
    }
}

}  // namespace nlinit::app
