// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/settings.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/toml_config.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"
#include "support/namespaces.hpp"

namespace nlinit::sys {
namespace {

// The lines of /proc/self/limits, which is in the kernel's own order, by what prlimit(1) calls them.
struct Limit {
    std::string_view name;
    int resource;
};
constexpr Limit kLimits[] = {
    {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},         {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},       {"fsize", RLIMIT_FSIZE},       {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},   {"nproc", RLIMIT_NPROC},       {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},     {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK}};

std::vector<std::string> names_that_a_config_may_have() {
    constexpr std::string_view kTable = "[system.rlimit] ";
    std::vector<std::string> names;
    for (const auto& key : config::known_keys())
        if (key.starts_with(kTable)) names.push_back(key.substr(kTable.size()));
    return names;
}

TEST(RaiseRlimit, RaisesEveryLimitThatAConfigMayName) {
    const auto names = names_that_a_config_may_have();
    EXPECT_EQ(names.size(), std::size(kLimits));
    for (const auto& name : names) {
        const auto* const limit = std::ranges::find(kLimits, name, &Limit::name);
        ASSERT_NE(limit, std::end(kLimits)) << name;
        // To the hard limit, for it takes a right to raise that.
        const int status = test::run_in_child([&] {
            const auto resource = static_cast<__rlimit_resource>(limit->resource);
            rlimit before{}, after{};
            ::getrlimit(resource, &before);
            const rlimit low{std::min<rlim_t>(before.rlim_max, 40), before.rlim_max};
            if (::setrlimit(resource, &low) != 0) return 2;
            if (!raise_rlimit({name, before.rlim_max}).ok()) return 3;
            ::getrlimit(resource, &after);
            return after.rlim_cur == before.rlim_max && after.rlim_max == before.rlim_max ? 0 : 4;
        });
        EXPECT_EQ(status, 0) << name;
    }
}

std::string rcu_expedited() {
    const auto text = read_file("/sys/kernel/rcu_expedited", 16);
    return text.ok() ? *text : "none";
}

TEST(InAContainer, TheMachinesRcuIsNotExpedited) {
    const auto before = rcu_expedited();
    const int status = test::run_as_pid_1([&] {
        if (is_in_first_pid_namespace()) return 3;  // it was asked for before
        const auto expedited = expedite_rcu();
        if (!expedited.ok()) return before == "none" ? 0 : 1;
        return *expedited ? 2 : 0;
    });
    EXPECT_EQ(status, 0);
    EXPECT_EQ(rcu_expedited(), before);
}

TEST(InAContainer, TheMachinesClockIsNotSet) {
    const int status = test::run_as_pid_1([] {
        if (is_in_first_pid_namespace()) return 3;  // it was asked for before
        if (!set_clock_not_before(0).ok()) return 1;
        const auto set = set_clock_not_before(std::time(nullptr) + 2);
        return !set.ok() && to_string(set.error()).find("this is a container") != std::string::npos ? 0 : 2;
    });
    EXPECT_EQ(status, 0);
}

TEST(RaiseRlimit, NamesALimitThatThereIsNot) {
    const auto raised = raise_rlimit({"nofiles", 1});
    ASSERT_FALSE(raised.ok());
    EXPECT_NE(to_string(raised.error()).find("raise resource limit nofiles"), std::string::npos);
}

}  // namespace
}  // namespace nlinit::sys
