// [[mount]], [[file]], [[directory]] and [[symlink]]
#include <algorithm>
#include <array>
#include <set>

#include "nlinit/config/complaint.hpp"
#include "nlinit/config/device_name.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/path.hpp"
#include "nlinit/config/value_syntax.hpp"
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
    row.complain(row.at(), "second row with " + std::string(key) + " = " + in_quotes(place));
    return false;
}

bool read_place(TableReader& row, std::string_view key, std::string& place) {
    return row.require(row.read(key, place, absolute_path, kWantedPath), key);
}

// mount(2) looks at no type when it binds, moves or remounts, or changes how mounts are passed on.
constexpr std::array<std::string_view, 12> kTypeless{"bind",    "rbind",    "move",       "remount",
                                                     "shared",  "rshared",  "slave",      "rslave",
                                                     "private", "rprivate", "unbindable", "runbindable"};

bool needs_type(std::string_view options) {
    while (!options.empty()) {
        const auto word = options.substr(0, options.find(','));
        if (std::ranges::find(kTypeless, word) != kTypeless.end()) return false;
        options.remove_prefix(std::min(word.size() + 1, options.size()));
    }
    return true;
}

// False when the row cannot be mounted as it is named, and then that is said.
bool is_mountable(TableReader& row, const Mount& mount) {
    const auto wanted = needs_type(mount.options) ? wanted_in_place_of(mount.source, mount.type) : std::string_view();
    const auto* value = wanted.empty() ? nullptr : row.find("source");
    return value == nullptr || row.refuse("source", *value, wanted);
}

bool has_option(std::string_view options, std::string_view wanted) {
    const std::string list = ',' + std::string(options) + ',';
    return list.find(',' + std::string(wanted) + ',') != std::string::npos;
}

// fstab(5)'s "nofail" is an option that says so.
void read_importance(TableReader& row, std::string_view options, Importance& importance) {
    bool optional = has_option(options, "nofail") && row.find("required") == nullptr;
    bool required = false;
    row.read("optional", optional);
    row.read("required", required);
    if (optional && required) {
        row.complain(row.at(), "'optional' and 'required' exclude one another");
    } else if (optional || required) {
        importance = optional ? Importance::optional : Importance::required;
    }
}

void read_mount(TableReader& row, Config& config, Places& seen) {
    constexpr std::string_view kWanted = "a text without control characters, and not an empty one";
    Mount mount;
    const bool has_target = read_place(row, "target", mount.target);
    row.read("options", mount.options, parse_plain_text, kWanted);
    bool has_type = row.read("type", mount.type, parse_type, kWanted);
    if (mount.type == "none" && !needs_type(mount.options)) mount.type.clear();  // as fstab(5) has it
    mount.source = mount.type;  // what "mount -t tmpfs tmpfs" does by habit
    const bool has_source = row.read("source", mount.source, parse_plain_text, kWanted);
    if (needs_type(mount.options) && !tells_type(mount.source)) has_type = row.require(has_type, "type");
    if (has_type && mount.type.empty() && needs_type(mount.options)) row.require(has_source, "source");
    const bool has_kind = !needs_type(mount.options) || tells_type(mount.source) || (has_type && !mount.source.empty());
    const bool complete = has_target && has_kind && is_mountable(row, mount);
    read_importance(row, mount.options, mount.importance);
    if (has_option(mount.options, "noauto"))
        row.complain(row.at(), "'noauto' among the options is not heeded: leave the row out");
    row.read("copy_up", mount.copy_up);
    if (complete && is_first(row, "target", mount.target, seen)) put(config.mounts, std::move(mount));
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
    finish_row(row, std::move(file), has_path && has_content, config, seen);
}

void read_directory(TableReader& row, Config& config, Places& seen) {
    Directory directory;
    const bool has_path = read_place(row, "path", directory.path);
    row.read("mode", directory.mode, parse_mode, kWantedMode);
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
    Places paths;
    root.rows("mount", [&](TableReader& row) { read_mount(row, config, targets); });
    root.rows("file", [&](TableReader& row) { read_file(row, config, paths); });
    root.rows("directory", [&](TableReader& row) { read_directory(row, config, paths); });
    root.rows("symlink", [&](TableReader& row) { read_symlink(row, config, paths); });
}

}  // namespace nlinit::config
