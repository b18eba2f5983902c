// SPDX-License-Identifier: Apache-2.0
// Every key of the file with every kind of wrong value. The keys are the reader's own list: one that is added without a
// row here fails a test.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

using Strings = std::vector<std::string>;

// What a table's text begins with so that nothing but the key under test is wrong with it.
const std::map<std::string, Strings> kNeeded{
    {"[[mount]]", {"target = \"/x\"", "type = \"tmpfs\""}},
    {"[[file]]", {"path = \"/x\"", "content = \"\""}},
    {"[[directory]]", {"path = \"/x\""}},
    {"[[symlink]]", {"path = \"/x\"", "target = \"y\""}},
    {"[[swap]]", {"zram = \"50%\""}},
    {"[root]", {"overlay = \"/dev/vdb\""}},
    {"[[binfmt]]", {"name = \"x\"", "interpreter = \"/x\"", "magic = \"m\""}},
    {"[[network.interface]]", {"method = \"static\"", "address = \"10.0.0.2/24\""}},
    {"[[network.interface.routes]]", {"to = \"10.1.0.0/16\""}},
};
// Tables in the file that have to stand before a table in one of their rows.
const std::map<std::string, std::string> kOuter{
    {"[network.interface.dhcp]", "[[network.interface]]\n"},
    {"[[network.interface.routes]]", "[[network.interface]]\nmethod = \"static\"\naddress = \"10.0.0.2/24\"\n"},
};

// Values of every type that TOML has, by the letter that a row names them with.
const std::map<char, std::string> kTypes{
    {'b', "true"},          {'i', "7"},          {'s', "\"\\u0001\""}, {'l', "[[]]"},
    {'t', "{ \"\" = [] }"}, {'d', "2020-01-01"}, {'f', "1.5"},
};

struct BadRow {
    std::string good;   // a right value
    std::string types;  // letters of kTypes that are right, or wrong with a complaint of their own
    Strings bad;        // wrong values of the right type
};
const BadRow kSwitch{"true", "b", {"\"yes\"", "1"}};
const BadRow kPath{"\"/x\"", "", {"\"\"", "\"x\"", "\"./x\"", "\"/../x\"", "\"/x\\n\"", "\"/x\\u0000\""}};
const BadRow kMode{"\"0644\"", "", {"\"\"", "\"0o644\"", "\"8\"", "\"-1\"", "\"17777\"", "644"}};
const BadRow kTime{
    "\"6s\"", "", {"\"\"", "\"6\"", "\"-6s\"", "\"6 s\"", "\"1.5s\"", "\"25h\"", "\"1441min\"", "\"s\"", "6"}};
const BadRow kHostname{"\"a\"", "", {"\"\"", "\"-a\"", "\"a..b\"", "\"a b\"", "\"" + std::string(65, 'a') + "\""}};
const BadRow kPlain{"\"x\"", "", {"\"\"", "\"a\\nb\"", "\"a\\u0000\"", "\"" + std::string(4096, 'a') + "\""}};
const BadRow kAddress{
    "\"10.0.0.9\"",
    "",
    {"\"\"", "\"10.0.0\"", "\"10.0.0.256\"", "\"010.0.0.9\"", "\"0.0.0.0\"", "\"255.255.255.255\"", "\"224.0.0.1\"",
     "\"::1\"", "\"10.0.0.9/24\"", "\"ff02::1\"", "\"::ffff:10.0.0.1\"", "\"fe80::1%eth0\""}};
const BadRow kServers{"[\"10.0.0.9\"]", "", {"\"\"", "\"10.0.0.256\"", "\"224.0.0.1\"", "\"2001:db8::1\""}};
const BadRow kMetric{"7", "i", {"-1", "4294967296", "\"7\""}};
const BadRow kEnd{"\"halt\"", "", {"\"\"", "\"Halt\"", "\"shutdown\""}};
const BadRow kMachineEnd{"\"halt\"", "", {"\"\"", "\"stay\"", "\"off\""}};
const BadRow kDevice{"\"/dev/hvc0\"", "", {"\"\"", "\"hvc0\"", "\"/dev\"", "\"/tmp/x\"", "\"/dev/../x\""}};
const BadRow kNotify{
    "\"vsock:2:1024\"",
    "",
    {"\"\"", "\"vsock:2\"", "\"vsock:a:1\"", "\"vsock:2:4294967295\"", "\"port:\"", "\"unix:x\"", "\"tcp:1\""}};
