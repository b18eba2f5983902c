// SPDX-License-Identifier: Apache-2.0
#include "app/tool/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/namespaces.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
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
    EXPECT_THAT(help.output,
                AllOf(StartsWith("usage: nlinit COMMAND"), HasSubstr("\n  netsetup "), HasSubstr("\n  check ")));
    const auto version = nlinit({"--version"});
    EXPECT_EQ(version.exit_code, 0);
    EXPECT_THAT(version.output, ::testing::MatchesRegex(
                                    "nlinit [0-9.]+\ncommit [^\n]+\ncompiler [^\n]+\nlibraries libnl 3[.][^\n]+\n"));
}

TEST_F(ProgramTest, AnOutputThatCannotBeWrittenIsNoSuccess) {
    for (const std::string output : {">/dev/full", ">&-"}) {
        for (const auto& command : {std::string("--version"), "plan --config " + write("profile = \"none\"\n")}) {
            test::Program program(loop_, {"/bin/sh", "-c", NLINIT_PROGRAM " " + command + " " + output},
                                  {.network = &network_});
            const auto finished = program.wait();
            EXPECT_EQ(finished.exit_code, 9) << command << output;
            EXPECT_THAT(finished.errors, HasSubstr("write to standard output: ")) << command << output;
        }
    }
}

TEST_F(ProgramTest, EveryCommandHasItsOwnHelp) {
    for (const auto word : commands()) {
        const std::string command(word);
        const auto help = nlinit({command, "--help"});
        EXPECT_EQ(help.exit_code, 0) << command;
        EXPECT_THAT(help.output, StartsWith("usage: nlinit " + command + ' ')) << command;
        EXPECT_THAT(nlinit({"--help"}).output, HasSubstr("\n  " + command + ' ')) << command;
        EXPECT_THAT(help.errors, IsEmpty()) << command;
        EXPECT_EQ(nlinit({command, "eth0", "--help"}).output, help.output) << command;
    }
}

TEST_F(ProgramTest, AnOptionIsNoKernelParameter) {
    const std::string path = write("profile = \"minimal\"\n");
    for (const auto& words : std::vector<std::vector<std::string>>{{"plan", "--confg", path},
                                                                   {"plan", "root=/dev/vda", "--config", path},
                                                                   {"plan", "--config", path, "--config", path}}) {
        const auto refused = nlinit(words);
        EXPECT_EQ(refused.exit_code, 2);
        EXPECT_THAT(refused.errors, HasSubstr("nlinit: plan: has no option --"));
        EXPECT_THAT(refused.output, IsEmpty());
    }
    EXPECT_THAT(nlinit({"plan", "--config", path, "--", "/bin/x", "--help"}).output, HasSubstr("/bin/x --help"));
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
    EXPECT_THAT(finished.output, AllOf(ContainsRegex("profile none +# from " + path + ":1:1\n"),
                                       ContainsRegex("set host name guest7 +# from kernel command line hostname=\n"),
                                       ContainsRegex("make directory " + target + " .*# from " + path + ":2:1\n")));
    EXPECT_THAT(finished.errors, HasSubstr("nlinit.colour"));
    EXPECT_FALSE(std::filesystem::exists(target));
}

