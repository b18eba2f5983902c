// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot.hpp"

#include <utility>

#include "app/pid1/boot_report.hpp"
#include "app/pid1/config_reading.hpp"
#include "app/pid1/early_mounts.hpp"
#include "app/pid1/network_reload.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/console.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kNothing = nullptr;
constexpr const char* kSamePhase = nullptr;

// For the report, which has no rooms.
std::vector<std::string> failures() {
    std::vector<std::string> sentences;
    for (const auto& line : log::failures()) {
        const auto room = line.find(": ");
        sentences.push_back(room == std::string::npos ? line : line.substr(room + 2));
    }
    return sentences;
}

}  // namespace

Boot::Boot(sys::EventLoop& loop, std::vector<std::string> arguments, TimePoint started_at)
    : context_(loop, std::move(arguments), started_at,
               {.on_errands_done = [this] { on_errands_done(); }, .on_quiet_errands_done = [this] { end_.look(); }}),
      news_(context_, [this] { return report(); }),
      haste_(context_),
      modules_(context_),
      root_(context_),
      growth_(context_),
      plan_(context_, root_),
      network_(context_, [this] { on_network_change(); }),
      payload_(context_, news_,
               {.on_change = [this] { on_payload_change(); },
                .on_end = [this](EndAction action) { end_.begin(action); },
                .on_keeper = [this] { main_loop_.watch_signals_of_keeper(); }}),
      readiness_(context_, news_, network_, payload_),
      end_(context_, {news_, payload_, network_},
           {.on_begin = [this] { on_end_begun(); },
            .on_last =
                [this] {
                    main_loop_.read_signals();
                    button_.read();
                }}),
      button_(context_, [this](EndAction action, const std::string& why) { end_.redirect(action, why); }),
      main_loop_(loop, context_.attempt, events_of_loop()),
      sequence_(context_.diary, phases()) {}

// The network is started as soon as there is a NIC, and waited for when all else is done.
std::vector<PhaseSequence::Phase> Boot::phases() {
    return {
        {"early mounts", kNothing, [this](const Done&) { begin(); }},
        {"config", "the configuration",
         [this](const Done& done) {
             read_command_line(context_);
             read_config(context_, done);
         }},
        {"modules", "modules", [this](const Done& done) { modules_.load({}, done); }},
        {"network", kNothing,
         [this](const Done&) {
             news_.notify({{"STATUS", "starting the network"}});
             network_.start();
         }},
        {"root", "the root", [this](const Done& done) { root_.leave_initramfs(done); }},
        {kSamePhase, "the configuration of the root", [this](const Done& done) { read_config_of_root(done); }},
        {kSamePhase, "the overlay's layers", [this](const Done& done) { root_.lay_overlay(done); }},
        {"plan", "the steps of the plan",
         [this](const Done& done) {
             growth_.begin();
             plan_.run(done);
         }},
        {kSamePhase, kNothing, [this](const Done&) { finish_plan(); }},
        {"wait", "the network",
         [this](const Done& done) {
             news_.notify({{"STATUS", "waiting for the network"}});
             network_.wait(done);
         }},
        {kSamePhase, "files of the network's, and before a hand-off for all children",
         [this](const Done& done) { payload_.wait_for_turn(done); }},
        {"payload start", kNothing, [this](const Done&) { payload_.start(); }},
        {kSamePhase, kNothing, [this](const Done&) { finish(); }},
    };
}

MainLoop::Events Boot::events_of_loop() {
    return {.on_child =
                [this](const sys::Exited& child) {
                    payload_.reaped(child);
                    for (auto* errands : {&context_.errands, &context_.quiet_errands}) errands->reaped(child.pid);
                },
            .on_all_reaped = [this] { on_all_reaped(); },
            .on_reload = [this] { on_reload(); },
            .on_end = [this](EndAction action, const std::string& why) { end_.begin(action, why); },
            .on_other_signal = [this](int number) { payload_.signal(number); }};
}

void Boot::run() {
    sequence_.run();
    main_loop_.run();
}

void Boot::begin() {
    main_loop_.watch_signals();
    mount_kernel_filesystems(context_.attempt);
    haste_.begin();
    sys::ensure_standard_streams();
    log::open(log::Target::kernel, log::Level::info);
}

// The first config that is found counts, and all of it: whoever has one in an initramfs has put it before every image
// that this may lead to. Where the initramfs had none, the image's own counts.
void Boot::read_config_of_root(const Done& done) {
    if (!root_.was_entered()) return done();
    if (!context_.boot_config.file.empty()) {
        tell_of_unread_config(context_);
        return done();
    }
    read_config(context_, [this, done, loaded = context_.config().system.modules] {
        modules_.load(loaded, [this, done] {
            network_.start();
            done();
        });
    });
}

void Boot::finish_plan() {
    Readiness::make_run_directory();
    network_.begin_files();
    payload_.start_debug_shell();
}

void Boot::finish() {
    readiness_.look();
    haste_.end();
    news_.tell_how_it_went(payload_.was_due());
    context_.diary.leave();
    news_.report_changed();
    button_.watch();
    modules_.follow_devices();
    if (context_.is_keeper) growth_.stop();
}

void Boot::on_errands_done() {
    payload_.look_at_turn();
    readiness_.look();
}

void Boot::on_all_reaped() {
    end_.child_reaped();
    payload_.look_at_turn();
}

// Until the plan is carried out the config has just been read.
void Boot::on_reload() {
    if (plan_.is_done() && !context_.is_ending) reload_network(context_, network_);
}

void Boot::on_network_change() {
    context_.diary.look_at(network_.setup(), payload_.program());
    end_.look();
    if (!plan_.is_done()) return;
    news_.report_changed();
    readiness_.look();
}

void Boot::on_payload_change() {
    context_.diary.look_at(network_.setup(), payload_.program());
    news_.share_report();
    readiness_.look();
}

void Boot::on_end_begun() {
    sequence_.stop();
    network_.stop_waiting();
    context_.runner.stop();
    modules_.stop();
    growth_.stop();
    payload_.stop_debug_shell();
}

std::string Boot::report() const {
    const auto told = failures();
    return boot_report({context_.diary, context_.config().profile, context_.boot_config.file, told, context_.attempt,
                        network_.setup(), payload_.program(), payload_.processes_started()});
}

}  // namespace nlinit::app
