#include "app/pid1/debug_shell.hpp"

#include <array>
#include <string>
#include <vector>

#include "nlinit/sys/file/file.hpp"
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

}  // namespace

Result<std::string> find_shell(const config::DebugShell& wanted) {
    auto shell = wanted.path.empty() ? first_shell() : Result<std::string>(wanted.path);
    if (!shell.ok()) return shell;
    if (auto checked = sys::check_program_of_root(*shell); !checked.ok()) return checked.error();
    return shell;
}

config::Payload debug_shell(const config::DebugShell& wanted, const std::string& program) {
    config::Payload shell;
    shell.command = {program};
    if (program == kBusybox && wanted.path.empty()) shell.command.emplace_back("sh");
    shell.tty = wanted.tty.empty() ? sys::console_terminal() : wanted.tty;
    shell.restart = config::Restart::always;
    return shell;
}

}  // namespace nlinit::app
