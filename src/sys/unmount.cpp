#include "nlinit/sys/unmount.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <span>
#include <string_view>

#include "nlinit/config/path.hpp"
#include "nlinit/sys/bounded_call.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/loop_device.hpp"
#include "nlinit/sys/swap.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kMostAtOnce = 64;  // each is a process and a descriptor

// They have no data that a power cut could harm, and shutting down still needs some of them.
constexpr std::array<std::string_view, 19> kKernelFilesystems = {
    "autofs",  "binfmt_misc", "bpf",    "cgroup", "cgroup2", "configfs", "debugfs",    "devpts", "devtmpfs", "efivarfs",
    "fusectl", "hugetlbfs",   "mqueue", "nsfs",   "proc",    "pstore",   "securityfs", "sysfs",  "tracefs"};
// They end with the machine.
constexpr std::array<std::string_view, 3> kInMemory = {"ramfs", "rootfs", "tmpfs"};

bool is_one_of(std::span<const std::string_view> types, std::string_view type) noexcept {
    return std::find(types.begin(), types.end(), type) != types.end();
}

std::string name_of(const MountEntry& entry) {
    return entry.target + " (" + entry.type + ")";
}

// The works of BoundedCalls. The subject is a MountEntry.
const MountEntry& mount_of(const void* subject) noexcept {
    return *static_cast<const MountEntry*>(subject);
}

int unmount_one(const void* subject) noexcept {
    return ::umount2(mount_of(subject).target.c_str(), UMOUNT_NOFOLLOW) == 0 ? 0 : errno;
}

int sync_everything(const void* /*subject*/) noexcept {
    ::sync();
    return 0;
}

// An errno plus this: data could not be written. syncfs(2) is the one call that tells of it; sync(2), mount(2) and
// umount2(2) do not.
constexpr int kNotSynced = 1 << 16;

