// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/unmount.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <span>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/sys/call_apart.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/loop_device.hpp"
#include "nlinit/sys/mount/swap.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

// Each gets this much time, also after the deadline. A disk that answers needs less, and a dead one takes no time from
// the others, because all are asked at once.
constexpr Duration kLeastForShares = std::chrono::milliseconds(250);
constexpr Duration kLeastForDisks = std::chrono::seconds(1);
constexpr Duration kLeastForUnmount = std::chrono::milliseconds(250);

std::string name_of(const MountEntry& entry) {
    return concat({entry.target, " (", entry.type, ")"});
}

int unmount_one(const MountEntry& entry) noexcept {
    return ::umount2(entry.target.c_str(), UMOUNT_NOFOLLOW) == 0 ? 0 : errno;
}

int sync_everything() noexcept {
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

int make_one_read_only(const MountEntry& entry) noexcept {
    const int not_synced = sync_one(entry);
    const unsigned long flags = MS_REMOUNT | MS_RDONLY | entry.flags;
    const int code = ::mount(nullptr, entry.target.c_str(), nullptr, flags, nullptr) == 0 ? 0 : errno;
    return not_synced != 0 ? kNotSynced + not_synced : code;
}

std::vector<Call> calls_for(const std::vector<MountEntry>& mounts, int (*work)(const MountEntry& entry)) {
    std::vector<Call> calls;
    calls.reserve(mounts.size());
    for (const auto& entry : mounts) calls.push_back({.work = [work, &entry] { return work(entry); }});
    return calls;
}

// A part of the time that is left, and at least `least`.
TimePoint after_part_of(TimePoint deadline, int numerator, int denominator, Duration least) noexcept {
    const TimePoint now = BootClock::now();
    return now + std::max((deadline - now) * numerator / denominator, least);
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
    std::erase_if(*table, [this](const MountEntry& entry) { return is_of_kernel(entry.type) || is_hung(entry); });
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
            return entry.target == target || is_below(entry.target, target);
        });
    });
    return found;
}

// One mount of each filesystem.
std::vector<MountEntry> FilesystemsEnd::writable_disks() const {
    std::vector<MountEntry> disks;
    for (auto& entry : mounts()) {
        const auto is_same = [&](const MountEntry& other) { return other.device == entry.device; };
        if (!entry.read_only && !is_in_memory(entry.type) && std::ranges::none_of(disks, is_same))
            disks.push_back(std::move(entry));
    }
    return disks;
}

// Also mounts that only a path through this one leads to.
bool FilesystemsEnd::is_hung(const MountEntry& entry) const {
    return std::ranges::any_of(hung_, [&](const MountEntry& hung) {
        return entry.device == hung.device || (hung.target != "/" && is_below(entry.target, hung.target));
    });
}

void FilesystemsEnd::is_hung_now(const char* what, const MountEntry& entry) {
    log::error("mount", {what, " ", name_of(entry), ": no answer in time; it is left as it is"});
    hung_.push_back(entry);
}

std::size_t FilesystemsEnd::unmount(const std::vector<MountEntry>& mounts, TimePoint deadline) {
    const auto codes = call_apart(calls_for(mounts, unmount_one), deadline);
    for (std::size_t i = 0; i < mounts.size(); ++i)
        if (codes[i] == ETIMEDOUT) is_hung_now("unmount", mounts[i]);
    const auto done = static_cast<std::size_t>(std::ranges::count(codes, 0));
    unmounted_ += done;
    return done;
}

// A mount that holds another is busy until that one is gone, so each pass has fewer left.
template <class List>
void FilesystemsEnd::unmount_while_it_helps(const List& list, TimePoint deadline) {
    auto mounts = list();
    while (unmount(mounts, deadline) > 0 && BootClock::now() < deadline) mounts = list();
}

// A busy mount may become free when another is unmounted. sync(2) reaches filesystems that no mount of ours shows.
// Where a filesystem hangs already, sync(2) hangs too, and nobody waits for it.
void FilesystemsEnd::make_read_only(TimePoint deadline, bool is_last_try) {
    const auto disks = writable_disks();
    auto calls = calls_for(disks, make_one_read_only);
    const bool expects_sync = hung_.empty();
    if (!is_last_try) calls.push_back({.work = sync_everything, .is_awaited = expects_sync});
    const auto codes = call_apart(calls, deadline);
    for (std::size_t i = 0; i < disks.size(); ++i) tell_of_read_only(disks[i], codes[i], is_last_try);
    if (!is_last_try && expects_sync && hung_.empty() && codes.back() != 0)
        log::error("mount", codes.back() == ETIMEDOUT ? "sync: no answer in time" : to_string({codes.back(), "sync"}));
}

void FilesystemsEnd::tell_of_read_only(const MountEntry& entry, int code, bool is_last_try) {
    if (code == ETIMEDOUT) return is_hung_now("sync", entry);
    if (code == 0) ++read_only_;
    if (code > kNotSynced) {
        log::error("mount", to_string(Error{code - kNotSynced, "sync " + name_of(entry)}));
    } else if (code != 0 && is_last_try) {
        log::error("mount", to_string(Error{code, concat({"remount ", name_of(entry), " read-only"})}));
    }
}

void FilesystemsEnd::unmount_shares() noexcept {
    guarded([this] {
        const TimePoint shares_deadline = after_part_of(deadline_, 1, 3, kLeastForShares);
        const auto list = [this] { return shares(); };
        unmount_while_it_helps(list, shares_deadline);
        free_loop_devices(mounts(), shares_deadline);
        unmount_while_it_helps(list, shares_deadline);
    });
}

void FilesystemsEnd::unmount_all() noexcept {
    guarded([this] {
        stop_using_swap(after_part_of(deadline_, 1, 4, kLeastForUnmount));
        make_read_only(after_part_of(deadline_, 3, 4, kLeastForDisks), false);  // one that is dead leaves the rest some
        const auto all_but_root = [this] {
            auto list = mounts();
            std::erase_if(list, [](const MountEntry& entry) { return entry.target == "/"; });
            return list;
        };
        unmount_while_it_helps(all_but_root, after_part_of(deadline_, 1, 2, kLeastForUnmount));
        make_read_only(after_part_of(deadline_, 1, 1, kLeastForUnmount), true);
        log::info("mount", {std::to_string(read_only_), " filesystems made read-only, ", std::to_string(unmounted_),
                            " mounts undone"});
    });
}

}  // namespace nlinit::sys
