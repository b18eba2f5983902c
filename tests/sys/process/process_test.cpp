// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>

#include "nlinit/sys/aside.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/fuse_share.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;

class ProcessTest : public ::testing::Test {
  protected:
    static Command command(std::vector<std::string> arguments) {
        Command command;
        command.arguments = std::move(arguments);
        return command;
    }
    // The shell's standard output is a file: "$OUT" in the script.
    Command shell(const std::string& script) const {
        auto result = command({"/bin/sh", "-c", script});
        result.environment["OUT"] = output_path();
        return result;
    }
    static int run(const Command& command) {
        const auto pid = spawn(command);
        EXPECT_TRUE(is_ok(pid));
        if (!pid.ok()) return -1;
        const auto exited = wait_and_reap(*pid);
        EXPECT_EQ(exited.pid, *pid);
        return exited.status;
    }
    // reap() does not wait, so the child is waited for without being reaped.
    static Exited wait_and_reap(pid_t pid) {
        siginfo_t info{};
        EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
        return reap().value_or(Exited{});
    }
    static bool has_children() {
        siginfo_t info{};
        return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
    }
    std::string output() const {
        std::ostringstream content;
        content << std::ifstream(output_path()).rdbuf();
        return content.str();
    }
    std::string make_program(const std::string& name, const std::string& content, mode_t mode = 0755) const {
        std::ofstream(directory_ / name) << content;
        ::chmod((directory_ / name).c_str(), mode);
        return directory_ / name;
    }
    const std::string& directory() const { return directory_.path(); }

  private:
    std::string output_path() const { return directory_ / "out"; }

    test::TemporaryDirectory directory_;
};

TEST_F(ProcessTest, GivesTheExitCode) {
    EXPECT_EQ(run(shell("exit 0")), 0);
    EXPECT_EQ(run(shell("exit 37")), 37);
}

TEST_F(ProcessTest, GivesASignalAsAShellDoes) {
    EXPECT_EQ(run(shell("kill -KILL $$")), 128 + SIGKILL);
}

TEST_F(ProcessTest, PassesArgumentsAsTheyAre) {
    EXPECT_EQ(run(command({"/bin/sh", "-c", "test \"$1\" = 'a  b' -a \"$2\" = ''", "sh", "a  b", ""})), 0);
}

TEST_F(ProcessTest, LooksForTheProgramInThePathOfTheCommand) {
    make_program("nlinit-test-program", "#!/bin/sh\nexit 7\n");
    auto program = command({"nlinit-test-program"});
    program.environment["PATH"] = "/nowhere::" + directory();
    EXPECT_EQ(run(program), 7);
}

TEST_F(ProcessTest, DoesNotLookForTheProgramInItsOwnPath) {
    make_program("nlinit-test-program", "#!/bin/sh\n");
    ::setenv("PATH", directory().c_str(), 1);
    const auto pid = spawn(command({"nlinit-test-program"}));
    ASSERT_FALSE(pid.ok());
    EXPECT_EQ(pid.error().code, ENOENT);
}

TEST_F(ProcessTest, HasAUsualPathWhenTheCommandHasNone) {
    EXPECT_EQ(run(command({"true"})), 0);
}

TEST_F(ProcessTest, SaysWhichProgramIsNotThere) {
    EXPECT_EQ(test::sentence(spawn(command({"/none/such"}))), "run /none/such: No such file or directory");
    EXPECT_EQ(test::sentence(spawn(command({"nlinit-none-such"}))),
              "run nlinit-none-such: it is in no directory of PATH: No such file or directory");
}

TEST_F(ProcessTest, SaysThatAProgramIsNotExecutable) {
    const auto program = make_program("program", "#!/bin/sh\n", 0644);
    EXPECT_EQ(test::sentence(spawn(command({program}))),
              "run " + program + ": it is not executable: its mode is 0644: Permission denied");
    auto by_path = command({"program"});
    by_path.environment["PATH"] = directory() + ":/nowhere";
    EXPECT_EQ(test::sentence(spawn(by_path)),
              "run program (" + program + "): it is not executable: its mode is 0644: Permission denied");
}

TEST_F(ProcessTest, DoesNotGiveToAShellWhatIsNoProgram) {
    const auto program = make_program("program", "exit 0\n");
    EXPECT_EQ(
        test::sentence(spawn(command({program}))),
        "run " + program + ": it is no program, and a script begins with #! and its interpreter: Exec format error");
}

TEST_F(ProcessTest, SaysThatTheInterpreterIsMissing) {
    const auto program = make_program("program", "#!/none/such\n");
    EXPECT_EQ(
        test::sentence(spawn(command({program}))),
        "run " + program + ": the file is there, but not its interpreter '/none/such': No such file or directory");
}

TEST_F(ProcessTest, LooksAtAProgramOfTheWorkingDirectory) {
    make_program("program", "#!/none/such\n");
    auto relative = command({"./program"});
    relative.working_directory = directory();
    EXPECT_NE(test::sentence(spawn(relative)).find("but not its interpreter '/none/such'"), std::string::npos);
}

