#include "nlinit/config/root_source.hpp"

#include <algorithm>
#include <array>

#include "nlinit/config/path.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace nlinit::config {
namespace {

constexpr std::array<std::string_view, 4> kTags{"PARTUUID=", "PARTLABEL=", "UUID=", "LABEL="};
constexpr std::string_view kDevices = "/dev/";
constexpr std::uint32_t kMaxRootWait = 24 * 60 * 60;  // a day, as for every other time

}  // namespace

bool is_device_tag(std::string_view source) noexcept {
    return std::ranges::any_of(kTags, [&](auto tag) { return source.starts_with(tag) && source.size() > tag.size(); });
}

bool is_device(std::string_view source) noexcept {
    return is_device_tag(source) || (source.starts_with(kDevices) && source.size() > kDevices.size());
}

// A path is a device's; what has a '=' must be a tag that is known.
std::optional<std::string> parse_root_source(std::string_view text) {
    const bool named = text.starts_with('/') || std::ranges::find(text, '=') != text.end();
    if (named && !is_device(text)) return std::nullopt;
    if (text.starts_with('/')) return absolute_path(text);
    return parse_plain_text(text);
}

std::optional<std::string> parse_overlay_source(std::string_view text) {
    return text == "tmpfs" || is_device(text) ? parse_root_source(text) : std::nullopt;
}

std::string_view lay_root(std::string_view value, Root& root) {
    if (value.empty()) return {};  // an empty root= is none, to the kernel as well
    auto source = parse_root_source(value);
    if (!source) return kWantedRootSource;
    root.device = *std::move(source);
    return {};
}

std::string_view lay_root_type(std::string_view value, Root& root) {
    root.type = value;
    return {};
}

std::string_view lay_root_flags(std::string_view value, Root& root) {
    root.options = value;
    return {};
}

// The kernel would wait for ever without a number; a limit is kept here.
std::string_view lay_root_wait(std::string_view value, Root& root) {
    if (value.empty()) return {};
    const auto seconds = parse_number<std::uint32_t>(value);
    if (!seconds || *seconds > kMaxRootWait) return "seconds, up to a day";
    root.timeout = std::chrono::seconds(*seconds);
    return {};
}

std::string_view lay_root_overlay(std::string_view value, Root& root) {
    const auto colon = value.rfind(':');
    auto source = parse_overlay_source(value.substr(0, colon));
    if (!source) return "tmpfs, or DEVICE[:TYPE]";
    root.overlay = *std::move(source);
    root.overlay_type = colon == std::string_view::npos ? "" : value.substr(colon + 1);
    return {};
}

}  // namespace nlinit::config
