// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/power_button.hpp"

#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::sys {
namespace {

constexpr std::size_t kEventsPerTurn = 64;  // of a device; the rest is for the loop's next turn
constexpr std::size_t kLongestBitmap = 4096;
constexpr unsigned kBitsOfWord = sizeof(unsigned long) * CHAR_BIT;

struct Meaning {
    std::uint16_t code;
    Press::Key key;
};
constexpr std::array<Meaning, 3> kMeanings{
    {{KEY_POWER, Press::Key::power}, {KEY_POWER2, Press::Key::power}, {KEY_RESTART, Press::Key::restart}}};

// Of the kernel's bitmaps in sysfs: hexadecimal words, the highest first, without leading words of zeros.
bool has_bit(std::string_view words, unsigned bit) {
    while (!words.empty() && words.back() == '\n') words.remove_suffix(1);
    for (; bit >= kBitsOfWord; bit -= kBitsOfWord) {
        const auto blank = words.rfind(' ');
        if (blank == std::string_view::npos) return false;
        words = words.substr(0, blank);
    }
    const std::string word(words.substr(words.rfind(' ') + 1));
    return (std::strtoul(word.c_str(), nullptr, 16) >> bit & 1) != 0;
}

// A device that has gone meanwhile is no power button.
bool is_power_button(const std::string& directory) {
    const auto keys = read_file(directory + "/device/capabilities/key", kLongestBitmap);
    if (!keys.ok() && keys.error().code != ENOENT && keys.error().code != ENODEV)
        log::warning("power", {"it is not known whether that is a power button: ", to_string(keys.error())});
    return keys.ok() &&
           std::ranges::any_of(kMeanings, [&](const Meaning& meaning) { return has_bit(*keys, meaning.code); });
}

std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    errno = 0;  // readdir(3) leaves it so at the end
    const Directory entries(open_kernel_directory(directory.c_str()));
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        names.emplace_back(entry->d_name);
        errno = 0;
    }
    if (const int code = errno; code != 0)
        log::warning("power", to_string(Error{code, "look for power buttons in " + directory}));
    return names;
}

// A keyboard has such a key too, and PID 1 is not to wake for all that is typed. Events of no other type count either.
void ask_for_these_keys_only(int fd) noexcept {
    std::array<std::uint8_t, KEY_CNT / CHAR_BIT> keys{};
    for (const auto& meaning : kMeanings)
        keys[meaning.code / CHAR_BIT] |= static_cast<std::uint8_t>(1U << meaning.code % CHAR_BIT);
    const std::array<std::uint8_t, KEY_CNT / CHAR_BIT> none{};
    for (const int type : {EV_KEY, EV_REL, EV_ABS, EV_MSC, EV_SW, EV_LED, EV_SND, EV_REP}) {
        const auto& codes = type == EV_KEY ? keys : none;
        const input_mask mask{static_cast<std::uint32_t>(type), static_cast<std::uint32_t>(codes.size()),
                              reinterpret_cast<std::uintptr_t>(codes.data())};
        static_cast<void>(::ioctl(fd, EVIOCSMASK, &mask));  // since Linux 4.4; without it they are read for nothing
    }
}

std::optional<Press::Key> meaning_of(const input_event& event) noexcept {
    constexpr std::int32_t kDown = 1;  // 0 is up, 2 a repeat
    if (event.type != EV_KEY || event.value != kDown) return std::nullopt;
    for (const auto& meaning : kMeanings)
        if (meaning.code == event.code) return meaning.key;
    return std::nullopt;
}

}  // namespace

PowerButtons::PowerButtons(EventLoop& loop, Callback on_press, std::string dev, std::string input_class)
    : loop_(loop), on_press_(std::move(on_press)), dev_(std::move(dev)), input_class_(std::move(input_class)) {}

PowerButtons::~PowerButtons() {
    if (new_files_.valid()) loop_.unwatch(new_files_.get());
    for (const auto& device : devices_) loop_.unwatch(device.fd.get());
}

// Watches first and looks second: otherwise a device could come in between unseen.
Result<> PowerButtons::watch() {
    if (!exists(input_class_)) return Error{ENODEV, "look for power buttons"};
    auto watched = watch_directories();
    look_for_devices();
    return watched;
}