TEST_F(ProcessTest, ADirectoryIsNoProgram) {
    EXPECT_EQ(test::sentence(spawn(command({directory()}))),
              "run " + directory() + ": it is a directory: Permission denied");
}

TEST_F(ProcessTest, SaysHowAProcessEnded) {
    EXPECT_EQ(in_words({1, 0, 0, false}), "status 0");
    EXPECT_EQ(in_words({1, 3, 0, false}), "status 3");
    EXPECT_EQ(in_words({1, 139, SIGSEGV, true}), "status 139: killed by SIGSEGV, core dumped");
    EXPECT_EQ(in_words({1, 137, SIGKILL, false}), "status 137: killed by SIGKILL");
    EXPECT_EQ(in_words({1, 128 + 40, 40, false}), "status 168: killed by signal 40");
    EXPECT_EQ(in_words({1, 126, 0, false}), "status 126: for a shell, a command that cannot be executed");
    EXPECT_EQ(in_words({1, 127, 0, false}), "status 127: for a shell, a command that was not found");
    EXPECT_EQ(in_words({1, 139, 0, false}), "status 139: for a shell, a command that was killed by SIGSEGV");
    EXPECT_EQ(in_words({1, 255, 0, false}), "status 255");
}

TEST_F(ProcessTest, TellsASignalFromAnExitCode) {
    const auto pid = spawn(shell("kill -KILL $$"));
    ASSERT_TRUE(is_ok(pid));
    const auto exited = wait_and_reap(*pid);
    EXPECT_EQ(exited.signal, SIGKILL);
    EXPECT_FALSE(exited.dumped_core);
    const auto other = spawn(shell("exit 137"));
    ASSERT_TRUE(is_ok(other));
    EXPECT_EQ(wait_and_reap(*other).signal, 0);
}

TEST_F(ProcessTest, AProgramThatIsNoneIsNoneAtTheNextTry) {
    for (const int code : {ENOENT, EACCES, ENOEXEC, ELOOP, ENOTDIR}) EXPECT_FALSE(may_start_later({code, ""})) << code;
    for (const int code : {0, EAGAIN, ENOMEM, ETXTBSY}) EXPECT_TRUE(may_start_later({code, ""})) << code;
}

TEST_F(ProcessTest, SaysThatTheWorkingDirectoryIsMissing) {
    auto program = command({"/bin/true"});
    program.working_directory = "/none/such";
    EXPECT_EQ(test::sentence(spawn(program)), "run /bin/true in /none/such: No such file or directory");
}

// Its working directory is on a share that does not answer until it is gone.
TEST_F(ProcessTest, TellsOfAFailureThatComesAfterItHasReturned) {
    test::enter_own_mount_namespace();
    auto share = test::FuseShare::mount(directory() + "/share");
    if (!share) GTEST_SKIP() << "FUSE cannot be mounted here";
    share->fall_silent();
    auto program = command({"/bin/true"});
    program.working_directory = directory() + "/share/within";
    LateFailure late;
    const auto pid = spawn(program, &late);
    ASSERT_TRUE(is_ok(pid));
    const auto ignored = spawn(program);
    ASSERT_TRUE(is_ok(ignored));
    share.reset();
    for (const pid_t child : {*pid, *ignored}) {
        const auto exited = wait_and_reap(child);
        EXPECT_EQ(exited.status, kExitNotPrepared) << "and not killed by SIGPIPE where nobody listens";
    }
    const auto failure = late.error();
    ASSERT_TRUE(failure);
    EXPECT_EQ(exit_status_of(*failure), kExitNotPrepared);
    EXPECT_NE(failure->what.find("run /bin/true in " + program.working_directory + ": "), std::string::npos);
}

TEST_F(ProcessTest, TellsOfNoFailureWhereThereIsNone) {
    LateFailure late;
    const auto pid = spawn(shell("exit 127"), &late);
    ASSERT_TRUE(is_ok(pid));
    EXPECT_EQ(wait_and_reap(*pid).status, 127);
    EXPECT_FALSE(late.error());
    EXPECT_FALSE(LateFailure().error());
}

TEST_F(ProcessTest, RefusesToRunNothing) {
    EXPECT_FALSE(spawn(command({})).ok());
    EXPECT_FALSE(spawn(command({""})).ok());
}

TEST_F(ProcessTest, LeavesNoChildWhenItFails) {
    ASSERT_FALSE(spawn(command({"/none/such"})).ok());
    EXPECT_FALSE(has_children());
}

TEST_F(ProcessTest, StartsInItsWorkingDirectory) {
    auto program = shell("pwd > \"$OUT\"");
    ASSERT_EQ(run(program), 0);
    EXPECT_EQ(output(), "/\n");
    program.working_directory = directory();
    ASSERT_EQ(run(program), 0);
    EXPECT_EQ(output(), directory() + "\n");
}

