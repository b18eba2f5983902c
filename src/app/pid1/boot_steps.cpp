// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_steps.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/plan/file_plan.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/root_file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/binfmt.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/mount/grow.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/mount/read_only_root.hpp"
#include "nlinit/sys/mount/swap.hpp"
#include "nlinit/sys/process/cgroup.hpp"

namespace nlinit::app {
namespace {

constexpr std::size_t kMaxFile = 8 << 20;  // lists of servers to be blocked have a few megabytes
constexpr std::size_t kMaxHostname = 4096;
constexpr std::size_t kMaxShown = 200;
// Bind-mounted over a file that cannot be written where it is.
const std::string kCovers = "/run/nlinit/";

Result<> write_system_file(std::string_view path, const std::string& content) {
    const auto name = path.substr(path.rfind('/') + 1);
    const auto written = sys::write_or_cover(std::string(path), content, kCovers + std::string(name));
    if (!written.ok()) return written.error();
    if (*written == sys::Written::over_link)
        log::info("boot", {path, " is a file now: the link in its place led to where nothing can be written"});
    if (*written == sys::Written::as_cover)
        log::info("boot", {path, " cannot be written, and is covered by ", kCovers, name});
    return {};
}

std::string on_one_line(std::string text) {
    for (char& letter : text) letter = letter == '\n' ? ' ' : letter;
    return in_quotes(std::string_view(text).substr(0, kMaxShown));
}

// A name that the kernel was given by whoever started it stays where the image has none.
Result<> take_hostname(const std::string& fallback) {
    const auto content = sys::read_root_file(std::string(plan::kHostnamePath), kMaxHostname);
    auto name = content.ok() ? plan::hostname_of(*content) : Result<std::string>(content.error());
    const bool missing = !content.ok() && content.error().code == ENOENT;
    std::string wanted = name.ok() ? *name : std::string();
    if (wanted.empty()) wanted = sys::hostname().empty() ? fallback : sys::hostname();
    auto done = wanted == sys::hostname() ? Result<>() : sys::set_hostname(wanted);
    if (!done.ok() || name.ok() || missing) return done;
    return Error{name.error().code, concat({name.error().what, "; the host name is ", wanted})};
}

struct Hands {
    Result<> operator()(const MountRow& row) const { return sys::mount(row); }
    Result<> operator()(const plan::LayOver& work) const { return sys::lay_memory_over(work.target); }
    Result<> operator()(const plan::Grow& work) const { return sys::grow_filesystem(work.target); }
    Result<> operator()(const SwapRow& row) const { return sys::use_swap(row); }
    Result<> operator()(const plan::MountCgroup&) const { return sys::mount_cgroup(); }
    Result<> operator()(const plan::SetHostname& step) const { return sys::set_hostname(step.name); }
    Result<> operator()(const plan::TakeHostname& step) const { return take_hostname(step.fallback); }
    Result<> operator()(const plan::WriteHosts&) const { return write_hosts(); }
    Result<> operator()(const plan::WriteResolvConf& step) const {
        return write_resolv_conf(step.name_servers, step.search_domains);
    }
    Result<> operator()(const config::File& file) const {
        if (file.keep_existing && sys::exists(file.path)) return {};
        return sys::write_root_file(file.path, file.content, file.mode);
    }
    Result<> operator()(const config::Directory& directory) const {
        auto made = sys::make_directories(directory.path, directory.mode);
        if (!made.ok() || directory.old_mode == config::OldMode::stays) return made;
        auto changed = sys::set_directory_mode(directory.path, directory.mode);
        const bool is_read_only = !changed.ok() && changed.error().code == EROFS;
        return is_read_only && directory.old_mode == config::OldMode::replaced_where_writable ? Result<>() : changed;
    }
    Result<> operator()(const config::Symlink& link) const {
        if (link.if_exists && !sys::exists(place_of_target(link.path, link.target))) return {};
        if (link.keep_existing && sys::exists(link.path)) return {};
        auto made = sys::make_symlink(link.path, link.target);
        // A link that leads nowhere does not exist for access(2), and is at the path all the same.
        if (!made.ok() && link.keep_existing && made.error().code == EEXIST) return {};
        return made;
    }
    Result<> operator()(const Binfmt& binfmt) const { return sys::register_binfmt(binfmt); }
    Result<> operator()(const plan::SetSysctl& step) const {
        return step.at_least ? sys::raise_sysctl(step.name(), step.value) : sys::write_sysctl(step.name(), step.value);
    }
    Result<> operator()(const Rlimit& limit) const { return sys::raise_rlimit(limit); }
};

}  // namespace

Result<> carry_out(const plan::Work& work) {
    return std::visit(Hands{}, work);
}

Result<> write_resolv_conf(const std::vector<NameServer>& name_servers,
                           const std::vector<std::string>& search_domains) {
    const std::string path(plan::kResolvConfPath);
    const auto content = plan::resolv_conf_content(name_servers, search_domains);
    const auto there = sys::read_root_file(path, kMaxFile);
    auto written = write_system_file(path, content);
    if (!there.ok() && there.error().code != ENOENT)
        log::info("boot", {"it is not known what ", path, " said before: ", to_string(there.error())});
    if (written.ok() && there.ok() && !there->empty() && *there != content)
        log::info("boot", {path, " said ", on_one_line(*there), ", and says ", on_one_line(content), " now"});
    return written;
}

Result<> write_hosts() {
    const std::string path(plan::kHostsPath);
    const auto there = sys::read_root_file(path, kMaxFile);
    // What is there and cannot be read must not be lost. Where a link leads to no file, nothing is.
    constexpr std::array kNothingThere{0, ENOENT, ELOOP, ENOTDIR, EISDIR};
    if (!there.ok() && std::ranges::find(kNothingThere, there.error().code) == kNothingThere.end())
        return there.error();
    const auto content = plan::hosts_content(sys::hostname(), there.ok() ? std::string_view(*there) : "");
    if (there.ok() && *there == content) return {};
    return write_system_file(path, content);
}

}  // namespace nlinit::app
