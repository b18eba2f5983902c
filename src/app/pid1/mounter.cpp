// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/mounter.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/machine/device_name.hpp"
#include "nlinit/machine/mount_types.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/uevent.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/mount/mount_error.hpp"
#include "nlinit/sys/mount/swap.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kServerTimeout = 5s;   // a daemon on the host, or a server: it answers at once, or not at all
constexpr Duration kDeviceTimeout = 60s;  // the journal of a large disk takes its time
constexpr Duration kModuleTimeout = 10s;
constexpr Duration kRowTimeout = 5s;  // for the devices of rows to be found
constexpr Duration kLookAgain = 100ms;
constexpr std::string_view kRowsWaitUntil = "rows wait until ";

int milliseconds_until(TimePoint deadline) noexcept {
    const auto left = std::clamp<Duration>(deadline - BootClock::now(), Duration::zero(), 1h);
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
}

// The first look at what was mounted: a share that was can still be silent.
void look_at_target(const MountRow& row) noexcept {
    struct statx seen {};
    static_cast<void>(
        ::statx(AT_FDCWD, row.target.c_str(), AT_NO_AUTOMOUNT | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &seen));
}

}  // namespace

bool MounterKnowledge::take_note(std::string_view note) {
    if (DiskSearch::take_note(note, silent_devices)) return true;
    if (!note.starts_with(kRowsWaitUntil)) return false;
    Duration::rep count = 0;
    note.remove_prefix(kRowsWaitUntil.size());
    std::from_chars(note.data(), note.data() + note.size(), count);
    rows_wait_until = TimePoint(Duration(count));
    return true;
}

bool MounterKnowledge::take_silence(std::string_view subject) {
    return DiskSearch::take_silence(subject, silent_devices);
}

Result<> Mounter::mount_row(const MountRow& row, Importance importance) {
    const auto call_one = [this](const MountRow& each, unsigned long flags, const sys::MountAt& at) {
        return call(each, flags, at);
    };
    // What is mounted already needs no device; for other rows mount() finds that out.
    const auto done = is_on_device(row) ? sys::is_done(row) : Result<bool>(false);
    if (!done.ok()) return done.error();
    if (*done) return sys::mount(row, call_one);
    return within_time_of_rows(importance, [&](Duration patience) {
        return mount_when_there(row, patience, [&](const auto& ready) { return sys::mount(ready, call_one); });
    });
}

Result<> Mounter::within_time_of_rows(Importance importance, const std::function<Result<>(Duration patience)>& work) {
    Duration patience = importance == Importance::optional ? Duration::zero() : kRowTimeout;
    auto& until = knowledge_.rows_wait_until;
    const TimePoint started_at = BootClock::now();
    if (importance == Importance::ordinary && until)
        patience = std::clamp<Duration>(*until - started_at, Duration::zero(), kRowTimeout);
    auto done = work(patience);
    if (importance == Importance::ordinary && !done.ok() && !until) {
        until = started_at + kRowTimeout;
        child_.note(std::string(kRowsWaitUntil) + std::to_string(until->time_since_epoch().count()));
    }
    return done;
}

Result<> Mounter::use_swap(const SwapRow& row) {
    return within_time_of_rows(row.importance, [&](Duration patience) -> Result<> {
        SwapRow ready = row;
        if (const auto name = parse_device_name(row.device)) {
            auto found = find_device(row.device, *name, patience);
            if (!found.ok()) return found.error();
            ready.device = *std::move(found);
        }
        child_.begin("use swap on " + name_of(row), kModuleTimeout);
        return sys::use_swap(ready);
    });
}

bool Mounter::has_filesystem(const std::string& type) {
    if (!types_.is_known(type)) child_.begin("load the module of filesystem " + type, kModuleTimeout);
    const auto known = types_.make_known(type);
    if (!known.ok()) no_module_ = nlinit::to_string(known.error());
    return known.ok();
}

int Mounter::call(const MountRow& row, unsigned long flags, const sys::MountAt& at) {
    const bool typeless = (flags & (MS_BIND | MS_MOVE | MS_REMOUNT)) != 0;
    if (!typeless && !has_filesystem(row.type)) return ENODEV;
    const bool on_device = row.source.starts_with("/dev/");
    const bool may_wait = sys::may_wait(row);
    if (may_wait) child_.begin(sys::mount_sentence(row), on_device ? kDeviceTimeout : kServerTimeout);
    const int code = sys::call_mount(row, flags, at);
    if (code == 0 && may_wait) look_at_target(row);
    if (typeless || !on_device || (flags & MS_RDONLY) != 0 || (code != EACCES && code != EROFS)) return code;
    // As mount(8) and the kernel itself do with what can only be read.
    const int again = call(row, flags | MS_RDONLY, at);
    if (again == 0) log::warning("mount", {row.source, " is read-only, and so is what it is mounted on"});
    return again == 0 ? 0 : code;
}

