// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/oci.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Strings = std::vector<std::string>;
using Capabilities = std::vector<std::uint8_t>;

// As umoci config --config.… writes it, and skopeo inspect --config --raw shows it.
constexpr std::string_view kImage = R"({
  "created": "2026-01-02T03:04:05.123456789Z", "author": "someone", "architecture": "amd64", "os": "linux",
  "config": {
    "User": "65534:65534", "ExposedPorts": {"80/tcp": {}}, "Env": ["LEVEL=3", "TEXT=a \"b\"\nc=d", "EMPTY="],
    "Entrypoint": ["/bin/app"], "Cmd": ["serve", "--fast"], "Volumes": {"/data": {}}, "WorkingDir": "/srv/app",
    "Labels": {"a.b/c": "d"}, "StopSignal": "SIGQUIT"
  },
  "rootfs": {"type": "layers", "diff_ids": []},
  "history": [{"created": "2026-01-02T03:04:05Z", "created_by": "umoci config", "empty_layer": true}]
})";

// As umoci unpack writes it, with what others write beside.
constexpr std::string_view kBundle = R"({
  "ociVersion": "1.0.0",
  "process": {
    "terminal": true, "user": {"uid": 1000, "gid": 100, "umask": 23, "additionalGids": [5, 6]},
    "args": ["/bin/app", "serve"], "env": ["PATH=/bin:/usr/bin", "TERM=xterm"], "cwd": "/srv",
    "capabilities": {
      "bounding": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"], "effective": ["CAP_KILL"],
      "inheritable": ["CAP_KILL"], "permitted": ["CAP_KILL"], "ambient": ["CAP_NET_BIND_SERVICE"]
    },
    "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 4096, "soft": 1024},
                {"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 0}],
    "noNewPrivileges": true, "oomScoreAdj": -500, "apparmorProfile": "strict"
  },
  "root": {"path": "rootfs", "readonly": true}, "hostname": "box", "domainname": "example.org",
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
  "annotations": {"org.opencontainers.image.os": "linux"},
  "linux": {
    "sysctl": {"net.ipv4.ip_forward": "1"}, "namespaces": [{"type": "pid"}],
    "resources": {"devices": [{"allow": false, "access": "rwm"}], "memory": {"limit": 67108864, "swap": 67108864},
                  "pids": {"limit": 64}},
    "maskedPaths": ["/proc/kcore"], "seccomp": {"defaultAction": "SCMP_ACT_ALLOW"}
  }
})";

struct Laid {
    Config config;
    Sources sources;
    OciRemarks remarks;
};

Laid lay(std::string_view text, std::string_view toml = "", std::string_view parameters = "") {
    auto parsed = parse_toml(toml, "none");
    Laid laid{std::move(parsed.config), {}, {}};
    for (auto& [key, place] : parsed.sources) laid.sources.emplace(key, "/etc/nlinit.toml:" + place);
    static_cast<void>(apply(parse_kernel_command_line(parameters), laid.config, laid.sources));
    laid.remarks = lay_oci(text, "/x/config.json", laid.config, laid.sources);
    return laid;
}

std::string image(std::string_view config) {
    return R"({"config": {"Cmd": ["/a"], )" + std::string(config) + "}}";
}
std::string process(std::string_view members) {
    return R"({"ociVersion": "1.2.0", "process": {"args": ["/a"], )" + std::string(members) + "}}";
}

TEST(OciTest, TheConfigOfAnImageIsThePayload) {
    const auto [config, sources, remarks] = lay(kImage);
    const auto& payload = config.payload;
    EXPECT_EQ(payload.command, (Strings{"/bin/app", "serve", "--fast"}));
    EXPECT_EQ(payload.environment,
              (std::map<std::string, std::string>{{"LEVEL", "3"}, {"TEXT", "a \"b\"\nc=d"}, {"EMPTY", ""}}));
    EXPECT_EQ(payload.working_directory, "/srv/app");
    EXPECT_TRUE(payload.makes_working_directory);
    EXPECT_EQ(payload.user, "65534:65534");
    EXPECT_EQ(payload.stop_signal, 3);
    EXPECT_FALSE(payload.capabilities);
    EXPECT_THAT(remarks.problems, IsEmpty());
    EXPECT_EQ(remarks.fault, "");
    EXPECT_EQ(remarks.not_obeyed, "/x/config.json: not obeyed: /config/Volumes");
    EXPECT_EQ(remarks.described,
              "/x/config.json: describes the image, and asks for nothing: /created, /author, /architecture, /os, "
              "/config/ExposedPorts, /config/Labels, /rootfs, /history");
    EXPECT_EQ(sources.at("payload.command"), "/x/config.json:/config/Entrypoint");
    EXPECT_EQ(sources.at("payload.env.TEXT"), "/x/config.json:/config/Env/1");
}

