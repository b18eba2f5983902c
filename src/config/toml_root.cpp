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
        fault = "either 'magic' or 'extension' is needed";
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

}  // namespace

// The type first, for it says how the source is to be read.
void read_root_section(TableReader& table, Root& root) {
    table.read("type", root.type, parse_type, kWantedText);
    read_source(table, "device", root.device,
                [&](auto text, auto& wanted) { return parse_root_source(text, root.type, wanted); });
    table.read("options", root.options, parse_plain_text, kWantedText);
    table.read("read_only", root.read_only);
    root.grow |= asks_to_grow(root.options);
    table.read("grow", root.grow);
    for (const auto& options : {root.options, root.overlay_options}) {
        if (const auto fault = fault_of_options(options); !fault.empty()) table.complain(table.at(), fault);
    }
    const bool is_said_read_only = root.read_only && table.find("read_only") != nullptr;
    if (root.grow && is_said_read_only)
        table.complain(table.at(), "'grow' needs a root that can be written to, and 'read_only' is true");
    if (is_said_read_only && has_field(root.options, ',', "rw"))
        table.complain(table.at(), "'read_only' is true, and the 'options' say rw: it is mounted read-only");
    table.read("timeout", root.timeout, parse_duration, kWantedDuration);
    read_source(table, "overlay", root.overlay, parse_overlay_source);
    table.read("overlay_type", root.overlay_type, parse_type, kWantedText);
    table.read("overlay_options", root.overlay_options, parse_plain_text, kWantedText);
    if (root.overlay.empty() && !(root.overlay_type.empty() && root.overlay_options.empty()))
        table.complain(table.at(), "'overlay_type' and 'overlay_options' need an 'overlay'");
    if (root.overlay == "tmpfs" && !root.overlay_type.empty() && root.overlay_type != "tmpfs")
        table.complain(table.at(), "'overlay_type' is of a device, and 'overlay' is \"tmpfs\"");
}

void read_binfmts(TableReader& root, std::vector<Binfmt>& binfmts) {
    std::set<std::string> seen;
    root.rows("binfmt", [&](TableReader& row) { read_binfmt(row, binfmts, seen); });
}

}  // namespace nlinit::config