TEST_F(ProgramTest, ThePlanOfMinimalIsWhatItDoesByDefault) {
    const auto finished = nlinit({"plan", "quiet"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output,
                AllOf(ContainsRegex("profile minimal +# from the default\n"),
                      ContainsRegex("lay memory over /etc, if the root is read-only +# from profile minimal\n"),
                      ContainsRegex("mount cgroup2 on /sys/fs/cgroup +# from profile minimal\n")));
}

TEST_F(ProgramTest, APlanOfAFileNeedsNeitherThisMachineNorItsCommandLine) {
    const auto path = write("profile = \"none\"\n[payload]\ncommand = [\"/bin/agent\"]\nrestart = \"always\"\n");
    const auto alone = nlinit({"plan", "--config", path});
    EXPECT_EQ(alone.exit_code, 0);
    EXPECT_THAT(alone.output, ContainsRegex("/bin/agent +# from " + path + ":3:1\n"));
    const auto with_parameters = nlinit({"plan", "--config", path, "nlinit.profile=minimal", "--", "/bin/x", "a b"});
    EXPECT_THAT(with_parameters.output,
                AllOf(ContainsRegex("profile minimal +# from kernel command line nlinit.profile=\n"),
                      ContainsRegex("/bin/x 'a b' +# from kernel command line --\n"),
                      ContainsRegex("restart always +# from " + path + ":4:1\n")));
    EXPECT_EQ(nlinit({"plan", "--config"}).exit_code, 2);
    const auto missing = nlinit({"plan", "--config", directory_ / "missing.toml"});
    EXPECT_THAT(missing.errors, HasSubstr("missing.toml"));
    EXPECT_EQ(missing.exit_code, 2) << "a file that was asked for and is not there";
}

TEST_F(ProgramTest, AWordWithBlanksIsALineWithItsOwnQuotes) {
    const auto finished =
        nlinit({"plan", "nlinit.profile=minimal  hostname=guest9\tnlinit.payload=\"/bin/x a\" ip=dhcp"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, IsEmpty());
    EXPECT_THAT(finished.output, AllOf(HasSubstr("profile minimal"), HasSubstr("set host name guest9"),
                                       ContainsRegex("/bin/x a +# from kernel command line nlinit.payload=\n")));
    const auto with_more =
        nlinit({"plan", "nlinit.profile=none hostname=guest9\n", "nlinit.log=debug", "--", "/bin/x", "a b"});
    EXPECT_THAT(with_more.output, AllOf(HasSubstr("set host name guest9"), HasSubstr("/bin/x 'a b'")));
}

TEST_F(ProgramTest, WhatAConfigDoesNotGetIsSaid) {
    const auto finished = nlinit({"plan", "nlinit.profile=minimal", "ip=10.0.2.21::10.0.2.2:255.255.255.0::eth0:off"});
    EXPECT_THAT(finished.output, HasSubstr("name servers: none"));
    EXPECT_THAT(finished.errors, HasSubstr("there are no name servers"));
}

TEST_F(ProgramTest, APlanNamesInterfacesThatAreRenamedAndMade) {
    const auto finished = nlinit({"plan", "ifname=lan0:52:54:00:12:34:56 vlan=vlan0005:lan0 ip=vlan0005:dhcp"});
    EXPECT_THAT(finished.output,
                AllOf(ContainsRegex("lan0 is the name of 52:54:00:12:34:56 +# from kernel command line ifname=\n"),
                      ContainsRegex("vlan0005 is VLAN 5 on lan0 +# from kernel command line vlan=\n")));
}

TEST_F(ProgramTest, APlanWithoutArgumentsIsThatOfABootLikeThisOne) {
    test::enter_own_mount_namespace();
    const auto path = write("profile = \"none\"\n");
    std::ofstream(directory_ / "cmdline") << "quiet nlinit.config=" << path << " hostname=guest8\n";
    ASSERT_EQ(::mount((directory_ / "cmdline").c_str(), "/proc/cmdline", nullptr, MS_BIND, nullptr), 0);
    EXPECT_THAT(nlinit({"plan"}).output, HasSubstr("set host name guest8"));
}

TEST_F(ProgramTest, AConfigWithoutMeasureIsOneSentence) {
    const auto path = write(std::string(10'000'000, '#'));
    const auto finished = nlinit({"check", path});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr(path), HasSubstr("1048576")));
    EXPECT_EQ(std::ranges::count(finished.errors, '\n'), 1) << finished.errors;
}