TEST(OciTest, TheConfigOfABundleIsThePayload) {
    const auto [config, sources, remarks] = lay(kBundle);
    const auto& payload = config.payload;
    EXPECT_EQ(payload.command, (Strings{"/bin/app", "serve"}));
    EXPECT_EQ(payload.environment, (std::map<std::string, std::string>{{"PATH", "/bin:/usr/bin"}, {"TERM", "xterm"}}));
    EXPECT_EQ(payload.working_directory, "/srv");
    EXPECT_EQ(payload.user, "1000:100");
    EXPECT_EQ(payload.groups, (Strings{"5", "6"}));
    EXPECT_EQ(payload.umask, 0027U);
    EXPECT_EQ(payload.capabilities, (Capabilities{29, 5, 10}));
    EXPECT_EQ(payload.ambient_capabilities, (Capabilities{10}));
    EXPECT_TRUE(payload.no_new_privs);
    EXPECT_EQ(payload.oom_score_adj, -500);
    EXPECT_EQ(payload.rlimits, (std::vector<ProcessLimit>{{"nofile", 1024, 4096}, {"core", 0, ~std::uint64_t{0}}}));
    EXPECT_EQ(payload.memory_max, 64U << 20);
    EXPECT_EQ(payload.pids_max, 64U);
    EXPECT_EQ(config.system.hostname, "box");
    EXPECT_EQ(config.system.sysctl,
              (std::map<std::string, std::string>{{"kernel.domainname", "example.org"}, {"net.ipv4.ip_forward", "1"}}));
    EXPECT_THAT(remarks.problems, IsEmpty());
    EXPECT_EQ(remarks.fault, "");
    EXPECT_EQ(remarks.not_obeyed,
              "/x/config.json: not obeyed: /process/terminal, /process/apparmorProfile, /root/readonly, /mounts, "
              "/linux/namespaces, /linux/resources/devices, /linux/resources/memory/swap, /linux/maskedPaths, "
              "/linux/seccomp");
}

TEST(OciTest, WhatFileAndCommandLineSayStays) {
    const auto [config, sources, remarks] =
        lay(kBundle,
            "[payload]\nenv = { TERM = \"linux\" }\nuser = \"www\"\nno_new_privs = false\noom_score_adj = 7\n"
            "umask = \"0002\"\nmemory_max = \"32M\"\npids_max = 5\nrlimit.nofile = \"7:8\"\ncapabilities = []\n"
            "[system]\nsysctl.\"-net.ipv4.ip_forward\" = 0\n",
            "hostname=mine -- /sbin/other x");
    const auto& payload = config.payload;
    EXPECT_EQ(payload.command, (Strings{"/sbin/other", "x"}));
    EXPECT_EQ(payload.environment.at("TERM"), "linux");
    EXPECT_EQ(payload.environment.at("PATH"), "/bin:/usr/bin");
    EXPECT_EQ(payload.user, "www");
    EXPECT_THAT(payload.groups, IsEmpty());  // which are the other user's
    EXPECT_FALSE(payload.no_new_privs);
    EXPECT_EQ(payload.oom_score_adj, 7);
    EXPECT_EQ(payload.umask, 2U);
    EXPECT_EQ(payload.memory_max, 32U << 20);
    EXPECT_EQ(payload.pids_max, 5U);
    EXPECT_EQ(payload.rlimits, (std::vector<ProcessLimit>{{"nofile", 7, 8}, {"core", 0, ~std::uint64_t{0}}}));
    EXPECT_EQ(payload.capabilities, Capabilities{});
    EXPECT_FALSE(payload.ambient_capabilities);
    EXPECT_EQ(config.system.hostname, "mine");
    EXPECT_FALSE(config.system.sysctl.contains("net.ipv4.ip_forward"));
    EXPECT_EQ(sources.at("payload.command"), "kernel command line --");
    EXPECT_EQ(remarks.fault, "");
}

