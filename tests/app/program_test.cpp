#include "nlinit/app/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include "support/namespaces.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ProgramTest : public ::testing::Test {
  protected:
    test::Finished nlinit(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), NLINIT_PROGRAM);
        test::Program program(loop_, arguments, {.network = &network_});
        return program.wait();
    }
    std::string write(const std::string& text) {
        std::ofstream(directory_ / "nlinit.toml") << text;
        return directory_ / "nlinit.toml";
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::NetworkNamespace network_;
    test::TemporaryDirectory directory_;
};

TEST_F(ProgramTest, HelpAndVersionGoToStandardOutput) {
    const auto help = nlinit({"--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.output, AllOf(StartsWith("usage: nlinit"), HasSubstr("netsetup"), HasSubstr("check FILE")));
    const auto version = nlinit({"--version"});
    EXPECT_EQ(version.exit_code, 0);
    EXPECT_THAT(version.output, ::testing::MatchesRegex("nlinit [0-9.]+\n"));
}

TEST_F(ProgramTest, WithoutACommandItSaysWhatItIs) {
    const auto finished = nlinit({});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("PID 1"), HasSubstr("--help")));
    EXPECT_THAT(finished.output, IsEmpty());
}

TEST_F(ProgramTest, AnUnknownCommandIsNamed) {
    const auto finished = nlinit({"reboot"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.errors, HasSubstr("unknown command reboot"));
}

TEST_F(ProgramTest, AFineConfigIsSaidToBeFine) {
    const auto finished = nlinit({"check", write("profile = \"minimal\"\n[payload]\ncommand = [\"/bin/agent\"]\n")});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output, HasSubstr(": fine\n"));
}

TEST_F(ProgramTest, EveryMistakeOfAConfigIsNamedWithItsPlace) {
    const auto path = write("profile = \"minimal\"\n[payload]\ncomand = [\"/bin/agent\"]\nrestart = \"often\"\n");
    const auto finished = nlinit({"check", path});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.output, AllOf(HasSubstr(path + ":3:1: "), HasSubstr("command"), HasSubstr(path + ":4:")));
}

TEST_F(ProgramTest, AConfigThatCannotBeReadIsNamed) {
    const auto finished = nlinit({"check", directory_ / "missing.toml"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("missing.toml"), HasSubstr("No such file")));
    EXPECT_EQ(nlinit({"check"}).exit_code, 2);
    EXPECT_EQ(nlinit({"check", "a", "b"}).exit_code, 2);
}

TEST_F(ProgramTest, APlanNamesWhatABootWouldDoAndDoesNothing) {
    const auto target = directory_ / "target";
    const auto path = write("profile = \"none\"\n[[directory]]\npath = \"" + target + "\"\n");
    const auto finished = nlinit({"plan", "nlinit.config=" + path, "hostname=guest7", "nlinit.colour=red"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output, AllOf(HasSubstr("# profile none and " + path), HasSubstr("set host name guest7"),
                                       HasSubstr("make directory " + target)));
    EXPECT_THAT(finished.errors, HasSubstr("nlinit.colour"));
    EXPECT_FALSE(std::filesystem::exists(target));
}

TEST_F(ProgramTest, ThePlanOfArcboxIsWhatItDoesByDefault) {
    const auto finished = nlinit({"plan", "quiet"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output, AllOf(HasSubstr("# profile arcbox"), HasSubstr("mount tmpfs on /etc"),
                                       HasSubstr("mount cgroup2 on /sys/fs/cgroup"), HasSubstr("optional")));
}

TEST_F(ProgramTest, TheReportOfTheBootIsPrinted) {
    test::enter_own_mount_namespace();
    ASSERT_EQ(::mount("tmpfs", "/run", "tmpfs", 0, nullptr), 0);
    const auto missing = nlinit({"report"});
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_THAT(missing.errors, HasSubstr("/run/nlinit/boot.json"));
    std::filesystem::create_directory("/run/nlinit");
    std::ofstream("/run/nlinit/boot.json") << "{}\n";
    const auto there = nlinit({"report"});
    EXPECT_EQ(there.exit_code, 0);
    EXPECT_EQ(there.output, "{}\n");
}

TEST_F(ProgramTest, AReaderThatHasGoneIsNoFailure) {
    test::Program program(loop_, {"/bin/sh", "-c", "trap '' PIPE; " NLINIT_PROGRAM " --help | exit 0"},
                          {.network = &network_});
    EXPECT_EQ(program.wait().exit_code, 0);
}

}  // namespace
}  // namespace nlinit::app