const BadRow kTable{"{}", "t", {}};
const BadRow kRows{"[]", "", {"[{}, 1]"}};
// A table whose keys are the user's: what is in it has a complaint of its own.
const BadRow kSysctl{"{ \"net.x\" = 1 }", "t", {}};

const BadRow kRoot{"\"LABEL=x\"", "", {"\"\"", "\"/srv\"", "\"/dev/../x\"", "\"LABLE=x\"", "\"UUID=\"", "\"a\\nb\""}};
const BadRow kPattern{
    "'\\xff'", "", {"\"\"", "'\\xf'", "'\\n'", "\"a:b\"", "\"a b\"", "\"" + std::string(257, 'a') + "\""}};

const std::map<std::string, BadRow> kRowsOfKeys{
    {"the top level root", kTable},
    {"the top level binfmt", kRows},
    {"[root] device", kRoot},
    {"[root] type", kPlain},
    {"[root] options", kPlain},
    {"[root] read_only", kSwitch},
    {"[root] grow", kSwitch},
    {"[root] timeout", kTime},
    {"[root] overlay", {"\"/dev/vdb\"", "", {"\"\"", "\"vdb\"", "\"ramfs\"", "\"/dev/\"", "\"/dev/../x\""}}},
    {"[root] overlay_type", kPlain},
    {"[root] overlay_options", kPlain},
    {"[[binfmt]] name", {"\"x\"", "", {"\"\"", "\"a/b\"", "\"a:b\"", "\"..\"", "\"status\"", "\"a\\nb\""}}},
    {"[[binfmt]] interpreter", {"\"/x\"", "", {"\"\"", "\"x\"", "\"/a:b\"", "\"/" + std::string(127, 'a') + "\""}}},
    {"[[binfmt]] magic", kPattern},
    {"[[binfmt]] mask", kPattern},
    {"[[binfmt]] offset", {"255", "i", {"-1", "256", "\"7\""}}},
    {"[[binfmt]] extension", {"\"jar\"", "", {"\"\"", "\".jar\"", "\"a/b\"", "\"a:b\"", "\"a\\nb\""}}},
    {"[[binfmt]] flags", {"\"OCF\"", "", {"\"f\"", "\"O C\"", "\"X\""}}},
    {"the top level profile", {"\"none\"", "", {"\"\"", "\"NONE\"", "\"arcbux\""}}},
    {"the top level log", {"\"debug\"", "", {"\"\"", "\"loud\""}}},
    {"the top level on_required_failure", kEnd},
    {"the top level debug", kTable},
    {"the top level shutdown", kTable},
    {"[debug] shell", {"\"/bin/sh\"", "b", {"1", "\"\"", "\"sh\"", "\"/../sh\""}}},
    {"[debug] tty", kDevice},
    {"[shutdown] poweroff", kMachineEnd},
    {"[shutdown] reboot", kMachineEnd},
    {"[shutdown] halt", kMachineEnd},
    {"[shutdown] timeout", {"\"20s\"", "", {"\"\"", "\"0s\"", "\"999ms\"", "\"1441min\"", "20"}}},
    {"[shutdown] power_button", {"\"ignore\"", "", {"\"\"", "\"Ignore\"", "\"off\""}}},
    {"[system] notify", kNotify},
    {"[system] report", kPath},
    {"[payload] user", {"\"a:b\"", "", {"\"\"", "\":\"", "\"a b\"", "\"a:b:c\"", "0"}}},
    {"[payload] groups", {"[\"a\", \"7\"]", "", {"\"\"", "[\"a b\"]", "[\"a:b\"]", "[7]"}}},
    {"[payload] tty", kDevice},
    {"[payload] pids_max", {"7", "i", {"0", "-1", "4194305", "\"7\""}}},
    {"[payload] memory_max", {"\"512M\"", "", {"\"\"", "\"512\"", "\"M\"", "\"1M\"", "\"1.5G\"", "\"-8M\"", "512"}}},
    {"[payload] capabilities",
     {"[\"CHOWN\", \"CAP_KILL\"]", "", {"\"\"", "\"CAP_\"", "\"root\"", "[\"CHOWN\", \"CHMOD\"]", "[0]"}}},
    {"[payload] no_new_privs", kSwitch},
    {"[payload] oci", kPath},
    {"[payload] env_file", kPath},
    {"[payload] rlimit", kTable},
    {"[payload] umask", {"\"0027\"", "", {"\"\"", "\"1000\"", "\"08\"", "\"-1\"", "27"}}},
    {"[payload] oom_score_adj", {"-7", "i", {"-1001", "1001", "\"7\""}}},
    {"[payload] stop_signal", {"\"SIGQUIT\"", "i", {"\"\"", "\"SIGNO\"", "\"0\"", "\"SIGRTMIN+99\"", "0", "65"}}},
    {"[payload] handoff", {"\"exec\"", "", {"\"\"", "\"Exec\"", "\"fork\""}}},
    {"the top level system", kTable},
    {"the top level network", kTable},
    {"the top level payload", kTable},
    {"the top level mount", kRows},
    {"the top level file", kRows},
    {"the top level directory", kRows},
    {"the top level symlink", kRows},
    {"[system] hostname", kHostname},
    {"[system] modules", {"[\"a\"]", "", {"\"\"", "\"../a\"", "\"a.ko\"", "[\"a\", \"/b\"]", "[\"a\", 1]"}}},
    {"[system] sysctl", kSysctl},
    {"[system] rlimit", kTable},
    {"[system] hosts", kSwitch},
    {"[system] cgroup", kSwitch},
    {"[system] epoch", {"1", "i", {"-1", "9223372036"}}},
    {"[[mount]] target", kPath},
    {"[[mount]] source", kPlain},
    {"[[mount]] type", kPlain},
    {"[[mount]] options", kPlain},
    {"[[mount]] optional", kSwitch},
    {"[[mount]] required", kSwitch},
    {"[[mount]] copy_up", kSwitch},
    {"[[mount]] grow", kSwitch},
    {"the top level swap", kRows},
    {"[[swap]] device",
     {"\"LABEL=x\"", "", {"\"\"", "\"/swapfile\"", "\"swap\"", "\"UUID=\"", "\"/dev/disk/by-id/x\""}}},
    {"[[swap]] zram", {"\"50%\"", "", {"\"\"", "\"0%\"", "\"max\"", "\"12\"", "50"}}},
    {"[[swap]] algorithm", {"\"lzo-rle\"", "", {"\"\"", "\"a b\"", "\"../a\"", "1"}}},
    {"[[swap]] priority", {"7", "i", {"-1", "32768", "\"7\""}}},
    {"[[swap]] optional", kSwitch},
    {"[[swap]] required", kSwitch},
    {"[[file]] path", kPath},
    {"[[file]] content", {"\"x\"", "s", {"1", "[\"x\"]"}}},
    {"[[file]] mode", kMode},
    {"[[file]] keep_existing", kSwitch},
    {"[[directory]] path", kPath},
    {"[[directory]] mode", kMode},
    {"[[symlink]] path", kPath},
    {"[[symlink]] target", kPlain},
    {"[[symlink]] if_exists", kSwitch},
    {"[[symlink]] keep_existing", kSwitch},
    {"[network] wait", kSwitch},
    {"[network] timeout", kTime},
    {"[network] link_timeout", kTime},
    {"[network] dns", {"\"lease\"", "", {"\"\"", "\"least\"", "\"10.0.0\"", "[\"lease\"]", "[\"10.0.0.1\", \"x\"]"}}},
    {"[network] search", {"[\"a.b\"]", "", {"\"\"", "\"a..b\"", "\"-a\"", "[\"a\", \"b c\"]"}}},
    {"[network] dhcp", kTable},
    {"[network] interface", kRows},
    {"[[network.interface]] match", {"\"eth0\"", "", {"\"\"", "\"..\"", "\"a/b\"", "\"a b\"", "\"sixteen-letters-\""}}},
    {"[[network.interface]] method", {"\"static\"", "", {"\"\"", "\"DHCP\"", "\"manual\""}}},
    {"[[network.interface]] address",
     {"\"10.0.0.2/24\"",
      "",
      {"\"\"", "\"10.0.0.2\"", "\"10.0.0.2/0\"", "\"10.0.0.2/33\"", "\"10.0.0.0/24\"", "\"10.0.0.255/24\"",
       "[\"10.0.0.2/24\", \"x\"]"}}},
    {"[[network.interface]] gateway", kAddress},
    {"[[network.interface]] ipv6", {"\"none\"", "", {"\"\"", "\"Auto\"", "\"slaac\""}}},
    {"[[network.interface]] ipv6_required", kSwitch},
    {"[[network.interface]] routes", kRows},
    {"[[network.interface]] mtu", {"1500", "", {"67", "65536", "-1", "\"1500\""}}},
    {"[[network.interface]] mac",
     {"\"52:54:00:12:34:56\"", "", {"\"\"", "\"52:54:00:12:34\"", "\"52:54:00:12:34:5g\""}}},
    {"[[network.interface]] default_route", kSwitch},
    {"[[network.interface]] accept_routes",
     {"[\"10.0.0.0/8\"]", "", {"\"\"", "\"x\"", "\"0.0.0.0/0\"", "\"128.0.0.0/1\"", "[\"10.0.0.0/33\"]", "\"::/0\""}}},
    {"[[network.interface]] optional", kSwitch},
    {"[[network.interface]] metric", kMetric},
    {"[[network.interface]] sysctl", kSysctl},
    {"[[network.interface]] dhcp", kTable},
    {"[[network.interface.routes]] to", {"\"10.0.0.0/8\"", "", {"\"\"", "\"x\"", "\"10.0.0.0/33\"", "\"::/129\""}}},
    {"[[network.interface.routes]] via", kAddress},
    {"[[network.interface.routes]] metric", kMetric},
    {"[payload] command", {"[\"a\"]", "", {"\"a\"", "[\"a\", 1]", "[\"a\\u0000\"]", "[\"\"]"}}},
    {"[payload] env", {"{ A = 1 }", "t", {}}},
    {"[payload] cwd", kPath},
    {"[payload] restart", {"\"always\"", "", {"\"\"", "\"allways\""}}},
    {"[payload] on_exit", kEnd},
    {"[payload] stop_timeout", kTime},
};

