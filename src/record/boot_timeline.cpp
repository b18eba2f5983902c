// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/boot_timeline.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/record/svg_writer.hpp"
#include "timeline_style.hpp"
#include "timeline_words.hpp"

namespace nlinit::record {
namespace {

constexpr std::size_t kMaxNotes = 12;

class Timeline {
  public:
    explicit Timeline(const BootRecord& record) : record_(record) {}

    std::string draw() {
        std::int64_t bottom = kTop + static_cast<std::int64_t>(record_.phases.size() + 1) * kRow;
        for (const auto& interface : record_.interfaces) bottom += lane_height(interface);
        if (record_.program.start) bottom += kRow + kLine / 2;
        draw_bands(bottom);
        draw_moments(bottom);
        draw_scale(bottom);
        draw_kernel();
        for (const auto& phase : record_.phases) draw_phase(phase);
        for (const auto& interface : record_.interfaces) draw_interface(interface);
        draw_payload();
        y_ = bottom + 2 * kLine;
        draw_notes();
        draw_legend();
        return concat({head(), svg_.text(), "</svg>\n"});
    }

  private:
    [[nodiscard]] std::int64_t x(std::int64_t at) const {
        return kScaleStart + std::clamp<std::int64_t>(at, 0, record_.shown) * (kScaleEnd - kScaleStart) / record_.shown;
    }
    // What comes and goes, and when IPv6 could be used, for which the kernel has had packets of its own.
    [[nodiscard]] static std::vector<RecordedPacket> marks_of(const RecordedInterface& interface) {
        auto marks = interface.packets;
        if (interface.ipv6) marks.push_back({.type = "IPv6", .peer = "usable", .at = *interface.ipv6});
        return marks;
    }
    [[nodiscard]] static std::int64_t lane_height(const RecordedInterface& interface) {
        return marks_of(interface).empty() ? kRow + kLine : kBar + 5 * kLine;
    }

    void text(const char* kind, std::int64_t at_x, std::int64_t at_y, std::string_view what) {
        if (!what.empty()) svg_.add("<text class='%' x='%' y='%'>%</text>", {kind, at_x, at_y, what});
    }
    void block(const char* kind, std::int64_t from, std::int64_t to, std::int64_t at_y, std::string_view title) {
        svg_.add("<rect class='%' x='%' y='%' width='%' height='%' rx='12'><title>%</title></rect>",
                 {kind, from, at_y, std::max<std::int64_t>(to - from, 12), kBar, title});
    }

    // Drawn last, for only then its height is known.
    [[nodiscard]] std::string head() const {
        SvgWriter svg;
        const auto height = y_ + 2 * kLine;
        svg.add("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 % %' width='%' height='%' role='img'>",
                {kWidth, height, kWidth / 10, height / 10});
        svg.add("<title>%</title>", {record_.title});
        svg.add(kStyle, {});
        svg.add("<rect class='page' width='%' height='%'/>", {kWidth, height});
        svg.add("<text class='title' x='%' y='400'>%</text>", {kMargin, record_.title});
        svg.add("<text class='soft' x='%' y='640'>%</text>", {kMargin, record_.origin});
        return svg.text();
    }

    void draw_bands(std::int64_t bottom) {
        for (const auto& interface : record_.interfaces) {
            if (interface.packets.empty() || !interface.configured) continue;
            const auto from = x(interface.packets.front().at), to = x(*interface.configured);
            if (to > from)
                svg_.add("<rect class='band' x='%' y='%' width='%' height='%'/>",
                         {from, kTop - 60, to - from, bottom - kTop + 60});
        }
    }

    void draw_scale(std::int64_t bottom) {
        const auto tick = tick_of(record_.shown);
        for (std::int64_t at = 0; at <= record_.shown; at += tick) {
            svg_.add("<path class='grid' d='M% %V%'/>", {x(at), kTop - 60, bottom});
            const bool whole = tick % 1000 == 0;
            text("soft mid", x(at), kTop - 110, whole ? std::to_string(at / 1000) : milliseconds(at));
        }
        text("soft end", kTookEnd, kTop - 110, "took");
        text("soft end", kScaleStart - 160, kTop - 110, "ms");
    }

