// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <exception>
#include <string_view>

#include "app/netsetup/netsetup.hpp"
#include "app/pid1/pid1.hpp"
#include "app/standard_output.hpp"
#include "app/tool/program.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/process/inheritance.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace {

using namespace nlinit;

// A symlink named netsetup runs that subcommand.
bool is_called(std::string_view path, std::string_view name) {
    return path.substr(path.rfind('/') + 1) == name;
}

int run_command(int argc, char** argv, TimePoint started_at) {
    sys::occupy_closed_streams();
    const std::string_view program = argc > 0 ? argv[0] : "";
    const bool is_link = is_called(program, "netsetup");
    if (!is_link && (argc < 2 || std::string_view(argv[1]) != "netsetup"))
        return app::status_with_output(app::run_tool(argc, argv));
    const int before = is_link ? 0 : 1;
    return app::status_with_output(static_cast<int>(app::netsetup(argc - before, argv + before, started_at)));
}

// PID 1 of the machine always boots: the kernel gives it the words of the command line that it does not know itself
// (kernel-parameters.txt), and such a word may be "report". PID 1 of a container has the arguments that its user gave.
bool is_to_boot(int argc, char** argv) {
    if (getpid() != 1) return false;
    if (sys::is_in_first_pid_namespace()) return true;
    const bool is_netsetup = argc > 0 && is_called(argv[0], "netsetup");
    return !is_netsetup && !(argc > 1 && app::is_command(argv[1]));
}

int run(int argc, char** argv) {
    const auto started_at = BootClock::now();
    sys::take_file_limit_as_error();
    if (!is_to_boot(argc, argv)) return run_command(argc, argv, started_at);
    if (!sys::is_in_first_pid_namespace() && sys::shares_mount_namespace()) return app::refuse_shared_mounts();
    app::run_as_pid1(argc, argv, started_at);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        log::emergency(error.what());
    }
    return static_cast<int>(app::ExitCode::internal);
}
