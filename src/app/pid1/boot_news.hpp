// SPDX-License-Identifier: Apache-2.0
// What a boot tells: whoever started the machine by notifications, whoever looks into it by the report, and whoever
// sees its console by one line.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/notifier.hpp"
#include "app/pid1/report_writer.hpp"

namespace nlinit::app {

class BootNews {
  public:
    // report: of this moment.
    BootNews(BootContext& context, std::function<std::string()> report);

    void notify(std::initializer_list<Notifier::Variable> variables);
    // For the end of the machine: waits a moment for what is on its way.
    void finish_notifying();

    void report_changed() { report_.changed(); }
    void write_report() { report_.write(); }
    void share_report();  // the same, and its copy where one is wanted

    // How long the boot took, and what failed: once. is_over: it came to its payload, or to where there is none.
    void tell_how_it_went(bool is_over);

  private:
    BootContext& context_;
    std::unique_ptr<Notifier> notifier_;  // none where nobody is to be told
    ReportWriter report_;
    bool told_how_it_went_ = false;
};

}  // namespace nlinit::app
