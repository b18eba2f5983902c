// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/boot_table.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "nlinit/base/append.hpp"

namespace nlinit::record {
namespace {

constexpr std::size_t kBarWidth = 40;
constexpr std::size_t kNumberWidth = 9;
constexpr char kProgram = '#';  // the mark of the payload

struct Row {
    std::int64_t start = 0;
    Moment end;  // none: a moment
    char mark = '=';
    std::string text;
    std::string_view error;
};

void add_right_aligned(std::string& out, std::string_view text, std::size_t width) {
    if (text.size() < width) out.append(width - text.size(), ' ');
    out += text;
}

std::int64_t column(std::int64_t at, std::int64_t shown) {
    return std::clamp<std::int64_t>(at * std::int64_t{kBarWidth} / shown, 0, kBarWidth - 1);
}

void add_bar(std::string& out, const Row& row, std::int64_t shown) {
    const auto at = out.size() + 3;
    append(out, {"  |", std::string(kBarWidth, ' '), "| "});
    if (row.start > shown) return;
    for (auto i = column(row.start, shown); i <= column(row.end.value_or(row.start), shown); ++i)
        out[at + static_cast<std::size_t>(i)] = row.mark;
}

Row& add_row(std::vector<Row>& rows, std::int64_t start, Moment end, char mark) {
    auto& row = rows.emplace_back();
    row.start = start;
    row.end = end;
    row.mark = mark;
    return row;
}

void add_interface(const RecordedInterface& interface, std::vector<Row>& rows) {
    const auto add = [&](const Moment& at, char mark, std::string_view what) {
        if (at) append(add_row(rows, *at, std::nullopt, mark).text, {"  ", interface.name, ": ", what});
    };
    add(interface.appeared, '+', "found");
    add(interface.up, '+', "up");
    add(interface.carrier, '+', "carrier");
    for (const auto& packet : interface.packets)
        add(packet.at, packet.sent ? '>' : '<', concat({packet.type, packet.sent ? " to " : " from ", packet.peer}));
    add(interface.configured, '*', "configured");
    add(interface.ipv6, '*', "IPv6 usable");
}

void add_phase(const RecordedPhase& phase, std::vector<Row>& rows) {
    constexpr std::string_view kMarks = "--x";
    constexpr std::string_view kSuffixes[] = {"", "  skipped", "  FAILED"};
    add_row(rows, phase.start, phase.end, '=').text = phase.name;
    for (const auto& step : phase.steps) {
        const auto outcome = static_cast<std::size_t>(step.outcome);
        auto& row = add_row(rows, step.start, step.end, kMarks[outcome]);
        append(row.text, {"  ", step.name, kSuffixes[outcome]});
        row.error = step.error;
    }
}

std::vector<Row> rows_of(const BootRecord& record) {
    std::vector<Row> rows;
    for (const auto& phase : record.phases) add_phase(phase, rows);
    for (const auto& interface : record.interfaces) add_interface(interface, rows);
    if (const auto start = record.program.start) {
        const auto end = record.program.end.value_or(std::max(*start, record.shown));
        add_row(rows, *start, end, kProgram).text = record.program.command;
    }
    return rows;
}

void write_row(std::string& out, const Row& row, std::int64_t shown) {
    add_right_aligned(out, milliseconds(row.start), kNumberWidth);
    const bool is_span = row.end && row.mark != kProgram;
    add_right_aligned(out, is_span ? milliseconds(*row.end - row.start) : std::string(), kNumberWidth);
    add_bar(out, row, shown);
    append(out, {row.text, "\n"});
    if (row.error.empty()) return;
    out.append(2 * kNumberWidth + kBarWidth + 9, ' ');
    append(out, {row.error, "\n"});
}

void write_head(std::string& out, const BootRecord& record) {
    append(out, {record.title, ".\n", record.origin, "\n\n"});
    add_right_aligned(out, "at ms", kNumberWidth);
    add_right_aligned(out, "took ms", kNumberWidth);
    out += "  |0";
    add_right_aligned(out, milliseconds(record.shown), kBarWidth - 1);
    out += "|\n";
    add_right_aligned(out, milliseconds(-record.kernel), kNumberWidth);
    add_right_aligned(out, milliseconds(record.kernel), kNumberWidth);
    out.append(kBarWidth + 5, ' ');
    out += "kernel\n";
}

void write_network(std::string& out, const BootRecord& record) {
    for (const auto& interface : record.interfaces) {
        append(out, {&interface == record.interfaces.data() ? "\nnetwork\n  " : "  ", interface.summary, "\n"});
        for (const auto& fact : interface.facts) append(out, {"    ", fact, "\n"});
    }
}

void write_payload(std::string& out, const RecordedPayload& program) {
    if (program.command.empty()) return;
    append(out, {"\npayload\n  ", program.command, "\n    ", program.outcome});
    if (program.start && program.end) append(out, {" after ", milliseconds(*program.end - *program.start), " ms"});
    if (program.starts != "0" && program.starts != "1") append(out, {", started ", program.starts, " times"});
    out += '\n';
}

}  // namespace

std::string boot_table(const BootRecord& record) {
    std::string out;
    write_head(out, record);
    const auto rows = rows_of(record);
    std::vector<std::int64_t> starts;
    starts.reserve(rows.size());
    for (const auto& row : rows) starts.push_back(row.start);
    for (const auto index : in_order(starts)) write_row(out, rows[index], record.shown);
    write_network(out, record);
    write_payload(out, record.program);
    if (record.end) append(out, {"\nend\n  ", record.end_action, " at ", milliseconds(*record.end), " ms\n"});
    if (!record.warnings.empty()) append(out, {"\nwarnings: ", std::to_string(record.warnings.size()), "\n"});
    for (const auto& warning : record.warnings) append(out, {"  ", warning, "\n"});
    return out;
}

}  // namespace nlinit::record
