#include "nlinit/app/program.hpp"

#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/app/boot_config.hpp"
#include "nlinit/app/boot_report.hpp"
#include "nlinit/app/netsetup.hpp"
#include "nlinit/app/standard_output.hpp"
#include "nlinit/boot/boot_plan.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"

namespace nlinit::app {
namespace {

constexpr std::size_t kMaxReport = 1 << 20;
constexpr std::string_view kHelp = R"(usage: nlinit netsetup [OPTION]... [INTERFACE]   configure a network interface
       nlinit plan [KERNEL-PARAMETER]...         print what a boot would do here
       nlinit check FILE                         validate a configuration
       nlinit report                             print /run/nlinit/boot.json
       nlinit --help | --version

As PID 1 (/init of an initramfs, or init=/sbin/nlinit) it boots the machine:
early mounts, modules, network, root, the plan of /etc/nlinit.toml or of the
embedded profile, and then the payload after "--" on the kernel command line.
)";

int status(ExitCode code) {
    return static_cast<int>(code);
}

int complain(std::string_view sentence) {
    log::error("nlinit", sentence);
    return status(ExitCode::usage);
}

// What /proc/cmdline and /etc/nlinit.toml ask for, or the parameters given instead of /proc/cmdline's.
int plan(const std::vector<std::string>& parameters) {
    std::string text;
    for (const auto& parameter : parameters) text += parameter + ' ';
    const auto boot_config = read_boot_config(config::parse_kernel_command_line(text));
    for (const auto& warning : boot_config.warnings) log::warning("config", warning);
    const std::string source = boot_config.file.empty() ? "" : " and " + boot_config.file;
    print("# profile " + boot_config.config.profile + source + '\n' +
          to_string(boot::make_boot_plan(boot_config.config)));
    return status(ExitCode::configured);
}

int check(const std::string& path) {
    const auto text = sys::read_file(path, config::kMaxConfigSize);
    if (!text.ok()) return complain(to_string(text.error()));
    const auto parsed = config::parse_toml(*text, config::kDefaultProfile);
    for (const auto& problem : parsed.problems) print(config::to_string(problem, path) + '\n');
    if (!parsed.problems.empty()) return status(ExitCode::usage);
    print(path + ": fine\n");
    return status(ExitCode::configured);
}

int report() {
    const auto text = sys::read_file(kReportPath, kMaxReport);
    if (!text.ok()) return complain(to_string(text.error()));
    print(*text);
    return status(ExitCode::configured);
}

}  // namespace

int run_tool(int argc, char* const* argv) {
    log::open(log::Target::standard_error, log::Level::warning);
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (arguments.empty()) return complain("nothing to do: nlinit boots a machine as PID 1; see nlinit --help");
    const std::string& command = arguments.front();
    if (command == "plan") return plan({arguments.begin() + 1, arguments.end()});
    if (command == "check" && arguments.size() == 2) return check(arguments[1]);
    if (command == "check") return complain("check wants one file");
    if (command == "report") return report();
    if (command == "--help" || command == "-h") {
        print(kHelp);
        return status(ExitCode::configured);
    }
    if (command == "--version") {
        print("nlinit " NLINIT_VERSION "\n");
        return status(ExitCode::configured);
    }
    return complain("unknown command " + command + "; see nlinit --help");
}

}  // namespace nlinit::app
