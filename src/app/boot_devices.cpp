// How a boot finds what it mounts: one way for the root, for what its overlay is written to, and for every row of
// [[mount]]. Nothing here waits without a limit: a disk may be dead, and a share silent.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "nlinit/app/boot.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/boot/mount_types.hpp"
#include "nlinit/config/complaint.hpp"
#include "nlinit/config/device_name.hpp"
#include "nlinit/sys/background_look.hpp"
#include "nlinit/sys/background_mount.hpp"
#include "nlinit/sys/event_scope.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/module.hpp"
#include "nlinit/sys/mount.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kServerTimeout = 5s;   // a daemon on the host, or a server: it answers at once, or not at all
constexpr Duration kDeviceTimeout = 60s;  // the journal of a large disk takes its time
constexpr Duration kLookTimeout = 3s;     // for the first bytes of a disk
constexpr std::size_t kLargestList = 1 << 16;

// Asked before a thread is started that would only be told ENODEV (fsopen(2), Linux 5.2).
bool kernel_lacks(const std::string& type) noexcept {
    const long context = ::syscall(SYS_fsopen, type.c_str(), 0);
    if (context >= 0) ::close(static_cast<int>(context));
    return context < 0 && errno == ENODEV;
}

// What the kernel would have modprobe(8) load beside a filesystem's own module, were there a modprobe.
struct Companion {
    std::string_view type;
    const char* module;
};
constexpr std::array<Companion, 3> kCompanions{
    {{"9p", "9pnet_virtio"}, {"vfat", "nls_cp437"}, {"vfat", "nls_iso8859-1"}}};

std::string known_filesystems() {
    auto text = sys::read_file("/proc/filesystems", kLargestList);
    return text.ok() ? *std::move(text) : std::string();
}

}  // namespace

// Under the alias by which the kernel asks for it, then under its own name.
bool Boot::has_filesystem(const std::string& type) {
    if (type.empty() || !kernel_lacks(type)) return true;
    auto& loader = filesystem_modules_ ? *filesystem_modules_ : filesystem_modules_.emplace();
    auto loaded = loader.load("fs-" + type);
    loop_.poll();  // an ACK does not wait for the second look through the indexes
    if (!loaded.ok()) loaded = loader.load(type);
    if (!loaded.ok()) no_module_ = nlinit::to_string(loaded.error());
    for (const auto& companion : kCompanions) {
        if (loaded.ok() && companion.type == type) static_cast<void>(loader.load(companion.module));
    }
    if (plan_done_) filesystem_modules_.reset();
    loop_.poll();
    return loaded.ok();
}

// While another thread waits, this one goes on with the network, the signals and their deadlines.
int Boot::call_mount(const boot::MountRow& row, unsigned long flags) {
    const bool typeless = (flags & (MS_BIND | MS_MOVE | MS_REMOUNT)) != 0;
    if (!typeless && !has_filesystem(row.type)) return ENODEV;
    if (!sys::may_wait(row)) return sys::call_mount(row, flags);
    const auto mounting = sys::start_mount(row, flags);
    if (!mounting.ok()) return sys::call_mount(row, flags);  // no thread: then it is waited for
    const sys::ScopedWatch watch(loop_, mounting->fd(), [] {});
    const bool on_device = row.source.starts_with("/dev/");
    if (!watch.watched().ok() ||
        !wait_until(on_device ? kDeviceTimeout : kServerTimeout, [&] { return mounting->done(); })) {
        unanswered_.push_back(row.target);
        return ETIMEDOUT;
    }
    const int code = sys::mount_result(*mounting);
    if (!on_device || (flags & MS_RDONLY) != 0 || (code != EACCES && code != EROFS)) return code;
    // As mount(8) and the kernel itself do with what can only be read.
    const int again = call_mount(row, flags | MS_RDONLY);
    if (again == 0) log::warning("mount", row.source + " is read-only, and so is what it is mounted on");
    return again == 0 ? 0 : code;
}

std::string Boot::read_device(const std::string& path, off_t offset, std::size_t size) {
    if (std::ranges::find(silent_devices_, path) != silent_devices_.end()) return {};
    const auto reading = sys::BackgroundRead::start(path, offset, size);
    if (!reading.ok()) return sys::read_device(path, offset, size);  // no thread: then it is waited for
    const sys::ScopedWatch watch(loop_, reading->fd(), [] {});
    if (watch.watched().ok() && wait_until(kLookTimeout, [&] { return reading->done(); })) return reading->bytes();
    if (!ending()) log::warning("mount", path + " does not answer, and is not looked at again");
    silent_devices_.push_back(path);
    return {};
}

sys::BlockDevices Boot::block_devices() {
    return sys::BlockDevices(
        [this](const std::string& path, off_t offset, std::size_t size) { return read_device(path, offset, size); });
}

Result<boot::MountRow> Boot::make_ready(const boot::MountRow& row, Duration patience) {
    boot::MountRow ready = row;
    sys::Filesystem seen;
    if (boot::is_on_device(row)) {
        const auto devices = block_devices();
        const auto name = config::parse_device_name(row.source, row.type);
        auto found = devices.find(*name);
        if (!found && patience > Duration::zero()) {
            wait_for_uevents(patience, [&] {
                found = devices.find(*name);
                return found.has_value();
            });
        }
        if (!found) {
            const bool mapped = name->kind == config::DeviceName::Kind::mapper;
            const auto when =
                patience > Duration::zero() ? " did not appear within " + in_words(patience) : " is not there";
            return Error{ENODEV, printable(row.source) + when + "; " + devices.describe() +
                                     (mapped ? ": only dm-mod.create= makes devices of device-mapper here"
                                             : ": is its driver loaded?")};
        }
        ready.source = *std::move(found);
        if (boot::leaves_type_open(row)) seen = devices.look_at(ready.source);
    }
    const auto known = boot::leaves_type_open(row) ? known_filesystems() : std::string();
    ready.type = boot::types_to_try(row, seen.type, known);
    return ready;
}

Result<> Boot::mount_when_there(const boot::MountRow& row, Duration patience, const MountReady& mount) {
    no_module_.clear();
    const TimePoint deadline = BootClock::now() + patience;
    const auto ready = make_ready(row, patience);
    if (!ready.ok()) return ready.error();
    auto mounted = mount(*ready);
    const auto may_come = [&] { return !mounted.ok() && sys::may_come_later(*ready, mounted.error().code); };
    if (may_come() && deadline > BootClock::now()) {
        wait_for_uevents(deadline - BootClock::now(), [&] {
            mounted = mount(*ready);
            return !may_come();
        });
    }
    if (mounted.ok()) return mounted;
    Error error = mounted.error();
    if (error.code == ENODEV && !no_module_.empty()) error.what += ", and " + no_module_;
    if (error.code == EINVAL && boot::is_on_device(row)) {
        const auto holds = block_devices().look_at(ready->source).type;
        const bool tried = (',' + ready->type + ',').find(',' + std::string(holds) + ',') != std::string::npos;
        if (holds.empty()) error.what += "; no filesystem is known on " + ready->source;
        if (!holds.empty() && !tried) error.what += "; " + ready->source + " holds " + std::string(holds);
    }
    return error;
}

}  // namespace nlinit::app
