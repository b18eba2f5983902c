// SPDX-License-Identifier: Apache-2.0
#include "plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>

namespace fleet {
namespace {

// Okabe and Ito's colours, which those who see few colours can still tell apart.
constexpr std::array<const char*, 8> kColours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                              "#e69f00", "#56b4e9", "#000000", "#999999"};

constexpr double kWidth = 900, kLeft = 84, kRight = 876, kLegendTop = 76, kLegendLine = 22, kPanelHeight = 220,
                 kPanelGap = 62;
constexpr std::size_t kMaxPoints = 240;  // of a line

double in_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

template <class... T>
std::string formatted(const char* format, T... values) {
    char text[512];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

// Where values lie on the paper. A logarithmic axis begins at `low`.
struct Axis {
    double low, high, from, to;
    bool logarithmic = false;

    [[nodiscard]] double place(double value) const {
        const double inside = std::clamp(value, low, high);
        const double share =
            logarithmic ? std::log(inside / low) / std::log(high / low) : (inside - low) / (high - low);
        return from + share * (to - from);
    }
};

std::string text_at(double x, double y, const char* style, const std::string& text) {
    return formatted("<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, style) + text + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
    return formatted("<path d=\"M%.1f %.1fL%.1f %.1f\" %s/>\n", x1, y1, x2, y2, style);
}

// 1, 2 or 5 times a power of ten, so that about `parts` of them cover the length.
double round_step(double length, double parts) {
    const double rough = length / parts;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (step * power >= rough) return step * power;
    }
    return 10 * power;
}

struct Tick {
    double value;
    std::string label;
};

// Both panels have the same time below them.
struct Panel {
    Axis time, value;
    std::string title;
    std::vector<Tick> ticks;
};

std::string frame_of(const Panel& panel, double outage, double unit) {
    const auto& [time, value, title, ticks] = panel;
    std::string svg = text_at(kLeft, value.to - 12, "class=\"h\"", title);
    if (outage > 0) {
        svg += formatted("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#f0f0f0\"/>\n", time.from,
                         value.to, time.place(outage) - time.from, value.from - value.to);
    }
    for (const auto& tick : ticks) {
        const double y = value.place(tick.value);
        svg += line(time.from, y, time.to, y, "class=\"g\"");
        svg += text_at(time.from - 8, y + 4, "class=\"s\" text-anchor=\"end\"", tick.label);
    }
    const double step = unit * round_step(time.high / unit, 9);
    for (double at = 0; at <= time.high * 1.0001; at += step) {
        const double x = time.place(at);
        svg += line(x, value.from, x, value.from + 5, "class=\"a\"");
        svg += text_at(x, value.from + 20, "class=\"s\" text-anchor=\"middle\"", formatted("%g", at / unit));
    }
    svg += line(time.from, value.from, time.to, value.from, "class=\"a\"");
    return svg;
}

using Curve = std::function<double(double)>;  // seconds → value

std::string curve(const Panel& panel, const char* colour, double step, double end, const Curve& value_at) {
    std::string path;
    for (double at = 0; at <= end * 1.0001; at += step) {
        path += formatted(path.empty() ? "M%.1f %.1f" : "L%.1f %.1f", panel.time.place(at),
                          panel.value.place(value_at(at)));
    }
    return "<path d=\"" + path + "\" class=\"l\" stroke=\"" + colour + "\"/>\n";
}

// When there is nothing more to see.
double end_of(const Scenario& scenario, const std::vector<NamedOutcome>& outcomes) {
    constexpr double kNearlyAll = 0.995;
    double end = in_seconds(scenario.outage) + 1;
    for (const auto& [name, title, outcome] : outcomes) {
        const auto bound = static_cast<std::uint32_t>(outcome.bound_at.size());
        if (const auto time = after(outcome.bound_at, bound, kNearlyAll)) end = std::max(end, in_seconds(*time) + 1);
    }
    return std::min(end * 1.02, in_seconds(scenario.outage + scenario.patience));
}

Curve packets_a_second(const Traffic& traffic, double step) {
    const double slot = in_seconds(kSlot);
    return [&traffic, step, slot](double at) {
        const auto first = static_cast<std::size_t>(std::lround(at / slot));
        const auto slots = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(step / slot)));
        std::uint64_t sum = 0;
        for (auto number = first; number < first + slots; ++number) sum += traffic.in_slot(number);
        return static_cast<double>(sum) / (static_cast<double>(slots) * slot);
    };
}

// In a day a second is too narrow to be drawn, and an average hides it.
Curve busiest_second(const Traffic& traffic, double step) {
    const double slot = in_seconds(kSlot);
    return [&traffic, step, slot](double at) {
        const auto first = static_cast<std::size_t>(std::lround(at / slot));
        const auto slots = static_cast<std::size_t>(std::lround(step / slot));
        const auto in_a_second = static_cast<std::size_t>(std::lround(1 / slot));
        std::uint64_t most = 0;
        for (auto start = first; start < first + slots; start += in_a_second) {
            std::uint64_t sum = 0;
            for (auto number = start; number < start + in_a_second; ++number) sum += traffic.in_slot(number);
            most = std::max(most, sum);
        }
        return static_cast<double>(most);
    };
}

Curve share_bound(const Outcome& outcome) {
    return [&outcome](double at) {
        const auto time = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(at));
        const auto bound = std::ranges::upper_bound(outcome.bound_at, time) - outcome.bound_at.begin();
        return 100.0 * static_cast<double>(bound) / outcome.clients;
    };
}

