// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/readiness.hpp"

#include <string>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kRunDirectory = "/run/nlinit";
constexpr const char* kReadyPath = "/run/nlinit/ready";
constexpr const char* kBootIdPath = "/proc/sys/kernel/random/boot_id";
constexpr std::size_t kBootIdSize = 64;

std::string milliseconds_since_power_on() {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(BootClock::now().time_since_epoch()).count());
}

// For scripts inside: the file is of this boot if it holds this boot's ID.
Result<> write_ready_file() {
    const auto id = sys::read_file(kBootIdPath, kBootIdSize);
    if (!id.ok()) return id.error();
    if (auto made = sys::make_directories(kRunDirectory); !made.ok()) return made;
    return sys::write_file(kReadyPath, *id);
}

}  // namespace

void Readiness::make_run_directory() {
    if (auto made = sys::make_directories(kRunDirectory); !made.ok()) log::debug("boot", to_string(made.error()));
    if (auto removed = sys::remove_file(kReadyPath); !removed.ok()) log::debug("boot", to_string(removed.error()));
}

bool Readiness::is_all_there() const {
    if (!payload_.was_due() || !context_.errands.idle()) return false;
    const auto& config = context_.config();
    const auto* network = network_.setup();
    const auto* program = payload_.program();
    if (!config.network.interfaces.empty() && (network == nullptr || !network->is_settled())) return false;
    return program == nullptr || program->running();
}

void Readiness::look() {
    if (is_told_ || context_.is_ending || !is_all_there()) return;
    is_told_ = true;
    news_.write_report();  // who waits for the file below may want to know what became of the boot
    context_.attempt("write /run/nlinit/ready", Importance::optional, write_ready_file);
    const auto* uplink = network_.setup() != nullptr ? network_.setup()->uplink() : nullptr;
    const bool has_address = uplink != nullptr && !uplink->plan().addresses.empty();
    const std::string boot_time = milliseconds_since_power_on();
    news_.notify({{"READY", "1"},
                  {"STATUS", "running"},
                  {"X_NLINIT_ADDRESS", has_address ? to_string(uplink->plan().addresses.front()) : ""},
                  {"X_NLINIT_BOOT_MS", boot_time}});
    log::info("boot", {"ready after ", boot_time, " ms"});
}

}  // namespace nlinit::app