TEST_F(ProgramTest, TheReportOfTheBootIsShown) {
    test::enter_own_mount_namespace();
    ASSERT_EQ(::mount("tmpfs", "/run", "tmpfs", 0, nullptr), 0);
    const auto missing = nlinit({"report"});
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_THAT(missing.errors, HasSubstr("/run/nlinit/boot.json"));
    std::filesystem::create_directory("/run/nlinit");
    const std::string report = "{\"boot\": {\"kernel_ms\": 5.5}}\n";
    std::ofstream("/run/nlinit/boot.json") << report;
    EXPECT_THAT(nlinit({"report"}).output, HasSubstr("the kernel took 5.5 ms"));
    EXPECT_EQ(nlinit({"report", "--json"}).output, report);
    const auto picture = nlinit({"report", "--svg"});
    EXPECT_EQ(picture.exit_code, 0);
    EXPECT_THAT(picture.output, AllOf(StartsWith("<svg "), HasSubstr("the kernel took 5.5 ms")));
}

TEST_F(ProgramTest, AReportFromElsewhereIsShown) {
    const auto path = write("{\"boot\": {\"kernel_ms\": 7}}");
    EXPECT_THAT(nlinit({"report", path}).output, HasSubstr("the kernel took 7.0 ms"));
    EXPECT_THAT(nlinit({"report", "--svg", path}).output, StartsWith("<svg "));
    EXPECT_EQ(nlinit({"report", path, "--json"}).output, "{\"boot\": {\"kernel_ms\": 7}}");
}

