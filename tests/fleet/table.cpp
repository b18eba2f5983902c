// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <algorithm>
#include <cstdio>

namespace fleet {
namespace {

using Row = std::vector<std::string>;

std::string number(double value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%g %%", share * 100);
    return text;
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string time_or_dash(std::optional<Duration> time) {
    return time ? number(seconds(*time), 2) : "–";
}

std::string seconds_in_words(Duration duration) {
    return duration < std::chrono::seconds(1) ? number(seconds(duration) * 1000, 0) + " ms"
                                              : number(seconds(duration), 0) + " s";
}

std::optional<Duration> since(std::optional<Duration> time, Duration start) {
    if (time) *time = std::max(*time - start, Duration(0));
    return time;
}

Row header(bool outage) {
    Row row{"strategy", "BOUND", "gave up", "p50 s", "p99 s", "max s"};
    if (outage) row.insert(row.end(), {"p50 after", "p99 after", "max after"});
    row.insert(row.end(), {"sent", "received", "dropped", "busiest 1 s", "busiest 100 ms"});
    return row;
}

Row row_of(const Scenario& scenario, const NamedOutcome& named) {
    const auto& outcome = named.outcome;
    const TimePoint up_at(scenario.outage);
    constexpr double kShares[] = {0.5, 0.99, 1};
    Row row{named.name, grouped(outcome.took.size()), grouped(outcome.gave_up)};
    for (const auto share : kShares) row.push_back(time_or_dash(after(outcome.took, outcome.clients, share)));
    if (scenario.outage > Duration(0)) {
        for (const auto share : kShares)
            row.push_back(time_or_dash(since(after(outcome.bound_at, outcome.clients, share), scenario.outage)));
    }
    constexpr std::size_t kSlotsOfASecond = std::chrono::seconds(1) / kSlot;
    for (const auto count : {outcome.sent, outcome.received, outcome.dropped,
                             outcome.arrived.busiest(kSlotsOfASecond, up_at), outcome.arrived.busiest(1, up_at)})
        row.push_back(grouped(count));
    return row;
}

// From when the first T1 of all may come: the start is another matter.
Row keeping_header() {
    return {"strategy", "BOUND at the end", "sent", "mean in 1 s", "busiest 1 s", "in the last quarter"};
}

Row keeping_row_of(const Scenario& scenario, const NamedOutcome& named) {
    const auto& outcome = named.outcome;
    constexpr std::size_t kSlotsOfASecond = std::chrono::seconds(1) / kSlot;
    const auto busiest = [&](Duration from) {
        return grouped(outcome.arrived.busiest(kSlotsOfASecond, TimePoint(from)));
    };
    return {named.name,
            grouped(outcome.bound_at_the_end),
            grouped(outcome.sent),
            number(static_cast<double>(outcome.sent) / seconds(scenario.keep), 1),
            busiest(first_renewals(scenario)),
            busiest(scenario.keep / 4 * 3)};
}

// Columns on a screen, where a dash is one and its bytes are three.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

std::string padding(std::size_t count, char with) {
    return std::string(count, with);
}

std::string laid_out(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], width(row[column]));
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            const auto space = padding(widths[column] - width(row[column]), ' ');
            text += column == 0 ? "| " + row[column] + space : " | " + space + row[column];
        }
        text += " |\n";
        if (&row != &rows.front()) continue;
        for (std::size_t column = 0; column < row.size(); ++column)
            text += "|" + padding(widths[column] + 1, '-') + (column == 0 ? '-' : ':');
        text += "|\n";
    }
    return text;
}

}  // namespace

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (auto at = text.size(); at > 3;) text.insert(at -= 3, 1, ' ');
    return text;
}

std::string describe(const Scenario& scenario) {
    std::string text = grouped(scenario.clients) + (scenario.clients == 1 ? " client " : " clients ");
    text += scenario.spread > Duration(0) ? "within " + seconds_in_words(scenario.spread) : "at once";
    text += ", " + percent(scenario.loss) + " loss, ";
    if (scenario.outage > Duration(0)) text += "server down for " + seconds_in_words(scenario.outage) + ", then ";
    text += grouped(static_cast<std::uint64_t>(scenario.rate)) + " requests/s, queue of " + grouped(scenario.queue);
    if (scenario.rapid_commit) text += ", rapid commit";
    if (scenario.keep > Duration(0))
        text += ", leases of " + seconds_in_words(scenario.lease) + " kept for " + seconds_in_words(scenario.keep);
    return text;
}

Duration first_renewals(const Scenario& scenario) {
    return scenario.lease / 5 * 2;
}

std::string table(const Scenario& scenario, const std::vector<NamedOutcome>& outcomes) {
    const bool keeps = scenario.keep > Duration(0);
    std::vector<Row> rows{keeps ? keeping_header() : header(scenario.outage > Duration(0))};
    for (const auto& outcome : outcomes)
        rows.push_back(keeps ? keeping_row_of(scenario, outcome) : row_of(scenario, outcome));
    return laid_out(rows);
}

}  // namespace fleet