sys::BlockDevices Mounter::block_devices() {
    return sys::BlockDevices(
        [this](const std::string& path, off_t offset, std::size_t size) { return search_.read(path, offset, size); });
}

sys::AskDisks Mounter::ask_for(const std::string& what) {
    return [this, what](const auto& questions) { return search_.ask(what, questions); };
}

// Looks once when the socket is open, and again after every event.
void Mounter::wait_for_uevents(Duration limit, const std::function<bool()>& done) {
    const TimePoint deadline = limit < kNever - BootClock::now() ? BootClock::now() + limit : kNever;
    const auto events = sys::UeventSocket::open();
    if (!events.ok())
        log::warning("boot", {nlinit::to_string(events.error()), "; devices are looked for every 100 ms"});
    while (!done() && BootClock::now() < deadline) {
        child_.begin("wait for a device", limit + kServerTimeout);
        pollfd watched{events.ok() ? events->fd() : -1, POLLIN, 0};
        const int wait = milliseconds_until(deadline);
        ::poll(&watched, 1, events.ok() ? wait : std::min(wait, static_cast<int>(kLookAgain / 1ms)));
        if (events.ok()) events->drain();
    }
}

Result<std::string> Mounter::find_device(const std::string& source, const DeviceName& name, Duration patience) {
    const auto devices = block_devices();
    auto found = devices.find(name, ask_for(source));
    if (!found && patience > Duration::zero()) {
        wait_for_uevents(patience, [&] {
            found = devices.find(name, ask_for(source));
            return found.has_value();
        });
    }
    if (found) return *std::move(found);
    devices.look_at_all(ask_for("filesystems"));
    const auto when = patience > Duration::zero() ? " did not appear within " + in_words(patience) : " is not there";
    return Error{ENODEV,
                 concat({printable(source), when, "; ", devices.describe(),
                         (is_of_device_mapper(name) ? ": only dm-mod.create= makes devices of device-mapper here"
                                                    : ": is its driver loaded?")})};
}

Result<MountRow> Mounter::make_ready(const MountRow& row, Duration patience) {
    MountRow ready = row;
    sys::Filesystem seen;
    if (is_on_device(row)) {
        auto found = find_device(row.source, *parse_device_name(row.source, row.type), patience);
        if (!found.ok()) return found.error();
        ready.source = *std::move(found);
        if (leaves_type_open(row)) seen = block_devices().look_at(ready.source);
    }
    const auto known = leaves_type_open(row) ? types_.list() : std::string();
    ready.type = types_to_try(row, seen.type, known);
    return ready;
}

Error Mounter::explain(Error error, const MountRow& ready) {
    if (error.code == ENODEV && !no_module_.empty()) error.what += ", and " + no_module_;
    if (error.code == EINVAL && is_on_device(ready)) {
        const auto holds = block_devices().look_at(ready.source).type;
        const bool tried = has_field(ready.type, ',', holds);
        if (holds.empty()) error.what += "; no filesystem is known on " + ready.source;
        if (!holds.empty() && !tried) append(error.what, {"; ", ready.source, " holds ", holds});
    }
    return error;
}

Result<> Mounter::mount_when_there(const MountRow& row, Duration patience, const MountReady& mount) {
    no_module_.clear();
    const TimePoint started_at = BootClock::now();
    const auto ready = make_ready(row, patience);
    if (!ready.ok()) return ready.error();
    if (search_.is_silent(ready->source))
        return Error{0, concat({"left out, since ", ready->source, " does not answer"})};
    auto mounted = mount(*ready);
    const auto may_come = [&] { return !mounted.ok() && sys::may_come_later(*ready, mounted.error().code); };
    const Duration left = patience - (BootClock::now() - started_at);
    if (may_come() && left > Duration::zero()) {
        wait_for_uevents(left, [&] {
            mounted = mount(*ready);
            return !may_come();
        });
    }
    if (mounted.ok()) return mounted;
    return explain(mounted.error(), *ready);
}

}  // namespace nlinit::app
