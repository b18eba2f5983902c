// SPDX-License-Identifier: Apache-2.0
// [root] and [[binfmt]]
#include <algorithm>
#include <set>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/root_source.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/machine/device_name.hpp"
#include "nlinit/machine/mount_options.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

constexpr std::string_view kWantedText = "a text without control characters, and not an empty one";

// binfmt_misc.rst: the kernel compares the first 256 bytes of a file, and takes paths of up to 127.
constexpr std::size_t kComparedBytes = 256;
constexpr std::size_t kMaxInterpreter = 127;
constexpr std::string_view kBinfmtFlags = "POCF";

bool is_entry_name(std::string_view text) {
    return text != "." && text != ".." && text != "register" && text != "status" && text.size() <= 255 &&
           text.find_first_of("/:") == std::string_view::npos;
}

std::optional<std::string> parse_entry_name(std::string_view text) {
    return is_entry_name(text) ? parse_plain_text(text) : std::nullopt;
}

std::optional<std::string> parse_interpreter(std::string_view text) {
    auto path = absolute_path(text);
    if (path && (path->size() > kMaxInterpreter || path->find(':') != std::string::npos)) path.reset();
    return path;
}

std::optional<std::string> parse_flags(std::string_view text) {
    if (text.find_first_not_of(kBinfmtFlags) != std::string_view::npos) return std::nullopt;
    return std::string(text);
}

// How many bytes the kernel makes of a magic or mask; 0 when it is none. Every other byte is to be printable, and no
// colon, which separates the fields.
std::size_t size_of_pattern(std::string_view text) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++size) {
        if (text[i] == '\\') {
            if (!text.substr(i + 1).starts_with('x') || !parse_hex_byte(text.substr(i + 2, 2))) return 0;
            i += 4;
        } else if (text[i] > ' ' && text[i] != 0x7f && text[i] != ':') {
            ++i;
        } else {
            return 0;
        }
    }
    return size <= kComparedBytes ? size : 0;
}

std::optional<std::string> parse_pattern(std::string_view text) {
    return size_of_pattern(text) > 0 ? std::optional<std::string>(text) : std::nullopt;
}

std::optional<std::string> parse_extension(std::string_view text) {
    return text.find_first_of("/:.") == std::string_view::npos ? parse_plain_text(text) : std::nullopt;
}

// How a program is told by its first bytes or by its name; nothing when the row cannot be used, and then that is said.
std::optional<std::string> read_pattern(TableReader& row) {
    constexpr std::string_view kWantedPattern = "bytes as text, others as '\\xNN' in single quotes, up to 256 of them";
    std::string magic, mask, extension;
    std::uint8_t offset = 0;
    bool wrong = false;  // every key is read, so that each mistake is told at once
    const auto note = [&](std::string_view key, bool was_read) { wrong |= !was_read && row.find(key) != nullptr; };
    note("magic", row.read("magic", magic, parse_pattern, kWantedPattern));
    note("mask", row.read("mask", mask, parse_pattern, kWantedPattern));
    note("offset", row.read("offset", offset));
    note("extension", row.read("extension", extension, parse_extension, "letters without '.', '/' and ':'"));
    if (wrong) return std::nullopt;
    const auto size = size_of_pattern(magic);
    std::string_view fault;
    if (magic.empty() == extension.empty()) {
        fault =
            magic.empty() ? "either 'magic' or 'extension' is needed" : "'magic' and 'extension' exclude one another";
    } else if (!mask.empty() && size_of_pattern(mask) != size) {
        fault = "'mask' must have as many bytes as 'magic'";
    } else if (offset + size > kComparedBytes) {
        fault = "'magic' must end within the first 256 bytes of a file";
    }
    if (fault.empty())
        return concat(
            {(magic.empty() ? ":E::" + extension : concat({":M:", std::to_string(offset), ":", magic})), ":", mask});
    row.complain(row.at(), std::string(fault));
    return std::nullopt;
}

