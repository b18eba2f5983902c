// SPDX-License-Identifier: Apache-2.0
// [[mount]], [[swap]], [[file]], [[directory]] and [[symlink]]
#include <algorithm>
#include <array>
#include <set>

#include "nlinit/base/complaint.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/root_source.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/machine/device_name.hpp"
#include "nlinit/machine/mount_options.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

using Places = std::set<std::string>;

// The first row of a place counts.
bool is_first(TableReader& row, std::string_view key, const std::string& place, Places& seen) {
    if (seen.insert(place).second) {
        row.name_row(place);
        return true;
    }
    row.complain(row.at(), {"second row with ", key, " = ", in_quotes(place)});
    return false;
}

bool read_place(TableReader& row, std::string_view key, std::string& place) {
    return row.require(row.read(key, place, absolute_path, kWantedPath), key);
}

// False when the row cannot be mounted as it is named, and then that is said.
bool is_mountable(TableReader& row, const MountWords& mount) {
    auto wanted = wanted_in_place_of(mount.source, mount.type);
    const bool is_tag = mount.source.find('=') < mount.source.find_first_of("/:");  // as in [root]
    if (wanted.empty() && is_tag && !is_without_device(mount.type) && !parse_device_name(mount.source, mount.type))
        wanted = kWantedRootSource;
    const auto* value = wanted.empty() ? nullptr : row.find("source");
    return value == nullptr || row.refuse("source", *value, wanted);
}

// A filesystem from its source, unlike a bind mount and its like: a type, or a source that tells it.
bool has_filesystem(TableReader& row, const MountWords& mount, bool has_type, bool has_source) {
    if (!tells_type(mount.source)) has_type = row.require(has_type, "type");
    if (has_type && mount.type.empty()) row.require(has_source, "source");
    return (tells_type(mount.source) || (has_type && !mount.source.empty())) && is_mountable(row, mount);
}

// fstab(5)'s "nofail" is an option that says so.
void read_importance(TableReader& row, std::string_view options, Importance& importance) {
    bool required = false;
    row.read("required", required);
    bool optional = has_field(options, ',', "nofail") && !required;
    row.read("optional", optional);
    if (optional && required) {
        row.complain(row.at(), "'optional' and 'required' exclude one another");
    } else if (optional || required) {
        importance = optional ? Importance::optional : Importance::required;
    }
}

// As fstab(5) has it, with "none" for a target.
void refuse_swap(TableReader& row) {
    for (const auto* key : {"target", "source", "options", "optional", "required", "copy_up", "grow"})
        static_cast<void>(row.find(key));
    row.complain(row.at(), "swap is not mounted, but used: by [[swap]]");
}

void read_mount(TableReader& row, Config& config, Places& seen) {
    constexpr std::string_view kWanted = "a text without control characters, and not an empty one";
    MountWords mount;
    const bool has_type = row.read("type", mount.type, parse_type, kWanted);
    if (mount.type == "swap") return refuse_swap(row);
    const bool has_target = read_place(row, "target", mount.target);
    row.read("options", mount.options, parse_plain_text, kWanted);
    if (mount.type != "none") mount.source = mount.type;  // what "mount -t tmpfs tmpfs" does by habit
    const bool has_source = row.read("source", mount.source, parse_plain_text, kWanted);
    const bool propagates = is_only_propagation(mount);
    const bool mounts = !propagates && !reuses_mount(mount_row(mount));
    if (const auto fault = propagates ? fault_beside_propagation(mount.options) : ""; !fault.empty())
        row.complain(row.at(), fault);
    if (mount.type == "none" && !mounts) mount.type.clear();  // as fstab(5) has it
    std::string_view missing;
    if (mount.type == "none") missing = "type \"none\" is for 'bind', 'move', 'remount' and propagation";
    if (!has_source && takes_from_elsewhere(mount_row(mount))) missing = "'bind' and 'move' need a 'source'";
    if (!missing.empty()) row.complain(row.at(), std::string(missing));
    const bool complete =
        missing.empty() && has_target && (!mounts || has_filesystem(row, mount, has_type, has_source));
    read_importance(row, mount.options, mount.importance);
    if (has_field(mount.options, ',', "noauto"))
        row.complain(row.at(), "'noauto' among the options is not heeded: leave the row out");
    if (const auto fault = fault_of_options(mount.options); !fault.empty()) row.complain(row.at(), fault);
    row.read("copy_up", mount.copy_up);
    mount.grow = asks_to_grow(mount.options);
    row.read("grow", mount.grow);
    if (mount.grow && is_read_only(mount_row(mount)))
        row.complain(row.at(), "'grow' needs a filesystem that can be written to, and the 'options' say ro");
    if (complete && is_first(row, "target", mount.target, seen)) put(config.mounts, std::move(mount));
}

