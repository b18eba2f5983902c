// SPDX-License-Identifier: Apache-2.0
// When a boot is ready, and who is told of it. Ready is a network that can be used, with its files written, and a
// payload that runs; not the end of a wait for them.
#pragma once

#include "app/pid1/boot_context.hpp"
#include "app/pid1/boot_network.hpp"
#include "app/pid1/boot_news.hpp"
#include "app/pid1/boot_payload.hpp"

namespace nlinit::app {

class Readiness {
  public:
    Readiness(BootContext& context, BootNews& news, const BootNetwork& network, const BootPayload& payload)
        : context_(context), news_(news), network_(network), payload_(payload) {}

    // /run/nlinit without the file of readiness: a /run that outlived the boot before has that one's.
    static void make_run_directory();
    // Something has changed: tells of it once, when all is there.
    void look();

  private:
    [[nodiscard]] bool is_all_there() const;

    BootContext& context_;
    BootNews& news_;
    const BootNetwork& network_;
    const BootPayload& payload_;
    bool is_told_ = false;
};

}  // namespace nlinit::app
