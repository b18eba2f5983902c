// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_news.hpp"

#include <utility>

#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {

BootNews::BootNews(BootContext& context, std::function<std::string()> report)
    : context_(context), report_(context.loop, context.quiet_errands, std::move(report)) {}

// The configuration of the image may have another address than the initramfs's.
void BootNews::notify(std::initializer_list<Notifier::Variable> variables) {
    const auto& wanted = context_.config().system.notify;
    if (wanted.kind == NotifyAddress::Kind::none) return;
    if (!notifier_ || notifier_->address() != wanted)
        notifier_ = std::make_unique<Notifier>(context_.loop, context_.quiet_errands, wanted);
    notifier_->tell(variables);
}

void BootNews::finish_notifying() {
    if (notifier_) notifier_->finish();
}

void BootNews::share_report() {
    report_.write_and_share(context_.config().system.report);
}

void BootNews::tell_how_it_went(bool is_over) {
    if (std::exchange(told_how_it_went_, true)) return;
    const auto failed = log::failures().size();
    const std::string text = (is_over ? "done in " : "ended early, after ") + context_.diary.time_of(BootClock::now());
    if (failed == 0) {
        log::info("boot", text);
    } else {
        log::summary("boot", {text, ", ", std::to_string(failed), " failed: see nlinit report"});
    }
}

}  // namespace nlinit::app
