// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/debug_shell.hpp"

#include <string>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/console.hpp"

namespace nlinit::app {
namespace {

const std::string kBusybox = "/bin/busybox";

Result<std::string> first_shell() {
    for (const std::string shell : {"/bin/bash", "/bin/sh", "/bin/busybox"}) {
        if (sys::exists(shell)) return shell;
    }
    return Error{0, "the image has no shell: no /bin/bash, no /bin/sh, no " + kBusybox};
}

Result<std::string> find_shell(const config::DebugShell& wanted) {
    auto shell = wanted.path.empty() ? first_shell() : Result<std::string>(wanted.path);
    if (!shell.ok()) return shell;
    if (auto checked = sys::check_program_of_root(*shell); !checked.ok()) return checked.error();
    return shell;
}

// As something to supervise.
config::Payload payload_of(const config::DebugShell& wanted, const std::string& program) {
    config::Payload shell;
    shell.command = {program};
    if (program == kBusybox && wanted.path.empty()) shell.command.emplace_back("sh");
    shell.tty = wanted.tty.empty() ? sys::console_terminal() : wanted.tty;
    shell.restart = config::Restart::always;
    return shell;
}

}  // namespace

void DebugShell::start() {
    const auto& wanted = context_.config().debug_shell;
    if (!wanted.wanted) return;
    const auto run = [this, wanted](const Result<std::string>& program) {
        if (context_.is_ending) return;
        if (!program.ok()) return log::error("debug", to_string(program.error()));
        const Supervisor::Place place{.room = "debug", .cgroup = "", .tells_status = false};
        shell_ = std::make_unique<Supervisor>(
            context_.loop, payload_of(wanted, *program), place, [] {}, [] {});
        shell_->start();
    };
    context_.errands.run(
        "debug shell", {.subject = "look for a shell", .work = [wanted] { return find_shell(wanted); }, .on_end = run});
}

void DebugShell::reaped(const sys::Exited& child) {
    if (shell_) static_cast<void>(shell_->reaped(child));
}

void DebugShell::stop_restarting() noexcept {
    if (shell_) shell_->stop_restarting();
}

}  // namespace nlinit::app