TEST(OciTest, APartOfTheUserThatIsEmptyIsNotSaid) {
    const std::pair<const char*, const char*> cases[] = {{"1000:", "1000"}, {":1000", "0:1000"}, {"www:", "www"}};
    for (const auto& [written, user] : cases) {
        const auto laid = lay(image(R"("StopSignal": "sigquit", "User": ")" + std::string(written) + "\""));
        EXPECT_EQ(laid.config.payload.user, user);
        EXPECT_EQ(laid.config.payload.stop_signal, 3);
        EXPECT_EQ(laid.remarks.fault, "") << written;
    }
    EXPECT_NE(lay(R"({"config": {"Cmd": ["/bin/sh"], "User": ":"}})").remarks.fault, "");
}

TEST(OciTest, AnImageNeedsNeitherEntrypointNorUser) {
    const auto laid = lay(R"({"config": {"Cmd": ["/bin/sh"], "Entrypoint": null, "User": "", "WorkingDir": "app"}})");
    EXPECT_EQ(laid.config.payload.command, Strings{"/bin/sh"});
    EXPECT_EQ(laid.config.payload.user, "");
    EXPECT_EQ(laid.config.payload.working_directory, "/app");
    EXPECT_THAT(laid.remarks.problems, IsEmpty());
    EXPECT_EQ(laid.remarks.fault, "");
}

TEST(OciTest, CapabilitiesThatAreLeftOutAreNone) {
    const auto laid = lay(process(R"("capabilities": {"effective": ["CAP_KILL"]})"));
    EXPECT_EQ(laid.config.payload.capabilities, Capabilities{});
    EXPECT_EQ(laid.config.payload.ambient_capabilities, Capabilities{});
    const auto beyond = lay(process(R"("capabilities": {"bounding": ["CAP_KILL"], "ambient": ["CAP_CHOWN"]})"));
    EXPECT_EQ(beyond.config.payload.ambient_capabilities, Capabilities{});
}

TEST(OciTest, WhatDockerLeavesEmptyAsksForNothing) {
    const auto laid = lay(image(R"("Hostname": "", "Tty": false, "Volumes": null, "OnBuild": null, "MacAddress": "",
                                   "AttachStdin": false, "Memory": 0, "StopTimeout": 3)"));
    EXPECT_EQ(laid.remarks.not_obeyed, "");
    EXPECT_EQ(laid.config.payload.stop_timeout, std::chrono::seconds(3));
}

TEST(OciTest, AMistakeIsNamedWithItsPlaceAndTheRestCounts) {
    const struct {
        std::string text;
        std::string sentence;
    } cases[] = {
        {image(R"("Env": ["A=1", 7, "FOO", "=x", "B=2"])"), "'/config/Env/1' must be a text NAME=VALUE, not 7"},
        {image(R"("Env": ["A=1", "FOO", "B=2"])"), "'/config/Env/1' must be NAME=VALUE, not 'FOO'"},
        {image(R"("Env": ["A=1", "B=2", "=x"])"), "'/config/Env/2' must be NAME=VALUE, not '=x'"},
        {image(R"("Env": ["A=1", "B=2", "C=\u0000"])"), "'/config/Env/2' must be a text NAME=VALUE, not 'C=\\x00'"},
        {image(R"("StopSignal": "SIGNONE", "Env": ["A=1", "B=2"])"),
         "'/config/StopSignal' must be a signal such as \"SIGTERM\" or \"SIGRTMIN+3\", not 'SIGNONE'"},
        {image(R"("StopSignal": 15, "Env": ["A=1", "B=2"])"),
         "'/config/StopSignal' must be a signal such as \"SIGTERM\" or \"SIGRTMIN+3\", not 15"},
        {image(R"("WorkingDir": "/a/../b", "Env": ["A=1", "B=2"])"),
         "'/config/WorkingDir' must be a path without \"..\", not '/a/../b'"},
        {image(R"("Env": ["A=1", "B=2"], "Colour": "red", "a/b~c": 1)"),
         "no fields of the specification, and not obeyed: /config/Colour, /config/a~1b~0c"},
        {process(R"("env": ["A=1", "B=2"], "oomScoreAdj": 1001)"),
         "'/process/oomScoreAdj' must be a whole number from -1000 to 1000, not 1001"},
        {process(R"("env": ["A=1", "B=2"], "oomScoreAdj": 1.5)"),
         "'/process/oomScoreAdj' must be a whole number from -1000 to 1000, not 1.5"},
        {process(R"("env": ["A=1", "B=2"], "capabilities": {"bounding": ["CAP_KILL", "CAP_NONE"]})"),
         "'/process/capabilities/bounding': there is no capability 'CAP_NONE'"},
        {process(R"("env": ["A=1", "B=2"], "rlimits": [{"type": "RLIMIT_X", "soft": 1, "hard": 1}])"),
         "'/process/rlimits/0' must be an object such as {\"type\": \"RLIMIT_NOFILE\", \"soft\": 1024, "
         "\"hard\": 4096}, soft at most hard: there is no resource 'RLIMIT_X'"},
        {process(R"("env": ["A=1", "B=2"], "rlimits": [{"type": "RLIMIT_CORE", "soft": 2, "hard": 1}])"),
         "'/process/rlimits/0' must be an object such as {\"type\": \"RLIMIT_NOFILE\", \"soft\": 1024, "
         "\"hard\": 4096}, soft at most hard: soft is more than hard"},
        {process(R"("env": ["A=1", "B=2"], "rlimits": [{"type": "RLIMIT_CORE", "soft": 2}])"),
         "'/process/rlimits/0' must be an object such as {\"type\": \"RLIMIT_NOFILE\", \"soft\": 1024, "
         "\"hard\": 4096}, soft at most hard: hard is no whole number"},
        {process(R"("env": ["A=1", "B=2"], "rlimits": [{"type": "RLIMIT_CORE", "soft": 2, "hard": 1},
                                                       {"type": "RLIMIT_CORE", "soft": 0, "hard": 1},
                                                       {"type": "RLIMIT_CORE", "soft": 0, "hard": 2}])"),
         "'/process/rlimits/2': there is a limit of 'RLIMIT_CORE' already, which stays"},
        {process(R"("env": ["A=1", "B=2"], "user": {"additionalGids": ["wheel"]})"),
         "'/process/user/additionalGids/0' must be a whole number below 4294967295, not 'wheel'"},
    };
    for (const auto& [text, sentence] : cases) {
        const auto laid = lay(text);
        EXPECT_THAT(laid.remarks.problems, Contains("/x/config.json: " + sentence));
        EXPECT_EQ(laid.remarks.fault, "") << text;
        EXPECT_EQ(laid.config.payload.command, Strings{"/a"});
        EXPECT_EQ(laid.config.payload.environment, (std::map<std::string, std::string>{{"A", "1"}, {"B", "2"}}));
    }
}

