// What a boot tells whoever started the machine.
#include "app/pid1/boot.hpp"
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

// The configuration of the image may have another address than the initramfs's.
void Boot::tell(std::initializer_list<Notifier::Variable> variables) {
    const auto& wanted = boot_config_.config.system.notify;
    if (wanted.kind == NotifyAddress::Kind::none) return;
    if (!notifier_ || notifier_->address() != wanted)
        notifier_ = std::make_unique<Notifier>(loop_, quiet_errands_, wanted);
    notifier_->tell(variables);
}

// Of this boot only: a /run that outlived the one before has its ready file.
void Boot::make_run_directory() {
    if (auto made = sys::make_directories(kRunDirectory); !made.ok()) log::debug("boot", to_string(made.error()));
    if (auto removed = sys::remove_file(kReadyPath); !removed.ok()) log::debug("boot", to_string(removed.error()));
}

// Ready is a network that can be used, with its files written, and a payload that runs; not the end of a wait for them.
void Boot::tell_if_ready() {
    if (ready_ || !payload_due_ || ending() || !errands_.idle()) return;
    const auto& config = boot_config_.config;
    if (!config.network.interfaces.empty() && !(network_ && network_->is_settled())) return;
    if (!config.payload.command.empty() && !(payload_ && payload_->running())) return;
    ready_ = true;
    report_.write();  // who waits for the file below may want to know what became of the boot
    attempt_("write /run/nlinit/ready", Importance::optional, write_ready_file);
    const auto* uplink = network_ ? network_->uplink() : nullptr;
    const bool has_address = uplink != nullptr && !uplink->plan().addresses.empty();
    const std::string boot_time = milliseconds_since_power_on();
    tell({{"READY", "1"},
          {"STATUS", "running"},
          {"X_NLINIT_ADDRESS", has_address ? to_string(uplink->plan().addresses.front()) : ""},
          {"X_NLINIT_BOOT_MS", boot_time}});
    log::info("boot", "ready after " + boot_time + " ms");
}

}  // namespace nlinit::app