// [network.dhcp] and [network.interface.dhcp] have the same.
const std::map<std::string, BadRow> kRowsOfDhcp{
    {"hostname", kHostname},
    {"client_id", {"\"a\"", "", {"\"\"", "\"a\\n\""}}},
    {"vendor_class", {"\"\"", "", {"\"a\\n\"", "\"" + std::string(255, 'a') + "\""}}},
    {"user_class", {"\"a\"", "", {"\"\"", "\"a\\n\"", "\"" + std::string(255, 'a') + "\""}}},
    {"request", {"[43]", "", {"43", "[0]", "[255]", "[-1]", "[\"43\"]"}}},
    {"lease_file", kPath},
    {"allow", kServers},
    {"deny", kServers},
    {"start_delay", kTime},
    {"fallback_lease", {"\"10min\"", "", {"\"\"", "\"0s\"", "\"999ms\"", "\"1441min\"", "10"}}},
    {"acd", {"\"probe\"", "", {"\"\"", "\"on\""}}},
    {"rapid_commit", kSwitch},
    {"broadcast", kSwitch},
    {"release", kSwitch},
    {"use_hostname", kSwitch},
    {"ipv6_only", kSwitch},
    {"ms_routes", kSwitch},
};
const BadRow kRlimit{"7", "i", {"-1", "\"7\"", "\"infinity\""}};
const BadRow kPayloadRlimit{"\"7:9\"", "i", {"-1", "\"9:7\"", "\"7:\"", "\"infinity\"", "\"1:2:3\""}};