// Whoever is not understood there would run with more than it was to have.
TEST(OciTest, WhatWouldConfineThePayloadAndIsNotUnderstoodIsAFault) {
    const struct {
        std::string text;
        std::string fault;
    } cases[] = {
        {image(R"("User": 1000)"), "'/config/User' must be a name or a number, or two with ':' between them, not 1000"},
        {image(R"("User": "a:b:c")"),
         "'/config/User' must be a name or a number, or two with ':' between them, not 'a:b:c'"},
        {process(R"("user": "www")"), "'/process/user' must be an object, not 'www'"},
        {process(R"("user": {"uid": "www"})"),
         "'/process/user/uid' must be a whole number below 4294967295, not 'www'"},
        {process(R"("user": {"uid": 4294967295})"),
         "'/process/user/uid' must be a whole number below 4294967295, not 4294967295"},
        {process(R"("user": {"uid": -1})"), "'/process/user/uid' must be a whole number below 4294967295, not -1"},
        {process(R"("noNewPrivileges": "yes")"), "'/process/noNewPrivileges' must be true or false, not 'yes'"},
        {process(R"("capabilities": ["CAP_KILL"])"),
         "'/process/capabilities' must be an object of lists of capabilities, not a list"},
        {R"({"config": {"Cmd": ["/a", 1]}})", "'/config/Cmd/1' must be a text without NUL, not 1"},
        {R"({"config": {"Entrypoint": "/a"}})", "'/config/Entrypoint' must be a list of texts without NUL, not '/a'"},
        {R"({"config": {"Cmd": []}})", "neither an entrypoint nor arguments name a program, and nothing else does"},
        {R"({"config": {"Cmd": ["", "x"]}})",
         "neither an entrypoint nor arguments name a program, and nothing else does"},
        {R"({"config": {}})", "neither an entrypoint nor arguments name a program, and nothing else does"},
    };
    for (const auto& [text, fault] : cases) EXPECT_EQ(lay(text).remarks.fault, "/x/config.json: " + fault);
    EXPECT_EQ(lay(image(R"("User": 1000)"), "payload.user = \"www\"").remarks.fault, "");
    EXPECT_EQ(lay(R"({"config": {"Cmd": []}})", "payload.command = [\"/b\"]").remarks.fault, "");
}

