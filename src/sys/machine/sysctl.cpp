// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/sysctl.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::sys {
namespace {

constexpr std::size_t kLargestNumber = 64;
constexpr const char* kOfTheMachine = "it is the machine's, and this is a container of it";

// sysctl(8): a key whose first separator is a slash is a path already; otherwise dots separate, and a slash stands for
// a dot in a name.
std::string sysctl_path(std::string_view key) {
    std::string path(key);
    const auto separator = path.find_first_of("./");
    if (separator != std::string::npos && path[separator] == '.') {
        for (char& letter : path) letter = letter == '.' ? '/' : letter == '/' ? '.' : letter;
    }
    return path;
}

// ".." as it was given, or made of two slashes.
bool may_leave_its_directory(std::string_view key, std::string_view path) noexcept {
    return key.find("..") != std::string_view::npos || path.find("..") != std::string_view::npos;
}

std::vector<std::string> matching_names(const std::string& directory, std::string_view pattern) {
    std::vector<std::string> names;
    const Directory entries(::opendir(directory.c_str()));
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        if (entry->d_name[0] != '.' && glob_matches(pattern, entry->d_name)) names.emplace_back(entry->d_name);
    }
    std::ranges::sort(names);
    return names;
}

// `base` with a slash at its end, `rest` below it; each part of `rest` is one more call deep.
void write_each(const std::string& base, std::string_view rest, std::string_view value,
                std::vector<Result<>>& written) {
    const auto wildcard = rest.find_first_of(kWildcards);
    if (wildcard == std::string_view::npos) {
        const auto path = base + std::string(rest);
        if (is_the_machines_alone(path.c_str())) {
            written.emplace_back(Error{0, kOfTheMachine});
            return;
        }
        // With the end of its line, as sysctl(8) writes it: without, an empty value would be no write at all.
        written.push_back(write_kernel_file(path, std::string(value) + '\n'));
        return;
    }
    const auto slash = rest.rfind('/', wildcard);
    const auto start = slash == std::string_view::npos ? 0 : slash + 1;
    const auto end = std::min(rest.find('/', wildcard), rest.size());
    const auto directory = base + std::string(rest.substr(0, start));
    for (const auto& name : matching_names(directory, rest.substr(start, end - start))) {
        // Not every directory has what its neighbours have.
        const auto path = concat({directory, name, rest.substr(end)});
        if (path.find_first_of(kWildcards) != std::string::npos || exists(path))
            write_each(directory + name, rest.substr(end), value, written);
    }
}

// The file is the kernel's own, and none that was mounted over it.
bool is_of_the_machine(const std::string& path) noexcept {
    struct statfs filesystem {};
    return ::statfs(path.c_str(), &filesystem) == 0 &&
           static_cast<unsigned long>(filesystem.f_type) == PROC_SUPER_MAGIC;
}

}  // namespace

Result<> write_sysctl(std::string_view key, std::string_view value) {
    const std::string path = sysctl_path(key);
    const std::string what = "set sysctl " + std::string(key);
    if (path.empty() || may_leave_its_directory(key, path)) return Error{EINVAL, what};
    std::vector<Result<>> written;
    write_each("/proc/sys/", path, value, written);
    if (written.empty()) return Error{ENOENT, what};
    const auto failed = std::ranges::find_if(written, [](const Result<>& each) { return !each.ok(); });
    if (failed == written.end()) return {};
    if (failed->error().code == 0) return Error{0, concat({what, ": ", failed->error().what})};
    return Error{failed->error().code, what};
}

Result<> raise_sysctl(std::string_view key, std::string_view value) {
    const std::string path = "/proc/sys/" + sysctl_path(key);
    if (!is_in_first_pid_namespace() && is_of_the_machine(path)) return {};
    auto text = read_file(path, kLargestNumber);
    if (!text.ok()) return Error{text.error().code, "raise sysctl " + std::string(key)};
    while (text->ends_with('\n')) text->pop_back();
    const auto now = parse_number<std::uint32_t>(*text), wanted = parse_number<std::uint32_t>(value);
    return now && wanted && *now < *wanted ? write_sysctl(key, value) : Result<>();
}

}  // namespace nlinit::sys
