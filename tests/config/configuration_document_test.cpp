// SPDX-License-Identifier: Apache-2.0
// docs/configuration.md has every key and every parameter, and none that is no more.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

using Names = std::set<std::string>;

// What stands between backquotes.
Names in_backquotes(const std::string& text) {
    Names names;
    std::size_t start = text.find('`');
    while (start != std::string::npos) {
        const auto end = text.find('`', start + 1);
        if (end == std::string::npos) break;
        names.insert(text.substr(start + 1, end - start - 1));
        start = text.find('`', end + 1);
    }
    return names;
}

struct Document {
    Names keys;        // "[network] timeout"
    Names parameters;  // "ip"
};

bool is_table(const std::string& name) {
    return name.starts_with('[');
}

// Sections are named by tables of the file; what the first column of their rows quotes are keys.
Document read_document() {
    Document document;
    std::ifstream file(NLINIT_DOCS "/configuration.md");
    EXPECT_TRUE(file.is_open());
    Names tables;
    bool of_keys = false;
    bool of_parameters = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) tables = line == "## The top level" ? Names{"the top level"} : in_backquotes(line);
        // A table of many keys that are all alike is a sentence, up to the next empty line.
        if (line.starts_with("The names of `")) {
            auto names = in_backquotes(line);
            const auto table = names.extract(std::ranges::find_if(names, is_table)).value();
            for (; !line.empty() && std::getline(file, line); names = in_backquotes(line))
                for (const auto& name : names) document.keys.insert(table + ' ' + name);
        }
        if (!line.starts_with('|')) of_keys = of_parameters = false;
        const auto first = in_backquotes(line.substr(0, line.find('|', 1)));
        for (const auto& name : first) {
            if (of_parameters) document.parameters.insert(name.substr(0, name.find('=')));
            for (const auto& table : tables)
                if (of_keys) document.keys.insert(table + ' ' + name);
        }
        if (line.starts_with("| key |")) of_keys = true;
        if (line.starts_with("| parameter |")) of_parameters = true;
    }
    return document;
}

TEST(ConfigurationDocumentTest, EveryKeyIsInItAndEveryKeyInItIsOne) {
    const auto document = read_document();
    const auto known = known_keys();
    for (const auto& key : known) EXPECT_TRUE(document.keys.contains(key)) << key << " is not documented";
    for (const auto& key : document.keys) EXPECT_TRUE(std::ranges::binary_search(known, key)) << key << " is no key";
}

TEST(ConfigurationDocumentTest, EveryParameterIsInItAndEveryParameterInItIsOne) {
    const auto document = read_document();
    for (const auto name : known_parameters())
        EXPECT_TRUE(document.parameters.contains(std::string(name))) << name << " is not documented";
    for (const auto& name : document.parameters)
        EXPECT_TRUE(!name.starts_with("nlinit.") || std::ranges::count(known_parameters(), name) == 1)
            << name << " is no parameter";
}

}  // namespace
}  // namespace nlinit::config
