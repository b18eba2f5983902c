// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/phase_sequence.hpp"

#include <string>

#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

// Also until something is thrown: what has begun may be done later all the same.
class Beginning {
  public:
    explicit Beginning(bool& is_beginning) noexcept : is_beginning_(is_beginning) { is_beginning_ = true; }
    ~Beginning() { is_beginning_ = false; }
    Beginning(const Beginning&) = delete;
    Beginning& operator=(const Beginning&) = delete;

  private:
    bool& is_beginning_;
};

}  // namespace

void PhaseSequence::run() {
    while (next_ < phases_.size()) {
        const auto number = next_++;
        const auto& phase = phases_[number];
        if (phase.name != nullptr) diary_.enter(phase.name);
        is_waiting_ = phase.waits_for != nullptr;
        {
            const Beginning beginning(is_beginning_);
            phase.begin([this, number] { on_done(number); });
        }
        if (!is_waiting_) continue;
        log::debug("boot", {"waits for ", phase.waits_for});
        return;
    }
}

void PhaseSequence::stop() noexcept {
    next_ = phases_.size();
    is_waiting_ = false;
}

void PhaseSequence::on_done(std::size_t number) {
    if (!is_waiting_ || number + 1 != next_) return;
    is_waiting_ = false;
    if (!is_beginning_) run();
}

}  // namespace nlinit::app
