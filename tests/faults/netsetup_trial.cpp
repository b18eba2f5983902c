// SPDX-License-Identifier: Apache-2.0
#include "netsetup_trial.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "support/cable.hpp"
#include "support/dhcp_server.hpp"
#include "support/kernel_view.hpp"
#include "support/require.hpp"
#include "support/run_until.hpp"

namespace nlinit::faults {
namespace {

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + '|';
    return text;
}

class NetsetupMachine {
  public:
    // The status of waitpid(2).
    int netsetup(const std::string& program, const Fault* fault, const std::string& record) {
        int gate[2];
        test::require(::pipe2(gate, O_CLOEXEC) == 0, "pipe2");
        const pid_t pid = ::fork();
        test::require(pid >= 0, "fork");
        if (pid == 0) {
            char none = 0;
            ::close(gate[1]);
            while (::read(gate[0], &none, 1) < 0) continue;
            if (::setns(cable_.client.fd(), CLONE_NEWNET) == 0)
                ::execl(program.c_str(), "nlinit", "netsetup", "eth0", static_cast<char*>(nullptr));
            ::_exit(255);
        }
        std::optional<Tracer> tracer;
        if (fault != nullptr) tracer.emplace(pid, *fault, record);
        ::close(gate[0]);
        ::close(gate[1]);
        return await(pid);
    }

    void write_effects(const std::string& path, int status) const {
        std::ofstream(path) << "exit\t" << (WIFEXITED(status) ? WEXITSTATUS(status) : -1) << "\nroutes\t"
                            << joined(test::routes_of("eth0", cable_.client)) << "\naddresses\t"
                            << joined(test::addresses_of("eth0", cable_.client)) << '\n';
    }

  private:
    int await(pid_t pid) {
        const sys::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        int status = 0;
        bool ended = false;
        test::require(loop_
                          .watch(process.get(),
                                 [&] {
                                     ended = ::waitpid(pid, &status, 0) == pid;
                                     loop_.unwatch(process.get());
                                 })
                          .ok(),
                      "watch the program");
        if (!test::run_until(loop_, [&] { return ended; })) ::kill(pid, SIGKILL);
        return status;
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Cable cable_;
    test::DhcpServer server_{loop_, cable_.server, "srv0"};
};

}  // namespace

void run_netsetup_twice(const std::string& program, const Fault& fault, const std::string& folder) {
    test::enter_own_mount_namespace();
    NetsetupMachine machine;
    const int first = machine.netsetup(program, &fault, folder + "/record");
    std::ofstream(folder + "/end") << (WIFSIGNALED(first) ? WTERMSIG(first) : 0);
    machine.write_effects(folder + "/effects", machine.netsetup(program, nullptr, ""));
}

Judgement judge_second_run(const Outcome& without, const Outcome& with) {
    if (!with.record.hit) return {Verdict::not_reached, ""};
    if (with.end != SIGKILL) return {Verdict::wrong, "it was not killed"};
    for (const auto& [effect, value] : without.effects) {
        const auto there = with.effects.find(effect);
        if (there == with.effects.end() || there->second != value)
            return {Verdict::wrong, effect + " of the second run: " +
                                        (there == with.effects.end() ? std::string("none") : there->second)};
    }
    return {Verdict::told, ""};
}

}  // namespace nlinit::faults
