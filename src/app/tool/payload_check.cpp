// SPDX-License-Identifier: Apache-2.0
#include "app/tool/payload_check.hpp"

#include <sys/stat.h>

#include <array>
#include <optional>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/sys/process/accounts.hpp"
#include "nlinit/sys/process/exec_fault.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {
namespace {

constexpr std::array kInits = {"/sbin/nlinit", "/usr/sbin/nlinit", "/init", "/sbin/init"};
constexpr int kMostScripts = 5;  // one the interpreter of the other, until the kernel has ELOOP (execve(2))

class PayloadCheck {
  public:
    PayloadCheck(const config::Config& config, const RootView& view, const Complain& complain)
        : config_(config), view_(view), complain_(complain) {}

    void run() {
        const auto& payload = config_.payload;
        if (payload.command.empty()) return;
        identity_ = find_user();
        if (!view_.leads_to_covered(payload.working_directory)) check_working_directory();
        sys::Command command;
        command.arguments = payload.command;
        command.environment = payload.environment;
        command.working_directory = payload.working_directory;
        for (const auto& candidate : sys::candidates(command)) {
            const auto place = from_working_directory(candidate);
            if (view_.leads_to_covered(place)) return;
            const Seen seen(place);
            if (seen.is_there()) return check_program(place);
            if (seen.is_unknown()) return complain_of_payload(place, "it " + seen.why_not());
        }
        const auto& program = payload.command.front();
        complain_("payload.command",
                  in_quotes(program) +
                      (program.find('/') != std::string::npos ? " is not there" : " is in no directory of PATH"));
    }

  private:
    [[nodiscard]] std::string from_working_directory(const std::string& path) const {
        return path.starts_with('/') ? path : concat({config_.payload.working_directory, "/", path});
    }

    void complain_of_payload(const std::string& path, const std::string& why) {
        if (!why.empty()) complain_("payload.command", concat({in_quotes(path), ": ", why}));
    }

    // The program, and what runs it in turn: scripts, a program, and its loader, which has none.
    void check_program(const std::string& program) {
        auto path = program;
        for (int scripts = 0; scripts <= kMostScripts; ++scripts) {
            auto fault = fault_of_file(path);
            const auto head = fault.empty() ? sys::read_program_head(path) : std::nullopt;
            if (fault.empty()) fault = fault_of_head(head);
            if (!fault.empty()) return complain_of_payload(path, fault);
            if (head->interpreter.empty()) return;
            const auto next = from_working_directory(head->interpreter);
            if (view_.leads_to_covered(next)) return;
            if (const Seen seen(next); !seen.is_there())
                return complain_of_payload(path, without_interpreter(*head, seen.why_not()));
            if (head->is_elf) return complain_of_payload(next, fault_of_loader(next));
            path = next;
        }
        complain_of_payload(program, "its interpreters are nested too deeply, or in a circle");
    }

    [[nodiscard]] std::string fault_of_file(const std::string& path) const {
        const Seen seen(path);
        if (!seen.is_there()) return "it " + seen.why_not();
        if (!S_ISREG(seen.what.st_mode)) return "it is no regular file";
        if ((seen.what.st_mode & 0111) == 0) return "it is not executable";
        return identity_ ? sys::why_user_may_not_run(path, *identity_) : std::string();
    }

    [[nodiscard]] std::string fault_of_head(const std::optional<sys::ProgramHead>& head) const {
        if (!head) return "it cannot be read";
        if (!head->fault.empty()) return head->fault;
        if (head->is_script) return head->interpreter.empty() ? "it names no interpreter behind #!" : "";
        if (!config_.binfmts.empty()) return {};
        if (!head->is_elf) return "it is no program, and a script begins with #! and its interpreter";
        if (head->machine == machine()) return {};
        return concat({"it is a program for ", sys::name_of_machine(head->machine), ", and this root is for ",
                       sys::name_of_machine(machine())});
    }

    [[nodiscard]] std::string fault_of_loader(const std::string& path) const {
        auto fault = fault_of_file(path);
        return fault.empty() ? fault_of_head(sys::read_program_head(path)) : fault;
    }

    static std::string without_interpreter(const sys::ProgramHead& head, const std::string& why_not) {
        return concat({head.is_script ? "its interpreter " : "its loader ", in_quotes(head.interpreter), " ", why_not,
                       head.interpreter.ends_with('\r') ? " (the line ends with a carriage return)" : ""});
    }

    // The init's of this root, or this program's.
    [[nodiscard]] static unsigned machine() {
        for (const auto* init : kInits) {
            const auto head = sys::read_program_head(init);
            if (head && head->is_elf) return head->machine;
        }
        return sys::our_machine();
    }

    std::optional<sys::Identity> find_user() {
        const auto& payload = config_.payload;
        if (view_.is_covered("/etc/passwd")) return std::nullopt;
        const auto identity = sys::find_identity(payload.user, payload.groups);
        if (identity.ok()) return *identity;
        complain_(payload.user.empty() ? "payload.groups" : "payload.user", to_string(identity.error()));
        return std::nullopt;
    }

    void check_working_directory() {
        const auto& directory = config_.payload.working_directory;
        const Seen seen(directory);
        if (seen.is_unknown()) {
            complain_("payload.cwd", concat({in_quotes(directory), " ", seen.why_not()}));
        } else if (!seen.is_there()) {
            if (!config_.payload.makes_working_directory || view_.is_read_only())
                complain_("payload.cwd", "there is no directory " + in_quotes(directory));
        } else if (!S_ISDIR(seen.what.st_mode)) {
            complain_("payload.cwd", in_quotes(directory) + " is no directory");
        } else if (const auto why = identity_ ? sys::why_user_may_not_run(directory, *identity_) : ""; !why.empty()) {
            complain_("payload.cwd", why);
        }
    }

    const config::Config& config_;
    const RootView& view_;
    const Complain& complain_;
    std::optional<sys::Identity> identity_;  // the payload's; none where it is not known yet
};

}  // namespace

void check_payload(const config::Config& config, const RootView& view, const Complain& complain) {
    PayloadCheck(config, view, complain).run();
}

}  // namespace nlinit::app