int sync_one(const MountEntry& entry) noexcept {
    const UniqueFd fd(::open(entry.target.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (!fd.valid()) return 0;  // a socket, say, that another was mounted on: to be made read-only syncs it too
    return ::syncfs(fd.get()) == 0 ? 0 : errno;
}

int make_one_read_only(const void* subject) noexcept {
    const auto& entry = mount_of(subject);
    const int not_synced = sync_one(entry);
    const unsigned long flags = MS_REMOUNT | MS_RDONLY | entry.flags;
    const int code = ::mount(nullptr, entry.target.c_str(), nullptr, flags, nullptr) == 0 ? 0 : errno;
    return not_synced != 0 ? kNotSynced + not_synced : code;
}

// Does the work for each mount, many at the same time, and tells of each what became of it.
template <class Tell>
void for_each(const std::vector<MountEntry>& mounts, BoundedCall::Work work, TimePoint deadline, const Tell& tell) {
    for (std::size_t first = 0; first < mounts.size(); first += kMostAtOnce) {
        const auto some = std::span(mounts).subspan(first, std::min(kMostAtOnce, mounts.size() - first));
        std::vector<BoundedCall> calls;
        calls.reserve(some.size());
        for (const auto& entry : some) calls.emplace_back(work, &entry);
        for (std::size_t i = 0; i < some.size(); ++i) tell(some[i], calls[i].result_by(deadline));
    }
}

// Whatever happens, the machine has to come to its end.
template <class Part>
void guarded(const Part& part) noexcept {
    try {
        part();
    } catch (const std::exception& exception) {
        log::error("mount", exception.what());
    }
}

}  // namespace

// The last mounted first, the root at the end.
std::vector<MountEntry> FilesystemsEnd::mounts() const {
    auto table = read_mount_table();
    if (!table.ok()) {
        log::error("mount", to_string(table.error()));
        return {{.target = "/", .type = {}, .source = {}, .device = {}}};
    }
    std::erase_if(*table, [this](const MountEntry& entry) {
        return is_one_of(kKernelFilesystems, entry.type) || is_hung(entry);
    });
    std::reverse(table->begin(), table->end());
    return *std::move(table);
}

std::vector<MountEntry> FilesystemsEnd::shares() const {
    auto found = mounts();
    std::vector<std::string> targets;
    for (const auto& entry : found)
        if ((is_share(entry.type) || is_of_loop_device(entry)) && entry.target != "/") targets.push_back(entry.target);
    std::erase_if(found, [&](const MountEntry& entry) {
        return std::ranges::none_of(targets, [&](const std::string& target) {
            return entry.target == target || config::is_below(entry.target, target);
        });
    });
    return found;
}

// One mount of each filesystem.
std::vector<MountEntry> FilesystemsEnd::writable_disks() const {
    std::vector<MountEntry> disks;
    for (auto& entry : mounts()) {
        const auto is_same = [&](const MountEntry& other) { return other.device == entry.device; };
        if (!entry.read_only && !is_one_of(kInMemory, entry.type) && std::ranges::none_of(disks, is_same))
            disks.push_back(std::move(entry));
    }
    return disks;
}

// Also what can be come to through it alone.
bool FilesystemsEnd::is_hung(const MountEntry& entry) const {
    return std::ranges::any_of(hung_, [&](const MountEntry& hung) {
        return entry.device == hung.device || (hung.target != "/" && config::is_below(entry.target, hung.target));
    });
}

void FilesystemsEnd::is_hung_now(const char* what, const MountEntry& entry) {
    log::error("mount", std::string(what) + ' ' + name_of(entry) + ": no answer in time; it is left as it is");
    hung_.push_back(entry);
}

std::size_t FilesystemsEnd::unmount(const std::vector<MountEntry>& mounts, TimePoint deadline) {
    std::size_t done = 0;
    for_each(mounts, unmount_one, deadline, [&](const MountEntry& entry, int code) {
        if (code == 0) ++done;
        if (code == ETIMEDOUT) is_hung_now("unmount", entry);
    });
    unmounted_ += done;
    return done;
}

// What holds another mount is busy until that is gone: each pass has fewer to do.
template <class List>
void FilesystemsEnd::unmount_while_it_helps(const List& list, TimePoint deadline) {
    auto mounts = list();
    while (unmount(mounts, deadline) > 0) mounts = list();
}

// What is busy may only be so until something else is unmounted.
void FilesystemsEnd::make_read_only(TimePoint deadline, bool is_last_try) {
    for_each(writable_disks(), make_one_read_only, deadline, [&](const MountEntry& entry, int code) {
        if (code == ETIMEDOUT) return is_hung_now("sync", entry);
        if (code == 0) ++read_only_;
        if (code > kNotSynced) {
            log::error("mount", to_string(Error{code - kNotSynced, "sync " + name_of(entry)}));
        } else if (code != 0 && is_last_try) {
            log::error("mount", to_string(Error{code, "remount " + name_of(entry) + " read-only"}));
        }
    });
}

void FilesystemsEnd::unmount_shares() noexcept {
    guarded([this] {
        const TimePoint now = BootClock::now();
        const TimePoint shares_deadline = now + (deadline_ - now) / 3;
        const auto list = [this] { return shares(); };
        unmount_while_it_helps(list, shares_deadline);
        free_loop_devices(mounts(), shares_deadline);
        unmount_while_it_helps(list, shares_deadline);
    });
}

void FilesystemsEnd::unmount_all() noexcept {
    guarded([this] {
        // Reaches filesystems that no mount of ours shows.
        BoundedCall sync(sync_everything, nullptr);
        const TimePoint now = BootClock::now();
        const TimePoint disks_deadline = now + (deadline_ - now) * 3 / 4;  // one that is dead leaves the rest some time
        stop_using_swap_files(disks_deadline);
        make_read_only(disks_deadline, false);
        const auto all_but_root = [this] {
            auto list = mounts();
            std::erase_if(list, [](const MountEntry& entry) { return entry.target == "/"; });
            return list;
        };
        unmount_while_it_helps(all_but_root, deadline_);
        make_read_only(deadline_, true);
        // Where something hangs, this does too.
        if (hung_.empty() && sync.result_by(deadline_) == ETIMEDOUT) log::error("mount", "sync: no answer in time");
        log::info("mount", std::to_string(read_only_) + " filesystems made read-only, " + std::to_string(unmounted_) +
                               " mounts undone");
    });
}

}  // namespace nlinit::sys