std::optional<std::string> parse_swap_device(std::string_view text) {
    const auto name = parse_device_name(text);
    if (!name || !wanted_in_place_of(text, {}).empty()) return std::nullopt;
    return name->kind == DeviceName::Kind::path ? std::optional(name->text) : parse_plain_text(text);
}

std::optional<std::string> parse_algorithm(std::string_view text) {
    return text.find(' ') == std::string_view::npos ? parse_module(text) : std::nullopt;
}

std::optional<std::string> parse_zram_size(std::string_view text) {
    return zram_size(text, 0) ? std::optional(std::string(text)) : std::nullopt;
}

void read_swap(TableReader& row, Config& config, Places& seen) {
    constexpr std::uint16_t kHighest = 32767;
    SwapRow swap;
    const bool has_device = row.read("device", swap.device, parse_swap_device, kWantedSwapDevice);
    const bool has_size =
        row.read("zram", swap.size, parse_zram_size, "a size, \"512M\", or a part of the memory, \"50%\"");
    row.read("algorithm", swap.algorithm, parse_algorithm, "the name of an algorithm, such as \"zstd\"");
    if (std::uint16_t priority = 0; row.read("priority", priority, std::uint16_t{0}, kHighest))
        swap.priority = priority;
    read_importance(row, {}, swap.importance);
    if ((row.find("device") == nullptr) == (row.find("zram") == nullptr))
        return row.complain(row.at(), row.find("zram") == nullptr ? "either 'device' or 'zram' is needed"
                                                                  : "'device' and 'zram' exclude one another");
    if (has_device && !swap.algorithm.empty()) row.complain(row.at(), "'algorithm' is for 'zram'");
    if ((has_device || has_size) && is_first(row, has_device ? "device" : "zram", name_of(swap), seen))
        config.swaps.push_back(std::move(swap));
}

// A place has one thing in it: a row takes it from what the profile had there, of whatever kind.
template <class Row>
void place(Row row, Config& config) {
    const std::string path = row.path;
    if constexpr (!std::is_same_v<Row, File>) drop(config.files, path);
    if constexpr (!std::is_same_v<Row, Directory>) drop(config.directories, path);
    if constexpr (!std::is_same_v<Row, Symlink>) drop(config.symlinks, path);
    if constexpr (std::is_same_v<Row, File>) put(config.files, std::move(row));
    if constexpr (std::is_same_v<Row, Directory>) put(config.directories, std::move(row));
    if constexpr (std::is_same_v<Row, Symlink>) put(config.symlinks, std::move(row));
}

template <class Row>
void finish_row(TableReader& reader, Row row, bool complete, Config& config, Places& seen) {
    if (complete && is_first(reader, "path", row.path, seen)) place(std::move(row), config);
}

constexpr std::string_view kWantedMode = "an octal number in quotes, such as \"0644\"";

void read_file(TableReader& row, Config& config, Places& seen) {
    File file;
    const bool has_path = read_place(row, "path", file.path);
    const bool has_content = row.require(row.read("content", file.content), "content");
    row.read("mode", file.mode, parse_mode, kWantedMode);
    row.read("keep_existing", file.keep_existing);
    finish_row(row, std::move(file), has_path && has_content, config, seen);
}

void read_directory(TableReader& row, Config& config, Places& seen) {
    Directory directory;
    const bool has_path = read_place(row, "path", directory.path);
    if (row.read("mode", directory.mode, parse_mode, kWantedMode)) directory.old_mode = OldMode::replaced;
    finish_row(row, std::move(directory), has_path, config, seen);
}

void read_symlink(TableReader& row, Config& config, Places& seen) {
    Symlink symlink;
    const bool has_path = read_place(row, "path", symlink.path);
    const bool has_target =
        row.require(row.read("target", symlink.target, parse_plain_text, "the path that the link holds"), "target");
    row.read("if_exists", symlink.if_exists);
    row.read("keep_existing", symlink.keep_existing);
    finish_row(row, std::move(symlink), has_path && has_target, config, seen);
}

}  // namespace

void read_rows(TableReader& root, Config& config) {
    Places targets;
    Places swaps;
    Places paths;
    root.rows("mount", [&](TableReader& row) { read_mount(row, config, targets); });
    root.rows("swap", [&](TableReader& row) { read_swap(row, config, swaps); });
    root.rows("file", [&](TableReader& row) { read_file(row, config, paths); });
    root.rows("directory", [&](TableReader& row) { read_directory(row, config, paths); });
    root.rows("symlink", [&](TableReader& row) { read_symlink(row, config, paths); });
}

}  // namespace nlinit::config