TEST_F(ProcessTest, GivesTheEnvironmentOfTheCommandAndDefaults) {
    ::setenv("OF_THE_CALLER", "1", 1);
    auto program = command({"/bin/sh", "-c", "tr '\\0' '\\n' < /proc/$$/environ | sort > " + directory() + "/out"});
    program.environment = {{"TERM", "vt100"}, {"EMPTY", ""}};
    ASSERT_EQ(run(program), 0);
    EXPECT_NE(output().find("EMPTY=\nHOME=/\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"),
              std::string::npos)
        << output();
    EXPECT_NE(output().find("TERM=vt100\n"), std::string::npos);
    EXPECT_EQ(output().find("OF_THE_CALLER"), std::string::npos);
}

TEST_F(ProcessTest, StartsWithNoSignalBlockedOrIgnored) {
    sigset_t all, before;
    sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, &before);
    ::signal(SIGPIPE, SIG_IGN);
    const auto program = shell("grep -E 'Sig(Blk|Ign)' /proc/self/status > \"$OUT\"");
    const int status = run(program);
    ::signal(SIGPIPE, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ASSERT_EQ(status, 0);
    EXPECT_EQ(output(), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(ProcessTest, LeadsASessionOfItsOwn) {
    ASSERT_EQ(run(shell("cut -d' ' -f5,6 /proc/$$/stat > \"$OUT\"; echo $$ $$ >> \"$OUT\"")), 0);
    const std::string lines = output();
    const auto middle = lines.find('\n') + 1;
    EXPECT_EQ(lines.substr(0, middle), lines.substr(middle));
}

TEST_F(ProcessTest, InheritsNothingButTheStandardStreams) {
    const UniqueFd leaked(::open("/dev/null", O_RDONLY));  // without O_CLOEXEC
    ASSERT_EQ(run(shell("ls /proc/self/fd > \"$OUT\"")), 0);
    EXPECT_EQ(output(), "0\n1\n2\n3\n");  // the last is of ls itself
}

TEST_F(ProcessTest, HasItsStandardInputForControllingTerminal) {
    const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!master.valid() || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0) {
        GTEST_SKIP() << "there are no pseudo-terminals here";
    }
    const UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    const UniqueFd before(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    ASSERT_EQ(::dup2(terminal.get(), STDIN_FILENO), STDIN_FILENO);
    const int status = run(shell("test -r /dev/tty && echo controlled > /dev/tty"));
    ::dup2(before.get(), STDIN_FILENO);
    EXPECT_EQ(status, 0);
}

TEST_F(ProcessTest, ReapsNothingWhenNothingHasEnded) {
    EXPECT_FALSE(reap());
    const auto pid = spawn(shell("kill -STOP $$"));
    ASSERT_TRUE(is_ok(pid));
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(*pid), &info, WSTOPPED | WNOWAIT), 0);
    EXPECT_FALSE(reap());
    ::kill(*pid, SIGKILL);
    EXPECT_EQ(wait_and_reap(*pid).status, 128 + SIGKILL);
}

TEST_F(ProcessTest, ReapsOrphansAsPid1) {
    EXPECT_EQ(test::run_as_pid_1([] {
                  const auto pid = spawn(command({"/bin/sh", "-c", "(exit 3) & exit 0"}));
                  if (!pid.ok()) return 10;
                  int orphans = 0;
                  siginfo_t info{};
                  while (::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) {
                      const auto exited = reap();
                      if (!exited) return 11;
                      if (exited->pid != *pid) ++orphans;
                  }
                  return orphans;
              }),
              1 << 8);
}

// One that is stuck must not cost the end of the machine its grace.
TEST_F(ProcessTest, OfItsChildrenThoseThatWorkAsideDoNotCount) {
    const int status = test::run_as_pid_1([] {
        auto loop = *EventLoop::create();
        auto aside = Aside::start(loop, "wait",
                                  [](AsideReport& /*report*/) {
                                      for (;;) ::pause();
                                  },
                                  {});
        if (!aside.ok() || !has_children() || has_children_but_asides()) return 1;
        const pid_t other = ::fork();
        if (other == 0) {
            for (;;) ::pause();
        }
        return has_children_but_asides() ? 0 : 2;
    });
    EXPECT_EQ(status, 0);
}

TEST_F(ProcessTest, LooksForTheUserInTheProcessThatBecomesTheProgram) {
    auto program = shell("exit 3");
    program.account = {"nlinit-none-such", {}};
    EXPECT_EQ(test::sentence(spawn(program)), "run /bin/sh: user 'nlinit-none-such' is not in /etc/passwd");
    program.account = {"12345:23456", {}};
    program.arguments = {"/bin/sh", "-c", "[ \"$(id -u) $(id -g) $HOME\" = '12345 23456 /' ]"};
    const auto pid = spawn(program);
    ASSERT_TRUE(is_ok(pid));
    EXPECT_EQ(wait_and_reap(*pid).status, 0);
}

TEST_F(ProcessTest, LooksForWhatItIsToBecome) {
    auto program = shell("exit 0");
    program.account = {"12345", {}};
    const auto found = look_for(program);
    ASSERT_TRUE(is_ok(found));
    EXPECT_EQ(identity_in(*found).user, 12345U);
    program.account = {"nlinit-none-such", {}};
    EXPECT_EQ(test::sentence(look_for(program)), "run /bin/sh: user 'nlinit-none-such' is not in /etc/passwd");
}

}  // namespace
}  // namespace nlinit::sys
