// [[mount]], [[file]], [[directory]] and [[symlink]]
#include <algorithm>
#include <set>

#include "nlinit/config/complaint.hpp"
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

// mount(2) looks at no type when it binds, moves or remounts.
bool needs_type(std::string_view options) {
    while (!options.empty()) {
        const auto word = options.substr(0, options.find(','));
        if (word == "bind" || word == "rbind" || word == "move" || word == "remount") return false;
        options.remove_prefix(std::min(word.size() + 1, options.size()));
    }
    return true;
}

void read_importance(TableReader& row, Importance& importance) {
    bool optional = false;
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
    bool has_type = row.read("type", mount.type, parse_plain_text, kWanted);
    if (needs_type(mount.options)) has_type = row.require(has_type, "type");
    const bool complete = has_target && (has_type || !needs_type(mount.options));
    mount.source = mount.type;  // what "mount -t tmpfs tmpfs" does by habit
    row.read("source", mount.source, parse_plain_text, kWanted);
    read_importance(row, mount.importance);
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
