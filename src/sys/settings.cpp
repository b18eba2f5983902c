#include "nlinit/sys/settings.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

#include "nlinit/sys/file.hpp"

namespace nlinit::sys {
namespace {

constexpr std::string_view kUnsetHostname = "(none)";  // UTS_NODENAME, include/linux/uts.h
const std::string kNrOpen = "/proc/sys/fs/nr_open";
const std::string kRcuExpedited = "/sys/kernel/rcu_expedited";

struct Resource {
    std::string_view name;
    __rlimit_resource number;
};
constexpr std::array<Resource, 15> kResources{{
    {"as", RLIMIT_AS},
    {"core", RLIMIT_CORE},
    {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},
    {"fsize", RLIMIT_FSIZE},
    {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK},
    {"msgqueue", RLIMIT_MSGQUEUE},
    {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},
    {"nproc", RLIMIT_NPROC},
    {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},
    {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK},
}};

Result<> raise_nr_open(std::uint64_t value) {
    const auto text = read_file(kNrOpen, 64);
    if (!text.ok()) return text.error();
    std::uint64_t current = 0;
    std::from_chars(text->data(), text->data() + text->size(), current);
    if (current >= value) return {};
    return write_kernel_file(kNrOpen, std::to_string(value));
}

}  // namespace

std::string hostname() {
    utsname names{};
    if (uname(&names) != 0 || kUnsetHostname == names.nodename) return {};
    return names.nodename;
}

Result<> set_hostname(const std::string& name) {
    if (sethostname(name.data(), name.size()) != 0) return Error{errno, "set the host name to " + name};
    return {};
}

Result<> set_clock_not_before(std::int64_t epoch) {
    timespec now{};
    if (clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec >= epoch) return {};
    const timespec wanted{epoch, 0};
    if (clock_settime(CLOCK_REALTIME, &wanted) != 0) return Error{errno, "set the clock"};
    return {};
}

Result<bool> expedite_rcu() {
    const auto before = read_file(kRcuExpedited, 16);
    if (!before.ok()) return before.error();
    if (!before->starts_with('0')) return false;
    if (auto written = write_kernel_file(kRcuExpedited, "1"); !written.ok()) return written.error();
    return true;
}

Result<> stop_expediting_rcu() {
    return write_kernel_file(kRcuExpedited, "0");
}

Result<> raise_rlimit(const config::Rlimit& limit) {
    const auto found = std::ranges::find(kResources, limit.name, &Resource::name);
    if (found == kResources.end()) return Error{EINVAL, "raise resource limit " + limit.name + ": there is none"};
    if (found->number == RLIMIT_NOFILE) {
        if (auto raised = raise_nr_open(limit.value); !raised.ok()) return raised;
    }
    rlimit current{};
    if (getrlimit(found->number, &current) != 0) return Error{errno, "read resource limit " + limit.name};
    const rlimit wanted{std::max<rlim_t>(current.rlim_cur, limit.value),
                        std::max<rlim_t>(current.rlim_max, limit.value)};
    if (setrlimit(found->number, &wanted) != 0)
        return Error{errno, "raise resource limit " + limit.name + " to " + std::to_string(limit.value)};
    return {};
}

}  // namespace nlinit::sys
