#include "nlinit/app/debug_shell.hpp"

#include <array>
#include <string>
#include <vector>

#include "nlinit/sys/console.hpp"
#include "nlinit/sys/file.hpp"

namespace nlinit::app {
namespace {

const std::string kBusybox = "/bin/busybox";

Result<std::vector<std::string>> command_of(const config::DebugShell& wanted) {
    if (!wanted.path.empty()) return std::vector<std::string>{wanted.path};
    for (const std::string shell : {"/bin/bash", "/bin/sh"}) {
        if (sys::exists(shell)) return std::vector<std::string>{shell};
    }
    if (sys::exists(kBusybox)) return std::vector<std::string>{kBusybox, "sh"};
    return Error{0, "the image has no shell: no /bin/bash, no /bin/sh, no " + kBusybox};
}

}  // namespace

Result<config::Payload> debug_shell(const config::DebugShell& wanted) {
    auto command = command_of(wanted);
    if (!command.ok()) return command.error();
    if (auto checked = sys::check_program_of_root(command->front()); !checked.ok()) return checked.error();
    config::Payload shell;
    shell.command = *std::move(command);
    shell.tty = wanted.tty.empty() ? sys::console_terminal() : wanted.tty;
    shell.restart = config::Restart::always;
    return shell;
}

}  // namespace nlinit::app
