// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_report.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/network/network_report.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/json.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/words.hpp"

namespace nlinit::app {
namespace {

constexpr TimePoint kKernelStart{};
constexpr std::size_t kMaxListed = 64;
constexpr std::size_t kMaxText = 1024;

// A cut through a character comes out as U+FFFD.
void write_text(JsonWriter& json, std::string_view text) {
    if (text.size() <= kMaxText) {
        json.value(text);
    } else {
        json.value(concat({text.substr(0, kMaxText), "..."}));
    }
}

void write_time(JsonWriter& json, std::string_view name, std::optional<TimePoint> at) {
    if (!at) return;
    json.key(name).thousandths(std::chrono::duration_cast<std::chrono::microseconds>(*at - kKernelStart).count());
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name).begin_array();
    for (std::size_t i = 0; i < std::min(texts.size(), kMaxListed); ++i) write_text(json, texts[i]);
    if (texts.size() > kMaxListed) json.value(concat({"and ", std::to_string(texts.size() - kMaxListed), " more"}));
    json.end_array();
}

// What whoever starts a machine asks for first.
void write_moments(JsonWriter& json, const BootDiary& diary) {
    json.key("boot").begin_object();
    write_time(json, "kernel_ms", diary.started_at());
    write_time(json, "network_ms", diary.network_at());
    write_time(json, "payload_ms", diary.payload_at());
    write_time(json, "end_ms", diary.ended_at());
    if (diary.ended_at()) json.member("end", word_of_value(diary.end_action(), config::kEndActionWords));
    json.end_object();
}

void write_phases(JsonWriter& json, const BootDiary& diary) {
    json.key("phases").begin_array();
    for (const auto& phase : diary.phases()) {
        json.begin_object().member("phase", phase.name);
        write_time(json, "start_ms", phase.started_at);
        write_time(json, "end_ms", phase.ended_at);
        json.end_object();
    }
    json.end_array();
}

std::string_view outcome_of(const sys::Outcome& step) {
    if (!step.error) return "done";
    constexpr std::array<std::string_view, 3> kFailures{"skipped", "failed", "failed, and required"};
    return kFailures[static_cast<std::size_t>(step.importance)];
}

void write_steps(JsonWriter& json, const sys::BestEffort& steps, const BootDiary& diary) {
    json.key("steps").begin_array();
    for (const auto& step : steps.outcomes()) {
        write_text(json.begin_object().key("step"), step.step);
        if (const auto phase = diary.phase_at(step.started_at); !phase.empty()) json.member("phase", phase);
        write_time(json, "start_ms", step.started_at);
        write_time(json, "end_ms", step.ended_at);
        json.member("outcome", outcome_of(step));
        if (step.error) write_text(json.key("error"), to_string(*step.error));
        json.end_object();
    }
    json.end_array();
    if (steps.left_out() > 0) json.member("steps_left_out", steps.left_out());
}

void write_network(JsonWriter& json, const NetworkSetup& network) {
    const auto interfaces = network.interfaces();
    json.begin_object().member("configured", network.is_configured());
    json.key("interfaces").begin_array();
    for (const auto& interface : interfaces.first(std::min(interfaces.size(), kMaxListed)))
        write_interface(json, *interface, kKernelStart);
    json.end_array().end_object();
}

void write_payload(JsonWriter& json, const Supervisor& payload) {
    const auto& run = payload.latest();
    json.begin_object();
    write_texts(json, "command", payload.payload().command);
    json.member("starts", run.number);
    if (payload.running()) json.member("pid", payload.pid());
    write_time(json, "start_ms", run.started_at);
    write_time(json, "end_ms", run.ended_at);
    if (run.exit_status) json.member("exit_status", *run.exit_status);
    if (const auto& exited = run.exited; exited && exited->signal != 0) {
        json.member("signal", sys::name_of_signal(exited->signal)).member("core_dumped", exited->dumped_core);
    }
    if (run.killed_for_memory) json.member("killed_for_memory", true);
    if (run.failure) write_text(json.key("error"), to_string(*run.failure));
    json.end_object();
}

}  // namespace

std::string boot_report(const BootFacts& facts) {
    JsonWriter json;
    json.begin_object().member("nlinit", NLINIT_VERSION);
    write_time(json, "written_ms", BootClock::now());
    write_moments(json, facts.diary);
    json.member("profile", facts.profile).member("config_file", facts.config_file);
    write_texts(json, "warnings", facts.warnings);
    write_phases(json, facts.diary);
    write_steps(json, facts.steps, facts.diary);
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