TEST(OciTest, WhatIsNoSuchFileIsAFault) {
    EXPECT_THAT(lay("").remarks.fault, StartsWith("/x/config.json is no JSON: byte 0"));
    EXPECT_THAT(lay("{").remarks.fault, StartsWith("/x/config.json is no JSON: byte 1"));
    EXPECT_THAT(lay("[]").remarks.fault, HasSubstr("is JSON, but no object"));
    EXPECT_THAT(lay("{}").remarks.fault, HasSubstr("is neither the config of an image"));
    EXPECT_THAT(lay(R"({"schemaVersion": 2, "config": {"digest": "sha256:00"}})").remarks.fault,
                HasSubstr("is a manifest or an index of images: what is wanted is the blob"));
    EXPECT_EQ(lay(std::string(10 << 20, ' ')).remarks.fault, "/x/config.json is longer than 1 MiB, and is not read");
    std::string deep = "{\"config\": ";
    deep.append(100'000, '[');
    EXPECT_THAT(lay(deep).remarks.fault, HasSubstr("nested too deeply"));
}

TEST(OciTest, ManyMistakesAreCounted) {
    std::string variables, unknown;
    for (int i = 0; i < 1000; ++i) {
        variables += (i > 0 ? "," : "") + std::string("\"x\"");
        unknown += ", \"u" + std::to_string(i) + "\": 1";
    }
    const auto remarks = lay(image("\"Env\": [" + variables + "]" + unknown)).remarks;
    EXPECT_LE(remarks.problems.size(), 40U);
    EXPECT_EQ(remarks.problems.back(), "/x/config.json: and 969 more such mistakes");
}

TEST(OciTest, WhatAFileSaysComesThroughNoTerminal) {
    const auto laid = lay("{\"config\": {\"Cmd\": [\"/a\"], \"\\u001b[2J\": 1, \"Env\": [\"\\u001b[2J\"]}}");
    EXPECT_THAT(laid.remarks.problems, Each(Not(HasSubstr("\x1b"))));
    EXPECT_EQ(laid.remarks.problems.size(), 2U);
}

// docs/oci.md: | `pointer` | use |, below a heading of each schema.
TEST(OciTest, TheDocumentHasEveryFieldWithItsUse) {
    std::ifstream file(NLINIT_DOCS "/oci.md");
    ASSERT_TRUE(file.is_open());
    using Rows = std::map<std::string, std::string>;
    std::map<OciSchema, Rows> documented, known;
    auto schema = OciSchema::image;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) schema = line.find("bundle") != std::string::npos ? OciSchema::bundle : schema;
        if (!line.starts_with("| `/")) continue;
        const auto end = line.find('`', 3);
        const auto use = line.substr(line.find("| ", end) + 2);
        documented[schema].emplace(line.substr(3, end - 3), use.substr(0, use.find(" |")));
    }
    for (const auto& field : oci_fields()) {
        const auto* use = field.use == OciUse::obeyed       ? "obeyed"
                          : field.use == OciUse::not_obeyed ? "not obeyed"
                                                            : "describes";
        known[field.schema].emplace(field.pointer, use);
    }
    for (const auto each : {OciSchema::image, OciSchema::bundle}) {
        for (const auto& [pointer, use] : known[each]) EXPECT_EQ(documented[each][pointer], use) << pointer;
        for (const auto& [pointer, use] : documented[each]) EXPECT_TRUE(known[each].contains(pointer)) << pointer;
    }
}

TEST(OciTest, ALimitOfZeroIsNone) {
    const auto laid = lay(R"({"ociVersion": "1.0.2", "process": {"args": ["/a"], "cwd": "/"},
                             "linux": {"resources": {"memory": {"limit": 0}, "pids": {"limit": 0}}}})");
    EXPECT_THAT(laid.remarks.problems, ::testing::IsEmpty());
    EXPECT_EQ(laid.config.payload.memory_max, std::nullopt);
    EXPECT_EQ(laid.config.payload.pids_max, std::nullopt);
}

}  // namespace
}  // namespace nlinit::config