// slots: over how many the most is taken.
Panel packets_panel(const Axis& time, double top, const std::vector<NamedOutcome>& outcomes, std::size_t slots,
                    std::string title) {
    std::uint64_t most = 1;
    for (const auto& named : outcomes) most = std::max(most, named.outcome.arrived.busiest(slots, TimePoint{}));
    const double per_second = static_cast<double>(most) / (static_cast<double>(slots) * in_seconds(kSlot));
    const double high = std::pow(10, std::ceil(std::log10(per_second)));
    Panel panel{time, {std::max(1.0, high / 1e4), high, top + kPanelHeight, top, true}, std::move(title), {}};
    for (double value = panel.value.low; value <= high * 1.0001; value *= 10)
        panel.ticks.push_back({value, grouped(static_cast<std::uint64_t>(std::llround(value)))});
    return panel;
}

Panel bound_panel(const Axis& time, double top) {
    Panel panel{time, {0, 100, top + kPanelHeight, top}, "Clients BOUND", {}};
    for (int percent = 0; percent <= 100; percent += 20)
        panel.ticks.push_back({static_cast<double>(percent), std::to_string(percent) + " %"});
    return panel;
}

std::string legend(const std::vector<NamedOutcome>& outcomes) {
    constexpr double kColumn = (kRight - kLeft) / 2;
    std::string svg;
    for (std::size_t number = 0; number < outcomes.size(); ++number) {
        const auto column = number % 2, row = number / 2;
        const double x = kLeft + kColumn * static_cast<double>(column);
        const double y = kLegendTop + kLegendLine * static_cast<double>(row);
        svg += formatted("<path d=\"M%.1f %.1fh28\" class=\"l\" stroke=\"%s\"/>\n", x, y - 4,
                         kColours[number % kColours.size()]);
        svg += text_at(x + 36, y, "class=\"t\"", outcomes[number].title);
    }
    return svg;
}

std::string server_rate(const Panel& panel, double rate) {
    if (rate < panel.value.low || rate > panel.value.high) return {};
    const double y = panel.value.place(rate);
    return line(panel.time.from, y, panel.time.to, y, "stroke=\"#444\" stroke-dasharray=\"5 4\"") +
           text_at(panel.time.to - 4, y - 6, "class=\"s o\" text-anchor=\"end\"", "what the server can serve");
}

constexpr const char* kStyle =
    "<style>text{font-family:DejaVu Sans,Verdana,sans-serif;fill:#222}.h{font-size:15px;font-weight:bold}"
    ".t{font-size:13px}.s{font-size:12px;fill:#555}.g{stroke:#ddd}.a{stroke:#444}"
    ".o{paint-order:stroke;stroke:#fff;stroke-width:5px}"
    ".l{fill:none;stroke-width:2;stroke-linejoin:round}</style>\n";

}  // namespace

std::string svg_plot(const Scenario& scenario, const std::vector<NamedOutcome>& outcomes, Duration until) {
    const bool keeps = scenario.keep > Duration(0);
    const double unit = keeps ? 3600 : 1;
    const double all = keeps ? in_seconds(scenario.keep) : end_of(scenario, outcomes);
    const double end = until > Duration(0) ? in_seconds(until) : all;
    const double slot = in_seconds(kSlot);
    const double step = slot * std::ceil(end / slot / kMaxPoints);
    const double legend_lines = std::ceil(static_cast<double>(outcomes.size()) / 2);
    const double first_top = kLegendTop + kLegendLine * legend_lines + 24;
    const double second_top = first_top + kPanelHeight + kPanelGap;
    const double height = second_top + kPanelHeight + 52;
    const Axis time{0, end, kLeft, kRight};
    const Panel packets = packets_panel(
        time, first_top, outcomes, keeps ? std::chrono::seconds(1) / kSlot : 1,
        keeps ? "Packets at the server in the busiest second of six minutes" : "Packets per second at the server");
    const Panel bound = bound_panel(time, second_top);

    std::string svg =
        formatted("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\">\n", kWidth, height);
    svg += kStyle;
    svg += formatted("<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n", kWidth, height);
    svg +=
        text_at(kLeft, 30, "class=\"h\" style=\"font-size:17px\"",
                keeps ? "A fleet renews the leases of one DHCP server" : "A fleet asks one DHCP server for addresses");
    svg += text_at(kLeft, 50, "class=\"t\"", describe(scenario));
    svg += legend(outcomes);
    svg += frame_of(packets, in_seconds(scenario.outage), unit) + frame_of(bound, in_seconds(scenario.outage), unit);
    for (std::size_t number = outcomes.size(); number-- > 0;) {  // the first on top
        const auto& outcome = outcomes[number].outcome;
        const auto* colour = kColours[number % kColours.size()];
        const double last = std::min(end - step, static_cast<double>(outcome.arrived.slots()) * slot);
        svg += curve(packets, colour, step, last,
                     keeps ? busiest_second(outcome.arrived, step) : packets_a_second(outcome.arrived, step));
        svg += curve(bound, colour, step, end, share_bound(outcome));
    }
    svg += server_rate(packets, scenario.rate);
    if (scenario.outage > Duration(0)) svg += text_at(kLeft + 8, second_top + 18, "class=\"s\"", "server down");
    svg += text_at((kLeft + kRight) / 2, height - 10, "class=\"t\" text-anchor=\"middle\"",
                   keeps ? "hours since power-on" : "seconds since power-on");
    return svg + "</svg>\n";
}

}  // namespace fleet
