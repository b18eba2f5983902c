#include <unistd.h>

#include <exception>
#include <string_view>

#include "nlinit/app/netsetup.hpp"
#include "nlinit/app/pid1.hpp"
#include "nlinit/app/program.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/log.hpp"

namespace {

// A symlink named netsetup runs that subcommand.
bool is_called(std::string_view path, std::string_view name) {
    return path.substr(path.rfind('/') + 1) == name;
}

int run(int argc, char** argv) {
    const auto started_at = nlinit::BootClock::now();
    if (getpid() == 1) nlinit::app::run_as_pid1(argc, argv, started_at);
    const std::string_view program = argc > 0 ? argv[0] : "";
    if (is_called(program, "netsetup")) return static_cast<int>(nlinit::app::netsetup(argc, argv, started_at));
    if (argc > 1 && std::string_view(argv[1]) == "netsetup")
        return static_cast<int>(nlinit::app::netsetup(argc - 1, argv + 1, started_at));
    return nlinit::app::run_tool(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        nlinit::log::emergency(error.what());
    }
    return static_cast<int>(nlinit::app::ExitCode::internal);
}
