// SPDX-License-Identifier: Apache-2.0
// docs/examples: what a reader copies is right, and does what its comments say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/namespaces.hpp"
#include "support/program.hpp"

namespace nlinit::app {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::filesystem::path> examples() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(NLINIT_DOCS "/examples"))
        if (entry.path().extension() == ".toml") paths.push_back(entry.path());
    return paths;
}

// The words of the line below "# Kernel command line:" in the head of a file.
std::vector<std::string> parameters_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line) && line != "# Kernel command line:") {
    }
    std::getline(file, line);
    std::istringstream words(line);
    std::vector<std::string> parameters;
    std::string word;
    words >> word;  // the '#'
    while (words >> word) parameters.push_back(word);
    return parameters;
}

class ExamplesTest : public ::testing::Test {
  protected:
    test::Finished nlinit(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), NLINIT_PROGRAM);
        test::Program program(loop_, arguments, {.network = &network_});
        return program.wait();
    }
    test::Finished plan(const std::filesystem::path& path) {
        std::vector<std::string> arguments{"plan", "--config", path};
        for (auto& parameter : parameters_of(path)) arguments.push_back(std::move(parameter));
        return nlinit(std::move(arguments));
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::NetworkNamespace network_;
};

TEST_F(ExamplesTest, EachIsFine) {
    const auto paths = examples();
    EXPECT_GE(paths.size(), 6U);
    for (const auto& path : paths) {
        const auto finished = nlinit({"check", path});
        EXPECT_EQ(finished.exit_code, 0) << finished.output;
        EXPECT_THAT(finished.output, HasSubstr(": fine\n"));
    }
}

TEST_F(ExamplesTest, EachBecomesAPlanWithoutAWarning) {
    for (const auto& path : examples()) {
        ASSERT_GE(parameters_of(path).size(), 3U) << path << " has no kernel command line in its head";
        const auto finished = plan(path);
        EXPECT_EQ(finished.exit_code, 0);
        EXPECT_THAT(finished.errors, IsEmpty()) << path;
        EXPECT_THAT(finished.output,
                    AllOf(StartsWith("boot\n"), ContainsRegex("\n    /[a-z].* # from " + path.string()),
                          Not(HasSubstr("also set"))));
    }
}

TEST_F(ExamplesTest, ThoseOfVmmsThatKnowNoPoweroffEndByReboot) {
    for (const auto* name : {"firecracker", "libkrun"})
        EXPECT_THAT(plan(std::string(NLINIT_DOCS "/examples/") + name + ".toml").output,
                    HasSubstr("poweroff means reboot "));
}

}  // namespace
}  // namespace nlinit::app