// "[network] timeout" in its parts.
struct Key {
    explicit Key(const std::string& text) : name(text.substr(text.rfind(' ') + 1)), table(text, 0, text.rfind(' ')) {}
    [[nodiscard]] bool is_top() const { return table == "the top level"; }
    std::string name, table;
};

const BadRow* row_of(const std::string& text) {
    if (const auto found = kRowsOfKeys.find(text); found != kRowsOfKeys.end()) return &found->second;
    const Key key(text);
    if (key.table == "[system.rlimit]") return &kRlimit;
    if (key.table == "[payload.rlimit]") return &kPayloadRlimit;
    const bool dhcp = key.table == "[network.dhcp]" || key.table == "[network.interface.dhcp]";
    const auto found = kRowsOfDhcp.find(key.name);
    return dhcp && found != kRowsOfDhcp.end() ? &found->second : nullptr;
}

// Of two keys one has to be there, and both may not.
bool is_instead_of(const Key& key, const std::string& line) {
    return (key.name == "extension" && line.starts_with("magic")) || (key.name == "device" && line.starts_with("zram"));
}

// The file up to the line of the key.
std::string before(const Key& key) {
    std::string text;
    if (const auto outer = kOuter.find(key.table); outer != kOuter.end()) text += outer->second;
    if (!key.is_top()) text += key.table + '\n';
    if (const auto needed = kNeeded.find(key.table); needed != kNeeded.end())
        for (const auto& line : needed->second)
            if (!line.starts_with(key.name + ' ') && !is_instead_of(key, line)) text += line + '\n';
    return text;
}