void read_binfmt(TableReader& row, std::vector<Binfmt>& binfmts, std::set<std::string>& seen) {
    Binfmt binfmt;
    std::string flags;
    const bool named = row.require(row.read("name", binfmt.name, parse_entry_name,
                                            "a name without '/' and ':', and not \"register\" or \"status\""),
                                   "name");
    const bool run = row.require(row.read("interpreter", binfmt.interpreter, parse_interpreter,
                                          "an absolute path of up to 127 bytes, without ':'"),
                                 "interpreter");
    const auto pattern = read_pattern(row);
    row.read("flags", flags, parse_flags, "some of the letters P, O, C and F");
    if (!named || !run || !pattern) return;
    row.name_row(binfmt.name);
    binfmt.registration = concat({":", binfmt.name, *pattern, ":", binfmt.interpreter, ":", flags});
    if (seen.insert(binfmt.name).second) {
        put(binfmts, std::move(binfmt));
    } else {
        row.complain(row.at(), "second row with name = " + in_quotes(binfmt.name));
    }
}

template <class Parse>
void read_source(TableReader& table, std::string_view key, std::string& source, const Parse& parse) {
    const auto* value = table.find(key);
    if (value == nullptr) return;
    const auto* text = std::get_if<std::string>(&value->content);
    std::string_view wanted = "a text";
    auto parsed = text != nullptr ? parse(std::string_view(*text), wanted) : std::nullopt;
    if (parsed) {
        source = *std::move(parsed);
    } else {
        table.refuse(key, *value, wanted);
    }
}

// Read-only unless something says otherwise: the key, or a word among the options.
void read_access(TableReader& table, Root& root) {
    const bool is_written = table.read("read_only", root.read_only);
    const auto* options = table.find("options");
    const auto said = options != nullptr ? says_read_only(root.options) : std::nullopt;
    if (!said || *said == root.read_only) return;
    if (!is_written) {
        root.read_only = *said;
        table.came_from("read_only", options->at);
        return;
    }
    table.complain(table.at(), {"'read_only' is ", root.read_only ? "true" : "false", ", and the 'options' say ",
                                *said ? "ro" : "rw", ": it is mounted read-only"});
    root.read_only = true;
}

}  // namespace

// The type first, for it says how the source is to be read.
void read_root_section(TableReader& table, Root& root) {
    table.read("type", root.type, parse_type, kWantedText);
    read_source(table, "device", root.device,
                [&](auto text, auto& wanted) { return parse_root_source(text, root.type, wanted); });
    table.read("options", root.options, parse_plain_text, kWantedText);
    read_access(table, root);
    table.read("timeout", root.timeout, parse_duration, kWantedDuration);
    table.read("overlay_type", root.overlay_type, parse_type, kWantedText);
    read_source(table, "overlay", root.overlay,
                [&](auto text, auto& wanted) { return parse_overlay_source(text, root.overlay_type, wanted); });
    table.read("overlay_options", root.overlay_options, parse_plain_text, kWantedText);
    for (const auto key : {"options", "overlay_options"}) {
        const auto& options = key == std::string_view("options") ? root.options : root.overlay_options;
        if (const auto fault = fault_of_options(options); !fault.empty()) table.complain(table.at(), fault);
        if (!asks_to_grow(options)) continue;
        root.grow = true;
        if (const auto* value = table.find(key)) table.came_from("grow", value->at);
    }
    table.read("grow", root.grow);
    const bool is_overlay_of_device = !root.overlay.empty() && root.overlay != "tmpfs";  // which is what grows
    if (root.grow && !is_overlay_of_device && root.read_only && table.find("read_only") != nullptr)
        table.complain(table.at(), "'grow' needs a root that can be written to, and 'read_only' is true");
    if (root.overlay.empty() && table.find("overlay") == nullptr &&
        !(root.overlay_type.empty() && root.overlay_options.empty()))
        table.complain(table.at(), "'overlay_type' and 'overlay_options' need an 'overlay'");
    if (root.overlay == "tmpfs" && !root.overlay_type.empty() && root.overlay_type != "tmpfs")
        table.complain(table.at(), "'overlay_type' is of a device, and 'overlay' is \"tmpfs\"");
}

void read_binfmts(TableReader& root, std::vector<Binfmt>& binfmts) {
    std::set<std::string> seen;
    root.rows("binfmt", [&](TableReader& row) { read_binfmt(row, binfmts, seen); });
}

}  // namespace nlinit::config
