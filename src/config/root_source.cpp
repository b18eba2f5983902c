// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/root_source.hpp"

#include <algorithm>

#include "nlinit/base/number.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/machine/device_name.hpp"

namespace nlinit::config {
namespace {

constexpr std::uint32_t kMaxRootWait = 24 * 60 * 60;  // a day, as for every other time
constexpr std::string_view kOverlayInMemory = "tmpfs";
constexpr std::string_view kBlock = "block:";  // before a device's path: dracut's own form of root=

// A plain path in its normal form; another name is kept as it was written.
std::optional<std::string> kept(std::string_view text, const DeviceName& name) {
    return name.kind == DeviceName::Kind::path ? std::optional(name.text) : parse_plain_text(text);
}

}  // namespace

bool is_root_in_memory(std::string_view source, std::string_view type) noexcept {
    const bool free = type.empty() || type == "tmpfs" || type == "ramfs";
    return free && (source == "tmpfs" || source == "initramfs");
}

// A path is a device's; what has a '=' must be a tag that is known.
std::optional<std::string> parse_root_source(std::string_view text, std::string_view type, std::string_view& wanted) {
    if (text.starts_with(kBlock) && text.substr(kBlock.size()).starts_with("/dev/")) text.remove_prefix(kBlock.size());
    // The place of what was before there were initramfs: who has one and says so means it to stay the root.
    if (text == "/dev/ram0" || text == "/dev/ram") return std::string();
    wanted = is_word_for_other_root(text) && !is_without_device(type) ? kNoOtherRoot : wanted_in_place_of(text, type);
    if (!wanted.empty()) return std::nullopt;
    wanted = kWantedRootSource;
    if (is_without_device(type) || !type_of_share(text).empty()) return parse_plain_text(text);
    if (const auto name = parse_device_name(text, type)) return kept(text, *name);
    const bool named = text.starts_with('/') || std::ranges::find(text, '=') != text.end();
    return named ? std::nullopt : parse_plain_text(text);
}

// A tag alone must have its type: what is meant to be /dev/vdb would be waited for as a share "vdb".
std::optional<std::string> parse_overlay_source(std::string_view text, std::string_view type,
                                                std::string_view& wanted) {
    wanted = wanted_in_place_of(text, type);
    if (!wanted.empty()) return std::nullopt;
    wanted = kWantedOverlaySource;
    if (text == kOverlayInMemory || is_without_device(type) || !type_of_share(text).empty())
        return parse_plain_text(text);
    const auto name = parse_device_name(text);
    return name ? kept(text, *name) : std::nullopt;
}

std::string_view lay_root(std::string_view value, Root& root) {
    std::string_view wanted;
    auto source = parse_root_source(value, root.type, wanted);
    if (!source) return wanted;
    root.device = *std::move(source);
    return {};
}

std::string_view lay_root_type(std::string_view value, Root& root) {
    root.type = value == "auto" ? std::string_view() : value;
    return {};
}

std::string_view lay_root_flags(std::string_view value, Root& root) {
    root.options = value;
    return {};
}

// The kernel would wait for ever without a number; a limit is kept here.
std::string_view lay_root_wait(std::string_view value, Root& root) {
    const auto seconds = parse_number<std::uint32_t>(value);
    if (!seconds || *seconds > kMaxRootWait) return "seconds, up to a day";
    root.timeout = std::chrono::seconds(*seconds);
    return {};
}

// What is after the last colon is a type, but where the whole is one name: "254:1", "virtiofs:users".
std::string_view lay_root_overlay(std::string_view value, Root& root) {
    const auto colon = value.rfind(':');
    const bool whole = colon == std::string_view::npos || value.find(':') == colon;
    std::string_view wanted;
    const bool one_name =
        whole && (!type_of_share(value).empty() || (parse_device_name(value) && !value.starts_with('/') &&
                                                    parse_device_name(value)->kind == DeviceName::Kind::number));
    const auto type = one_name || colon == std::string_view::npos ? std::string_view() : value.substr(colon + 1);
    auto source = parse_overlay_source(one_name ? value : value.substr(0, colon), type, wanted);
    if (!source) return wanted == kWantedOverlaySource ? "tmpfs, or DEVICE[:TYPE]" : wanted;
    if (*source == kOverlayInMemory && !type.empty() && type != kOverlayInMemory) return "tmpfs, or DEVICE[:TYPE]";
    root.overlay = *std::move(source);
    root.overlay_type = type == "auto" ? std::string_view() : type;
    root.overlay_options.clear();  // which were those of another overlay
    return {};
}

}  // namespace nlinit::config
