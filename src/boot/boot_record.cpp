#include "nlinit/boot/boot_record.hpp"

#include <algorithm>
#include <cstdlib>

#include "nlinit/base/append.hpp"

namespace nlinit::boot {
namespace {

// ", " before all but the first: for lists that grow.
void add_to_list(std::string& list, std::initializer_list<std::string_view> pieces) {
    if (!list.empty()) list += ", ";
    append(list, pieces);
}

class Reader {
  public:
    Reader(JsonValue root, BootRecord& record) : root_(root), record_(record) {}

    void read() {
        const auto moments = root_["boot"];
        record_.kernel = moments["kernel_ms"].thousandths().value_or(0);
        record_.network = moment(moments["network_ms"]);
        record_.payload = moment(moments["payload_ms"]);
        record_.end = moment(moments["end_ms"]);
        record_.end_action = moments["end"].text();
        record_.origin = concat({"nlinit ", root_["nlinit"].text(), ", profile ", root_["profile"].text()});
        if (const auto file = root_["config_file"].text(); !file.empty()) add_to_list(record_.origin, {file});
        for (const auto value : root_["phases"]) add_phase(value);
        for (const auto value : root_["steps"]) add_step(value);
        for (const auto value : root_["network"]["interfaces"]) add_interface(value);
        read_payload(root_["payload"]);
        for (const auto warning : root_["warnings"]) record_.warnings.push_back(warning.text());
    }

  private:
    [[nodiscard]] Moment moment(JsonValue value) const {
        auto at = value.thousandths();
        if (at) *at -= record_.kernel;
        return at;
    }

    void read_span(JsonValue value, std::int64_t& start, std::int64_t& end) const {
        start = moment(value["start_ms"]).value_or(0);
        end = std::max(start, moment(value["end_ms"]).value_or(start));
    }

    void add_phase(JsonValue value) {
        auto& phase = record_.phases.emplace_back();
        phase.name = value["phase"].text();
        read_span(value, phase.start, phase.end);
    }

    // A step without a phase, which none has that nlinit writes, comes into the last.
    RecordedPhase& phase_of(JsonValue step) {
        const auto name = step["phase"].text();
        for (auto& phase : record_.phases) {
            if (phase.name == name) return phase;
        }
        return record_.phases.empty() ? record_.phases.emplace_back() : record_.phases.back();
    }

    void add_step(JsonValue value) {
        auto& step = phase_of(value).steps.emplace_back();
        step.name = value["step"].text();
        step.error = value["error"].text();
        read_span(value, step.start, step.end);
        const auto outcome = value["outcome"].text();
        if (outcome == "skipped") step.outcome = StepOutcome::skipped;
        if (outcome.starts_with("failed")) step.outcome = StepOutcome::failed;
    }

    void add_interface(JsonValue value) {
        auto& interface = record_.interfaces.emplace_back();
        interface.name = value["interface"].text();
        interface.summary = value["summary"].text();
        const auto timing = value["timing_ms"];
        interface.appeared = moment(timing["appeared"]);
        interface.up = moment(timing["up"]);
        interface.carrier = moment(timing["carrier"]);
        interface.configured = moment(timing["configured"]);
        for (const auto read : value["dhcp"]["packets"]) {
            auto& packet = interface.packets.emplace_back();
            packet.at = moment(read["ms"]).value_or(0);
            packet.sent = read["direction"].text() == "sent";
            packet.type = read["type"].text();
            packet.peer = read["peer"].text();
        }
        add_facts(value, interface.facts);
    }

    static void add_facts(JsonValue value, std::vector<std::string>& facts) {
        if (!value["mac"].is_null())
            facts.push_back(concat({"link ", value["mac"].text(), ", mtu ", value["mtu"].number(),
                                    value["carrier"].is_true() ? "" : ", no carrier"}));
        std::string list;
        for (const auto server : value["name_servers"]) add_to_list(list, {server.text()});
        if (!list.empty()) facts.push_back(concat({"name servers ", list}));
        const auto lease = value["dhcp"]["lease"];
        if (lease["infinite"].is_true()) {
            facts.push_back(concat({"lease of ", lease["server"].text(), " for ever"}));
        } else if (!lease.is_null()) {
            facts.push_back(concat({"lease of ", lease["server"].text(), " for ", lease["seconds"].number(),
                                    " s, renewed after ", lease["renew_after"].number(), " s"}));
        }
        list.clear();
        for (const auto counter : value["dhcp"]["dropped"]) add_to_list(list, {counter.number(), " ", counter.key()});
        if (!list.empty()) facts.push_back(concat({"dropped ", list}));
        for (const auto failure : value["failures"]) facts.push_back(concat({"failed: ", failure.text()}));
    }

    void read_payload(JsonValue value) {
        auto& program = record_.program;
        for (const auto word : value["command"])
            append(program.command, {program.command.empty() ? "" : " ", word.text()});
        program.starts = value["starts"].number();
        program.start = moment(value["start_ms"]);
        program.end = moment(value["end_ms"]);
        program.outcome = "not started";
        if (const auto status = value["exit_status"]; !status.is_null())
            program.outcome = concat({"ended with status ", status.number()});
        if (const auto pid = value["pid"]; !pid.is_null()) program.outcome = concat({"runs as process ", pid.number()});
        if (const auto error = value["error"]; !error.is_null()) program.outcome = concat({"failed: ", error.text()});
    }

    JsonValue root_;
    BootRecord& record_;
};

std::string title_of(const BootRecord& record) {
    std::string title = "No usable network";
    if (record.network) title = concat({"Network usable after ", milliseconds(*record.network), " ms"});
    if (record.payload) {
        append(title, {", payload after ", milliseconds(*record.payload), " ms"});
    } else {
        title += record.program.command.empty() ? ", no payload" : ", no payload started";
    }
    append(title, {"; the kernel took ", milliseconds(record.kernel), " ms before"});
    return title;
}

// What comes later, such as renewals, belongs to no boot.
std::int64_t shown_until(const BootRecord& record) {
    std::int64_t last = std::max({std::int64_t{1000}, record.network.value_or(0), record.payload.value_or(0)});
    for (const auto& phase : record.phases) last = std::max(last, phase.end);
    return last + last / 12;
}

}  // namespace

Result<BootRecord> read_boot_record(std::string_view text) {
    auto document = JsonDocument::parse(text);
    if (!document.ok()) return Error{0, concat({"no report of a boot: ", document.error().what})};
    if (document->root()["boot"].is_null()) return Error{0, "no report of a boot: it has no \"boot\""};
    BootRecord record;
    record.document = *std::move(document);
    Reader(record.document.root(), record).read();
    record.title = title_of(record);
    record.shown = shown_until(record);
    return record;
}

std::string milliseconds(std::int64_t microseconds) {
    const auto tenths = (std::llabs(microseconds) + 50) / 100;
    return concat(
        {microseconds < 0 && tenths > 0 ? "-" : "", std::to_string(tenths / 10), ".", std::to_string(tenths % 10)});
}

}  // namespace nlinit::boot
