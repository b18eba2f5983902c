// SPDX-License-Identifier: Apache-2.0
// docs/json.md names every key that the writers write, and no other.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace nlinit::app {
namespace {

std::string content_of_file(const std::string& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

void add_matches(const std::string& text, const std::string& pattern, std::set<std::string>& found) {
    const std::regex expression(pattern);
    for (std::sregex_iterator each(text.begin(), text.end(), expression), end; each != end; ++each)
        found.insert((*each)[1]);
}

std::set<std::string> written_keys() {
    std::set<std::string> keys;
    for (const auto* file : {"network/network_report", "netsetup/netsetup_report", "pid1/boot_report"})
        add_matches(content_of_file(std::string(NLINIT_DOCS "/../src/app/") + file + ".cpp"),
                    R"re((?:member|key|write_time|write_texts)\((?:json, )?"([a-z_0-9]+)")re", keys);
    return keys;
}

std::set<std::string> documented_words() {
    std::set<std::string> words;
    add_matches(content_of_file(NLINIT_DOCS "/json.md"), "`([a-z_0-9]+)`", words);
    return words;
}

// The first column of the tables: what is said to be a key.
std::set<std::string> documented_keys() {
    std::set<std::string> keys;
    std::ifstream file(NLINIT_DOCS "/json.md");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("| `")) add_matches(line.substr(0, line.find('|', 1)), "`([a-z_0-9]+)`", keys);
    }
    return keys;
}

TEST(JsonDocumentTest, EveryKeyThatIsWrittenIsInIt) {
    const auto keys = written_keys();
    const auto words = documented_words();
    EXPECT_GT(keys.size(), 50U);
    for (const auto& key : keys) EXPECT_TRUE(words.contains(key)) << key << " is not in docs/json.md";
}

TEST(JsonDocumentTest, EveryKeyInItIsWritten) {
    const auto keys = written_keys();
    for (const auto& key : documented_keys()) EXPECT_TRUE(keys.contains(key)) << key << " is written by nobody";
}

}  // namespace
}  // namespace nlinit::app