    // The broken edge says that its width means nothing.
    void draw_kernel() {
        name_lane("kernel", record_.kernel);
        svg_.add("<path class='kernel' d='M% %H%v%H%l50 -40 -50 -40 50 -40z'><title>kernel: %</title></path>",
                 {kKernelStart, y_, kScaleStart, kBar, kKernelStart, duration(record_.kernel)});
        y_ += kRow;
    }

    void name_lane(std::string_view name, Moment took) {
        text("lane", kLabelEnd, y_ + 125, fitted(name, kLabelEnd - kMargin));
        if (took) text("end", kTookEnd, y_ + 125, duration(*took));
    }

    void draw_phase(const RecordedPhase& phase) {
        const auto from = x(phase.start), to = std::max(x(phase.end), from + 12);
        name_lane(phase.name, phase.end - phase.start);
        block("phase", from, to, y_, phase.name);
        for (const auto& step : phase.steps) draw_step(step);
        draw_phase_words(phase, from, to);
        y_ += kRow;
    }

    void draw_step(const RecordedStep& step) {
        constexpr std::array<const char*, 3> kKinds{"step", "skipped", "failed"};
        block(kKinds[static_cast<std::size_t>(step.outcome)], x(step.start), x(step.end), y_,
              concat({step.name, ": ", duration(step.end - step.start), " at ", duration(step.start),
                      step.error.empty() ? "" : ": ", step.error}));
        label_within(step);
        if (step.outcome == StepOutcome::failed) note("bad", step.error);
    }

    void note(const char* kind, std::string_view what) {
        auto& added = notes_.emplace_back();
        added.kind = kind;
        added.text = what;
    }

    // Its last word at least: what is mounted, or which module.
    void label_within(const RecordedStep& step) {
        const auto from = x(step.start), to = x(step.end);
        std::string_view name = step.name;
        if (width_of(name) > to - from) name.remove_prefix(name.rfind(' ') + 1);
        if (width_of(name) <= to - from) text("mid on", (from + to) / 2, y_ + 122, name);
    }

    // Beside the bar, where there is more room.
    void draw_phase_words(const RecordedPhase& phase, std::int64_t from, std::int64_t to) {
        const bool right = kScaleEnd - to >= from - kScaleStart;
        const auto room = (right ? kScaleEnd - to : from - kScaleStart) - kGap;
        text(right ? "soft" : "soft end", right ? to + kGap : from - kGap, y_ + 125, longest_steps(phase, room));
    }

    // Left of what it is about if it fits there, else below all lanes.
    void say_beside(std::int64_t from, std::int64_t at_y, std::string_view what) {
        if (width_of(what) <= from - kScaleStart - kGap) {
            text("soft end", from - kGap, at_y, what);
        } else {
            note("soft", what);
        }
    }

    // An arrow out of the lane or into it. Labels go where none is yet, in one of two lines, or stay away.
    void draw_packets(const RecordedInterface& interface, std::int64_t bar) {
        std::array<std::array<std::int64_t, 2>, 2> used{};  // by direction and line: up to where
        for (const auto& packet : marks_of(interface)) {
            if (packet.at > record_.shown) continue;
            const auto at = x(packet.at);
            const char* kind = packet.sent ? "out" : "in";
            const auto end = packet.sent ? bar : bar + kBar + 110;
            svg_.add("<path class='arrow %' d='M% %v110m0 -110l-35 60h70z'><title>%, %, at %</title></path>",
                     {kind, at, end - 110, packet.type, packet.peer, duration(packet.at)});
            const auto half = width_of(packet.type) / 2;
            auto& lines = used[packet.sent ? 0 : 1];
            for (std::size_t line = 0; line < lines.size(); ++line) {
                if (at - half < lines[line]) continue;
                const auto away = static_cast<std::int64_t>(line) * kLine;
                const auto baseline = packet.sent ? bar - 150 - away : bar + kBar + 250 + away;
                text("mid", at, baseline, packet.type);
                lines[line] = at + half + 40;
                break;
            }
        }
    }