void expect_one_complaint(const Key& key, const std::string& value) {
    const auto start = before(key);
    const auto parsed = parse_toml(start + key.name + " = " + value + '\n', "none");
    ASSERT_TRUE(parsed.usable) << start << key.name << " = " << value << '\n' << parsed.problems[0].what;
    ASSERT_EQ(parsed.problems.size(), 1U) << start << key.name << " = " << value;
    const auto& problem = parsed.problems.front();
    EXPECT_EQ(problem.line, std::ranges::count(start, '\n') + 1) << problem.what;
    EXPECT_GE(problem.column, key.name.size() + 4) << "the place of the value: " << problem.what;
    EXPECT_TRUE(problem.what.starts_with('\'' + key.name + "' in " + key.table + " must be ")) << problem.what;
    EXPECT_LT(problem.what.size(), 350U) << problem.what;
    for (const auto& [name, place] : parsed.sources) EXPECT_FALSE(name.ends_with('.' + key.name)) << name;
}

TEST(TomlBadInputTest, EveryKeyHasARow) {
    const auto keys = known_keys();
    EXPECT_GT(keys.size(), 100U);
    for (const auto& key : keys) EXPECT_NE(row_of(key), nullptr) << key << ": add what is wrong for it to this test";
    for (const auto& [key, row] : kRowsOfKeys)
        EXPECT_TRUE(std::ranges::binary_search(keys, key)) << key << " is no key";
    for (const auto& [key, row] : kRowsOfDhcp)
        for (const std::string table : {"[network.dhcp] ", "[network.interface.dhcp] "})
            EXPECT_TRUE(std::ranges::binary_search(keys, table + key)) << table << key << " is no key";
}

TEST(TomlBadInputTest, RightValuesOfEveryKeyAreTaken) {
    for (const auto& text : known_keys()) {
        const Key key(text);
        if (row_of(text) == nullptr) continue;
        const auto file = before(key) + key.name + " = " + row_of(text)->good + '\n';
        for (const auto& problem : parse_toml(file, "none").problems) ADD_FAILURE() << file << problem.what;
    }
}