TEST_F(ProgramTest, ACheckOfAReportIsSilentWhereAllWentWell) {
    const auto fine = nlinit({"report", "--check", write(R"({"boot": {"kernel_ms": 7}, "network": null, "payload": null,
        "steps": [{"step": "mount a on /a", "outcome": "skipped", "error": "no device"}], "warnings": []})")});
    EXPECT_EQ(fine.exit_code, 0);
    EXPECT_THAT(fine.output + fine.errors, IsEmpty());
}

TEST_F(ProgramTest, ACheckOfAReportNamesTheFirstFailureAndTheirNumberInOneLine) {
    const auto path = write(R"({"boot": {}, "warnings": ["/etc/nlinit.toml:1:1: \u001b[2J\n\u009b"],
        "steps": [{"step": "mount a on /a", "outcome": "failed", "error": "no device"}]})");
    const auto two = nlinit({"report", path, "--check"});
    EXPECT_EQ(two.exit_code, 1);
    EXPECT_EQ(two.errors, "nlinit: report: 2 failures, the first: /etc/nlinit.toml:1:1: \\x1b[2J\\x0a\\xc2\\x9b\n");
    EXPECT_THAT(two.output, IsEmpty());
    EXPECT_EQ(nlinit({"report", "--check", write("{\"boot\": {")}).exit_code, 2);
}

// A guest's report is the guest's to write.
TEST_F(ProgramTest, NothingInAReportReachesTheTerminalAsACommandToIt) {
    const std::string hostile = "\x7f\xc2\x9b[2J\xe2\x80\xae";
    const auto path =
        write("{\"boot\": {\"kernel_ms\": 7}, \"profile\": \"" + hostile + "\", \"" + hostile + "\": 1.50}");
    EXPECT_EQ(nlinit({"report", "--json", path}).output,
              "{\"boot\": {\"kernel_ms\": 7}, \"profile\": \"\\u007f\\u009b[2J\\u202e\", "
              "\"\\u007f\\u009b[2J\\u202e\": 1.50}");
    EXPECT_THAT(nlinit({"report", path}).output, HasSubstr("profile \\x7f\\xc2\\x9b[2J\\xe2\\x80\\xae"));
    for (const auto* text : {"\x1b[2J", "{\"boot\": \"\x1b[2J\"}", "{\"boot\": {}} \x1b[2J"}) {
        const auto refused = nlinit({"report", "--json", write(text)});
        EXPECT_EQ(refused.exit_code, 2);
        EXPECT_THAT(refused.output, IsEmpty());
        EXPECT_THAT(refused.errors, HasSubstr("is no report of a boot"));
    }
}

TEST_F(ProgramTest, NamesAreFitToPrintWhereverTheyAreSaid) {
    const std::string hostile = "\xc2\x85\x1b[2J\xe2\x80\xae\xff", shown = R"(\xc2\x85\x1b[2J\xe2\x80\xae\xff)";
    EXPECT_THAT(nlinit({"check", "/none/" + hostile}).errors, HasSubstr("/none/" + shown));
    EXPECT_THAT(nlinit({hostile}).errors, HasSubstr("unknown command " + shown));
    EXPECT_THAT(nlinit({"plan", "nlinit.profile=none", "--", "/bin/" + hostile}).output, HasSubstr("/bin/" + shown));
    std::filesystem::create_directory(directory_ / hostile);
    std::ofstream(directory_ / hostile + "/fine.toml") << "profile = \"minimal\"\n";
    const auto fine = nlinit({"check", directory_ / hostile + "/fine.toml"});
    EXPECT_THAT(fine.output, HasSubstr(shown + "/fine.toml: fine\n"));
    EXPECT_EQ(fine.exit_code, 0);
}

TEST_F(ProgramTest, ThePlanShowsWhatAContainerImageSaysWithItsPlace) {
    const std::string oci = directory_ / "config.json";
    std::ofstream(oci) << R"({"config": {"Cmd": ["/bin/app"], "User": "65534", "Env": ["A=1", "B"], "StopSignal": "HUP",
                              "Volumes": {"/data": {}}}})";
    const auto path = write("profile = \"none\"\n[payload]\noci = \"" + oci + "\"\ncwd = \"/srv\"\n");
    const auto finished = nlinit({"plan", "--config", path});
    EXPECT_THAT(finished.output, AllOf(ContainsRegex("/bin/app +# from " + oci + ":/config/Cmd\n"),
                                       ContainsRegex("user 65534 +# from " + oci + ":/config/User\n"),
                                       ContainsRegex("env A=1 +# from " + oci + ":/config/Env/0\n"),
                                       ContainsRegex("asked to end by SIGHUP +# from " + oci + ":/config/StopSignal\n"),
                                       ContainsRegex("cwd /srv +# from " + path + ":4:1\n")));
    EXPECT_THAT(finished.errors, AllOf(HasSubstr(oci + ": '/config/Env/1' must be NAME=VALUE, not 'B'"),
                                       HasSubstr(oci + ": not obeyed: /config/Volumes")));
    std::filesystem::remove(oci);
    EXPECT_THAT(nlinit({"plan", "--config", path}).errors, HasSubstr("read " + oci + ": No such file or directory"));
}

TEST_F(ProgramTest, WhatIsNoReportIsRefusedInOneSentence) {
    const auto broken = nlinit({"report", write("{\"boot\": {")});
    EXPECT_EQ(broken.exit_code, 2);
    EXPECT_THAT(broken.errors, HasSubstr("nlinit.toml is no report of a boot: byte 10: "));
    EXPECT_THAT(broken.output, IsEmpty());
    EXPECT_THAT(nlinit({"report", "/dev/zero"}).errors, HasSubstr("it is no regular file"));
    for (const auto& arguments : std::vector<std::vector<std::string>>{{"--xml"}, {"a", "b"}, {""}}) {
        auto words = arguments;
        words.insert(words.begin(), "report");
        const auto refused = nlinit(words);
        EXPECT_EQ(refused.exit_code, 2);
        EXPECT_THAT(refused.errors, HasSubstr("report: wants --check, --json or --svg, and one file at the most"));
    }
}

TEST_F(ProgramTest, AReaderThatHasGoneIsNoFailure) {
    test::Program program(loop_, {"/bin/sh", "-c", "trap '' PIPE; " NLINIT_PROGRAM " --help | exit 0"},
                          {.network = &network_});
    EXPECT_EQ(program.wait().exit_code, 0);
}

}  // namespace
}  // namespace nlinit::app
