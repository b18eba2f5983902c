// SPDX-License-Identifier: Apache-2.0
// nlinit_fleet: see usage() in options.cpp.
#include <cstdio>
#include <fstream>

#include "options.hpp"
#include "plot.hpp"
#include "simulation.hpp"
#include "table.hpp"

namespace {

int fail(const std::string& what) {
    std::fprintf(stderr, "nlinit_fleet: %s\n", what.c_str());
    return 1;
}

bool write(const std::string& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    return file.flush().good();
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = fleet::parse_options(argc, argv);
    if (!options.ok()) {
        fail(options.error().what + "; --help says more");
        return 2;
    }
    if (options->help) {
        std::fputs(std::string(fleet::usage()).c_str(), stdout);
        return 0;
    }
    std::vector<fleet::NamedOutcome> outcomes;
    std::uint32_t shared = 0;
    for (const auto& strategy : options->strategies) {
        outcomes.push_back({strategy.name, strategy.title, fleet::simulate(options->scenario, strategy)});
        shared += outcomes.back().outcome.on_a_shared_address;
    }
    std::printf("%s\n\n%s", fleet::describe(options->scenario).c_str(),
                fleet::table(options->scenario, outcomes).c_str());
    if (!options->svg.empty() && !write(options->svg, fleet::svg_plot(options->scenario, outcomes, options->until)))
        return fail("cannot write " + options->svg);
    return shared == 0 ? 0 : fail(std::to_string(shared) + " clients share an address");
}
