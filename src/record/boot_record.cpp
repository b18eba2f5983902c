// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/boot_record.hpp"

#include <algorithm>
#include <cstdlib>

#include "nlinit/base/append.hpp"

namespace nlinit::record {
namespace {

constexpr std::size_t kMaxPhases = 64;  // each step looks for its own among them

void add_to_list(std::string& list, std::string_view word, const char* separator = ", ") {
    if (!list.empty()) list += separator;
    list += word;
}

// The pattern, where every % is what the next of the members says.
std::string filled(const char* pattern, JsonValue value, std::initializer_list<const char*> members) {
    std::string out;
    const auto* member = members.begin();
    for (; *pattern != '\0'; ++pattern) {
        if (*pattern == '%') {
            out += value[*member++].shown();
        } else {
            out += *pattern;
        }
    }
    return out;
}

class Reader {
  public:
    Reader(JsonValue root, BootRecord& record) : root_(root), record_(record) {}

    void read() {
        const auto moments = root_["boot"];
        record_.kernel = moments["kernel_ms"].thousandths().value_or(0);
        read_moments(moments,
                     {{"network_ms", &record_.network}, {"payload_ms", &record_.payload}, {"end_ms", &record_.end}});
        read_texts(moments, {{"end", &record_.end_action}});
        record_.origin = filled("nlinit %, profile %", root_, {"nlinit", "profile"});
        if (const auto file = root_["config_file"].text(); !file.empty()) add_to_list(record_.origin, file);
        for (const auto value : root_["phases"]) add_phase(value);
        for (const auto value : root_["steps"]) add_step(value);
        for (const auto value : root_["network"]["interfaces"]) add_interface(value);
        read_payload(root_["payload"]);
        for (const auto warning : root_["warnings"]) record_.warnings.push_back(warning.text());
        add_failures();
    }

  private:
    template <class T>
    struct Member {
        const char* name;
        T* to;
    };

    static void read_texts(JsonValue value, std::initializer_list<Member<std::string_view>> members) {
        for (const auto& [name, to] : members) *to = value[name].text();
    }
    void read_moments(JsonValue value, std::initializer_list<Member<Moment>> members) const {
        for (const auto& [name, to] : members) *to = moment(value[name]);
    }
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
        if (record_.phases.size() == kMaxPhases) return;
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
        read_texts(value, {{"step", &step.name}, {"error", &step.error}});
        read_span(value, step.start, step.end);
        const auto outcome = value["outcome"].text();
        if (outcome == "skipped") step.outcome = StepOutcome::skipped;
        if (outcome.starts_with("failed")) step.outcome = StepOutcome::failed;
    }

    void add_interface(JsonValue value) {
        auto& interface = record_.interfaces.emplace_back();
        read_texts(value, {{"interface", &interface.name}, {"summary", &interface.summary}});
        read_moments(value["timing_ms"], {{"appeared", &interface.appeared},
                                          {"up", &interface.up},
                                          {"carrier", &interface.carrier},
                                          {"configured", &interface.configured},
                                          {"ipv6", &interface.ipv6}});
        for (const auto read : value["dhcp"]["packets"]) {
            auto& packet = interface.packets.emplace_back();
            read_texts(read, {{"type", &packet.type}, {"peer", &packet.peer}});
            packet.at = moment(read["ms"]).value_or(0);
            packet.sent = read["direction"].text() == "sent";
        }
        add_facts(value, interface.facts);
    }

    static void add_facts(JsonValue value, std::vector<std::string>& facts) {
        if (!value["mac"].is_null()) facts.push_back(filled("link %, mtu %", value, {"mac", "mtu"}));
        std::string servers, dropped;
        for (const auto server : value["name_servers"]) add_to_list(servers, server.text());
        if (!servers.empty()) append(facts, {"name servers ", servers});
        const auto dhcp = value["dhcp"], lease = dhcp["lease"];
        if (!lease.is_null())
            facts.push_back(lease["infinite"].is_true() ? filled("lease of % for ever", lease, {"server"})
                                                        : filled("lease of % for % s, renewed after % s", lease,
                                                                 {"server", "seconds", "renew_after"}));
        for (const auto counter : dhcp["dropped"]) {
            add_to_list(dropped, counter.shown());
            add_to_list(dropped, counter.key(), " ");
        }
        if (!dropped.empty()) append(facts, {"dropped ", dropped});
        for (const auto failure : value["failures"]) append(facts, {"failed: ", failure.text()});
    }

    void read_payload(JsonValue value) {
        auto& program = record_.program;
        for (const auto word : value["command"]) add_to_list(program.command, word.text(), " ");
        if (program.command.empty() && !value.is_null())
            program.command = "without a command";  // the file that has it was not read
        program.starts = value["starts"].shown();
        read_moments(value, {{"start_ms", &program.start}, {"end_ms", &program.end}});
        const auto has = [&](const char* member) { return !value[member].is_null(); };
        program.outcome = has("error")         ? filled("failed: %", value, {"error"})
                          : has("pid")         ? filled("runs as process %", value, {"pid"})
                          : has("signal")      ? filled("killed by %, status %", value, {"signal", "exit_status"})
                          : has("exit_status") ? filled("ended with status %", value, {"exit_status"})
                                               : "not started";
    }

    // A network that was usable once was there for the boot, whatever has become of it since.
    void add_failures() {
        auto& failures = record_.failures;
        failures.assign(record_.warnings.begin(), record_.warnings.end());
        for (const auto step : root_["steps"]) {
            const auto name = step["step"].text(), error = step["error"].text();
            if (!step["outcome"].text().starts_with("failed")) continue;
            failures.push_back(error.starts_with(name) ? std::string(error) : concat({name, ": ", error}));
        }
        const auto network = root_["network"], payload = root_["payload"];
        if (!network.is_null() && !network["configured"].is_true() && !record_.network) {
            std::string missing;
            for (const auto interface : network["interfaces"]) {
                if (interface["progress"].text() != "configured")
                    add_to_list(missing, interface["summary"].text(), "; ");
            }
            append(failures, {"the network could not be used: ", missing});
        }
        if (!payload["error"].is_null())
            append(failures, {"start the payload ", record_.program.command, ": ", payload["error"].text()});
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

Result<std::unique_ptr<const BootRecord>> read_boot_record(std::string_view text) {
    auto document = JsonDocument::parse(text);
    if (!document.ok()) return Error{0, concat({"no report of a boot: ", document.error().what})};
    if (document->root()["boot"].is_null()) return Error{0, "no report of a boot: it has no \"boot\""};
    auto record = std::make_unique<BootRecord>();
    record->document = *std::move(document);
    Reader(record->document.root(), *record).read();
    record->title = title_of(*record);
    record->shown = shown_until(*record);
    return std::unique_ptr<const BootRecord>(std::move(record));
}

std::vector<std::size_t> in_order(const std::vector<std::int64_t>& keys) {
    std::vector<std::size_t> order(keys.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto is_before = [&](std::size_t a, std::size_t b) { return keys[a] != keys[b] ? keys[a] < keys[b] : a < b; };
    std::make_heap(order.begin(), order.end(), is_before);
    std::sort_heap(order.begin(), order.end(), is_before);
    return order;
}

std::string milliseconds(std::int64_t microseconds) {
    const auto tenths = (std::llabs(microseconds) + 50) / 100;
    return concat(
        {microseconds < 0 && tenths > 0 ? "-" : "", std::to_string(tenths / 10), ".", std::to_string(tenths % 10)});
}

}  // namespace nlinit::record