    void draw_interface(const RecordedInterface& interface) {
        const auto bar = y_ + (!marks_of(interface).empty() ? 2 * kLine + 80 : kLine / 2);
        text("lane", kLabelEnd, bar + 125, fitted(interface.name, kLabelEnd - kMargin));
        const auto until = record_.shown;
        const auto carrier = interface.carrier.value_or(until), configured = interface.configured.value_or(until);
        if (interface.appeared && *interface.appeared < carrier)
            block("nolink", x(*interface.appeared), x(carrier), bar, "no carrier");
        if (interface.carrier && *interface.carrier < configured)
            block("dhcp", x(*interface.carrier), x(configured), bar, "no address yet");
        if (interface.configured) block("ready", x(configured), x(until), bar, interface.summary);
        const auto room = x(until) - x(configured) - 100;
        if (interface.configured && room > width_of(interface.summary)) {
            text("on", x(configured) + 60, bar + 122, interface.summary);
        } else {
            say_beside(x(interface.appeared.value_or(until)), bar + 122, interface.summary);
        }
        draw_packets(interface, bar);
        y_ += lane_height(interface);
    }

    void draw_payload() {
        const auto& program = record_.program;
        if (!program.start) return;
        y_ += kLine / 2;
        const auto from = x(*program.start), to = x(program.end.value_or(record_.shown));
        name_lane("payload", program.end ? Moment(*program.end - *program.start) : std::nullopt);
        const auto what = concat({program.command, ", ", program.outcome});
        if (*program.start <= record_.shown) block("payload", from, to, y_, what);
        say_beside(from, y_ + 125, what);
        y_ += kRow;
    }

    // Two lines above the scale, one for each, so that they cannot meet.
    void draw_moments(std::int64_t bottom) {
        const auto mark = [&](const Moment& at, const char* kind, std::int64_t at_y, const char* what) {
            if (!at) return;
            const auto place = x(*at);
            const bool left = place > (kScaleStart + kScaleEnd) / 2;
            svg_.add("<path class='now %' d='M% %V%'/>", {kind, place, at_y - 110, bottom});
            text(left ? "end" : "", left ? place - 60 : place + 60, at_y, concat({what, duration(*at)}));
        };
        mark(record_.network, "net", kTop - 560, "network usable, ");
        mark(record_.payload, "run", kTop - 360, "payload started, ");
    }

    void draw_notes() {
        if (notes_.size() > kMaxNotes) {
            notes_[kMaxNotes].text = concat({"and ", std::to_string(notes_.size() - kMaxNotes), " more"});
            notes_.resize(kMaxNotes + 1);
        }
        for (const auto& [kind, what] : notes_) {
            text(kind, kMargin, y_, fitted(what, kWidth - 2 * kMargin));
            y_ += kLine + 40;
        }
    }

    void draw_legend() {
        struct Entry {
            const char* kind;
            const char* name;
        };
        constexpr std::array<Entry, 8> kEntries{{{"phase", "phase"},
                                                 {"step", "step"},
                                                 {"skipped", "skipped"},
                                                 {"failed", "failed"},
                                                 {"nolink", "no carrier"},
                                                 {"dhcp", "no address yet"},
                                                 {"ready", "configured"},
                                                 {"payload", "payload"}}};
        auto at = kMargin;
        const auto at_y = y_ - 40;
        const auto name_it = [&](std::string_view name) {
            text("soft", at + 190, at_y + 108, name);
            at += 190 + width_of(name) + 100;
        };
        for (const auto& [kind, name] : kEntries) {
            svg_.add("<rect class='%' x='%' y='%' width='140' height='120' rx='12'/>", {kind, at, at_y});
            name_it(name);
        }
        for (const auto& [kind, name] : {Entry{"out", "sent"}, Entry{"in", "received"}}) {
            svg_.add("<path class='arrow %' d='M% %v-110l-35 60h70l-35 -60'/>", {kind, at + 90, at_y + 115});
            name_it(name);
        }
    }

    struct Note {
        const char* kind;
        std::string text;
    };

    const BootRecord& record_;
    SvgWriter svg_;
    std::int64_t y_ = kTop;
    std::vector<Note> notes_;
};

}  // namespace

std::string boot_timeline(const BootRecord& record) {
    return Timeline(record).draw();
}

}  // namespace nlinit::record