// "dhcp, static or none": the words of a key's complaint, if it is a choice of words.
Strings words_of_choice(const Key& key) {
    const auto parsed = parse_toml(before(key) + key.name + " = \"\\u0001\"\n", "none");
    if (parsed.problems.size() != 1) return {};
    auto list = parsed.problems.front().what;
    list.erase(0, list.find(" must be ") + 9);
    list.erase(list.rfind(", not "));
    const auto last = list.find(" or ");
    if (last == std::string::npos) return {};
    list.replace(last, 4, ", ");
    Strings words;
    for (std::size_t start = 0, end = 0; end != std::string::npos; start = end + 2) {
        end = list.find(", ", start);
        words.push_back(list.substr(start, end == std::string::npos ? end : end - start));
        if (words.back() == "true" || words.back().find_first_of(" :\"'0123456789") != std::string::npos) return {};
    }
    return words;
}

// What the reader offers it takes, and no two words of a choice mean the same.
TEST(TomlBadInputTest, EveryWordOfEveryChoiceIsTakenAndMeansSomethingElse) {
    std::size_t choices = 0;
    for (const auto& text : known_keys()) {
        const Key key(text);
        if (row_of(text) == nullptr) continue;
        std::vector<Config> meanings;
        for (const auto& word : words_of_choice(key)) {
            auto parsed = parse_toml(before(key) + key.name + " = \"" + word + "\"\n", "none");
            for (const auto& problem : parsed.problems)  // another key may not go with the word
                EXPECT_FALSE(problem.what.starts_with('\'' + key.name + "' in ")) << word << ": " << problem.what;
            EXPECT_EQ(std::ranges::count(meanings, parsed.config), 0) << text << ' ' << word;
            meanings.push_back(std::move(parsed.config));
        }
        if (!meanings.empty()) ++choices;
    }
    EXPECT_GE(choices, 11U) << "profile, log, the ends, method, acd, restart, handoff, power_button";
}

TEST(TomlBadInputTest, WrongTypesOfEveryKeyAreNamedWithTheirPlace) {
    for (const auto& text : known_keys())
        for (const auto& [letter, value] : kTypes)
            if (const auto* row = row_of(text); row != nullptr && row->types.find(letter) == std::string::npos)
                expect_one_complaint(Key(text), value);
}

TEST(TomlBadInputTest, WrongValuesOfEveryKeyAreNamedWithTheirPlace) {
    for (const auto& text : known_keys())
        if (const auto* row = row_of(text); row != nullptr)
            for (const auto& value : row->bad) expect_one_complaint(Key(text), value);
}

TEST(TomlBadInputTest, EveryKeyTwiceIsNamedWithItsPlace) {
    for (const auto& text : known_keys()) {
        const Key key(text);
        if (row_of(text) == nullptr) continue;
        const auto line = key.name + " = " + row_of(text)->good + '\n';
        const auto start = before(key);
        const auto parsed = parse_toml(start + line + line, "none");
        EXPECT_FALSE(parsed.usable) << text;
        ASSERT_EQ(parsed.problems.size(), 1U) << text;
        EXPECT_EQ(parsed.problems[0].line, std::ranges::count(start, '\n') + 2) << parsed.problems[0].what;
        EXPECT_GE(parsed.problems[0].column, 1U);
        EXPECT_NE(parsed.problems[0].what.find(key.name), std::string::npos) << parsed.problems[0].what;
    }
}

TEST(TomlBadInputTest, EveryKeyMisspeltIsNamedWithWhatWasMeant) {
    for (const auto& text : known_keys()) {
        const Key key(text);
        if (row_of(text) == nullptr || key.name.size() < 4) continue;  // of shorter words too little is left
        auto misspelt = key.name;
        std::swap(misspelt[1], misspelt[2]);
        if (misspelt == key.name) std::swap(misspelt[2], misspelt[3]);
        const auto start = before(key);
        const auto parsed = parse_toml(start + misspelt + " = " + row_of(text)->good + '\n', "none");
        const auto expected = "unknown key '" + misspelt + "' in " + key.table + ": did you mean '" + key.name + "'?";
        EXPECT_TRUE(std::ranges::any_of(parsed.problems, [&](const Problem& p) { return p.what == expected; }))
            << expected;
    }
}

}  // namespace
}  // namespace nlinit::config