Result<> PowerButtons::watch_directories() {
    UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!fd.valid() || ::inotify_add_watch(fd.get(), dev_.c_str(), IN_CREATE | IN_ONLYDIR) < 0)
        return Error{errno, concat({"watch ", dev_, " for power buttons that come later"})};
    if (auto watched = loop_.watch(fd.get(), [this] { on_new_files(); }); !watched.ok()) return watched;
    new_files_ = std::move(fd);
    return {};
}

// The events are not looked at: after any of them all devices are looked for. One read a turn, as files may never end.
void PowerButtons::on_new_files() {
    alignas(inotify_event) std::array<char, 4096> names;
    const auto size = ::read(new_files_.get(), names.data(), names.size());
    if (const int code = errno; size < 0 && code != EAGAIN && code != EINTR) {
        log::warning("power", to_string(Error{code, "hear of power buttons that come later"}));
        loop_.unwatch(new_files_.get());  // or the loop would have no rest
        new_files_.reset();
    }
    look_for_devices();
}

void PowerButtons::look_for_devices() {
    // The directory comes with the first device and goes with the last (devtmpfs): it is watched again and again.
    const std::string input = dev_ + "/input";
    if (new_files_.valid() &&
        ::inotify_add_watch(new_files_.get(), input.c_str(), IN_CREATE | IN_ONLYDIR | IN_DONT_FOLLOW) < 0 &&
        errno != ENOENT)
        log::debug("power", to_string(Error{errno, "watch " + input}));
    for (const int fd : ready(0)) let_go(fd);  // the name of one that is gone may be the new one's already
    for (const auto& name : names_in(input_class_)) {
        const bool is_known = std::ranges::any_of(devices_, [&](const Device& each) { return each.name == name; });
        if (name.starts_with("event") && !is_known && is_power_button(concat({input_class_, "/", name}))) open(name);
    }
}

// The descriptors with these events pending, or with an error.
std::vector<int> PowerButtons::ready(short wanted) const {
    std::vector<pollfd> polled;
    for (const auto& device : devices_) polled.push_back({device.fd.get(), wanted, 0});
    std::vector<int> found;
    if (polled.empty() || ::poll(polled.data(), polled.size(), 0) <= 0) return found;
    for (const auto& each : polled)
        if (each.revents != 0) found.push_back(each.fd);
    return found;
}

void PowerButtons::open(const std::string& name) {
    if (devices_.size() == kMostDevices) {
        log::debug("power", {"input device ", name, " is one power button too many"});
        return;
    }
    const std::string path = concat({dev_, "/input/", name});
    UniqueFd fd(open_kernel_file(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
    auto watched = fd.valid() ? loop_.watch(fd.get(), [this, number = fd.get()] { read(number); })
                              : Result<>(Error{errno, "open " + path});
    if (!watched.ok()) {
        log::warning("power", {"the power button ", name, " is not heard: ", to_string(watched.error())});
        return;
    }
    ask_for_these_keys_only(fd.get());
    devices_.push_back({name, std::move(fd)});
    log::debug("power", {"listens to the power button ", name});
}

// The callback may come back here, by read_all(), and let go of the device.
void PowerButtons::read(int fd) {
    std::array<input_event, kEventsPerTurn> events;
    const auto size = ::read(fd, events.data(), sizeof events);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    const auto device = std::ranges::find_if(devices_, [fd](const Device& each) { return each.fd.get() == fd; });
    if (device == devices_.end()) return;
    const std::string name = device->name;
    if (size <= 0) {
        log::debug("power", {"the power button ", name, " is gone"});
        let_go(fd);
        return;
    }
    const auto count = static_cast<std::size_t>(size) / sizeof(input_event);
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto key = meaning_of(events[i])) on_press_({*key, name});
    }
}

void PowerButtons::read_all() {
    for (const int fd : ready(POLLIN)) read(fd);
}

void PowerButtons::let_go(int fd) noexcept {
    loop_.unwatch(fd);
    std::erase_if(devices_, [fd](const Device& each) { return each.fd.get() == fd; });
}

}  // namespace nlinit::sys
