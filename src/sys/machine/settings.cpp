// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/settings.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::sys {
namespace {

constexpr std::string_view kUnsetHostname = "(none)";  // UTS_NODENAME, include/linux/uts.h
constexpr std::uint64_t kMostFiles = 0x7fffffc0;       // sysctl_nr_open_max of fs/file.c: "unlimited" is no more
const std::string kNrOpen = "/proc/sys/fs/nr_open";
const std::string kRcuExpedited = "/sys/kernel/rcu_expedited";

// The words have the numbers of the kernel's usual table, from which some architectures differ.
static_assert(kRlimitWords.size() == RLIM_NLIMITS);
static_assert(RLIMIT_RSS == 5 && RLIMIT_NPROC == 6 && RLIMIT_NOFILE == 7 && RLIMIT_MEMLOCK == 8 && RLIMIT_AS == 9);

}  // namespace

Result<std::uint64_t> raise_nr_open(std::uint64_t wanted) {
    const auto value = std::min(wanted, kMostFiles);
    const auto text = read_file(kNrOpen, 64);
    if (!text.ok()) return text.error();
    std::uint64_t current = 0;
    std::from_chars(text->data(), text->data() + text->size(), current);
    if (current >= value) return value;
    if (is_the_machines_alone(kNrOpen.c_str())) return current;
    if (auto written = write_kernel_file(kNrOpen, std::to_string(value)); !written.ok()) return written.error();
    return value;
}

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
    if (!is_in_first_pid_namespace())
        return Error{0, "the clock is behind, and not set: it is the machine's, and this is a container of it"};
    const timespec wanted{epoch, 0};
    if (clock_settime(CLOCK_REALTIME, &wanted) != 0) return Error{errno, "set the clock"};
    return {};
}

Result<bool> expedite_rcu() {
    if (is_the_machines_alone(kRcuExpedited.c_str())) return false;
    const auto before = read_file(kRcuExpedited, 16);
    if (!before.ok()) return before.error();
    if (!before->starts_with('0')) return false;
    if (auto written = write_kernel_file(kRcuExpedited, "1"); !written.ok()) return written.error();
    return true;
}

Result<> stop_expediting_rcu() {
    return write_kernel_file(kRcuExpedited, "0");
}

Result<> raise_rlimit(const Rlimit& limit) {
    const auto number = value_of_word(limit.name, kRlimitWords);
    if (!number) return Error{EINVAL, concat({"raise resource limit ", limit.name, ": there is none"})};
    const auto resource = static_cast<__rlimit_resource>(*number);
    auto value = limit.value;
    if (resource == RLIMIT_NOFILE) {
        const auto allowed = raise_nr_open(value);
        if (!allowed.ok()) return allowed.error();
        value = *allowed;
    }
    rlimit current{};
    if (getrlimit(resource, &current) != 0) return Error{errno, "read resource limit " + limit.name};
    const rlimit wanted{std::max<rlim_t>(current.rlim_cur, value), std::max<rlim_t>(current.rlim_max, value)};
    if (setrlimit(resource, &wanted) != 0)
        return Error{errno, concat({"raise resource limit ", limit.name, " to ", std::to_string(value)})};
    return {};
}

}  // namespace nlinit::sys
