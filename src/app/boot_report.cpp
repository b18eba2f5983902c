#include "nlinit/app/boot_report.hpp"

#include <array>
#include <string_view>

#include "nlinit/app/network_report.hpp"
#include "nlinit/base/json.hpp"

namespace nlinit::app {
namespace {

constexpr TimePoint kKernelStart{};

void write_time(JsonWriter& json, std::string_view name, TimePoint at) {
    json.key(name).thousandths(std::chrono::duration_cast<std::chrono::microseconds>(at - kKernelStart).count());
}

std::string_view outcome_of(const sys::Outcome& step) {
    if (!step.error) return "done";
    constexpr std::array<std::string_view, 3> kFailures{"skipped", "failed", "failed, and required"};
    return kFailures[static_cast<std::size_t>(step.importance)];
}

void write_step(JsonWriter& json, const sys::Outcome& step) {
    json.begin_object().member("step", step.step);
    write_time(json, "start_ms", step.started_at);
    write_time(json, "end_ms", step.ended_at);
    json.member("outcome", outcome_of(step));
    if (step.error) json.member("error", to_string(*step.error));
    json.end_object();
}

void write_network(JsonWriter& json, const NetworkSetup& network) {
    json.begin_object().member("configured", network.is_configured());
    json.key("interfaces").begin_array();
    for (const auto& interface : network.interfaces()) write_interface(json, *interface, kKernelStart);
    json.end_array().end_object();
}

void write_payload(JsonWriter& json, const Supervisor& payload) {
    json.begin_object().key("command").begin_array();
    for (const auto& argument : payload.payload().command) json.value(argument);
    json.end_array();
    json.member("starts", payload.starts());
    if (payload.running()) json.member("pid", payload.pid());
    if (payload.started_at()) write_time(json, "start_ms", *payload.started_at());
    if (payload.ended_at()) write_time(json, "end_ms", *payload.ended_at());
    if (payload.exit_status()) json.member("exit_status", *payload.exit_status());
    if (payload.failure()) json.member("error", to_string(*payload.failure()));
    json.end_object();
}

}  // namespace

std::string boot_report(const BootFacts& facts) {
    JsonWriter json;
    json.begin_object().member("nlinit", NLINIT_VERSION);
    write_time(json, "init_started_ms", facts.started_at);
    json.member("profile", facts.profile).member("config_file", facts.config_file);
    json.key("warnings").begin_array();
    for (const auto& warning : facts.warnings) json.value(warning);
    json.end_array();
    json.key("steps").begin_array();
    for (const auto& step : facts.steps) write_step(json, step);
    json.end_array();
    json.key("network");
    if (facts.network) {
        write_network(json, *facts.network);
    } else {
        json.null();
    }
    json.key("payload");
    if (facts.payload) {
        write_payload(json, *facts.payload);
    } else {
        json.null();
    }
    json.member("processes_started", facts.processes_started);
    json.end_object();
    return json.text() + '\n';
}

}  // namespace nlinit::app
