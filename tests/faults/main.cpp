// SPDX-License-Identifier: Apache-2.0
// Boots of PID 1 in which one system call after the other fails: see ../../scripts/test.sh faults.
//   nlinit_faults PROGRAM FOLDER [--all] [--jobs N] [--only CALL] boot|after|netsetup|list…
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "campaign.hpp"

int main(int argc, char** argv) {
    using namespace nlinit::faults;
    std::vector<std::string_view> words(argv + 1, argv + argc);
    if (words.size() < 3) {
        std::fprintf(
            stderr,
            "usage: nlinit_faults PROGRAM FOLDER [--all] [--jobs N] [--only CALL] boot|after|netsetup|list...\n");
        return 2;
    }
    Settings settings{.program = std::filesystem::absolute(words[0]), .folder = std::filesystem::absolute(words[1])};
    bool good = true;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i] == "--all") {
            settings.all = true;
        } else if (words[i] == "--jobs" && i + 1 < words.size()) {
            settings.jobs = std::strtoul(words[++i].data(), nullptr, 10);
        } else if (words[i] == "--only" && i + 1 < words.size()) {
            settings.only = words[++i];
        } else {
            good &= run_campaign(settings, words[i]);
        }
    }
    return good ? 0 : 1;
}
