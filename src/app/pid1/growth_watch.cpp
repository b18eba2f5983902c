// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/growth_watch.hpp"

#include <utility>

#include "app/pid1/boot_steps.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/grow.hpp"

namespace nlinit::app {

void GrowthWatch::begin() {
    targets_ = plan::grown_filesystems(context_.config());
    if (targets_.empty()) return;
    auto socket = sys::DeviceSocket::open(sys::DeviceSocket::Event::changed);
    const auto watched = socket.ok() ? context_.loop.watch(socket->fd(), [this] { read(); }) : Result<>(socket.error());
    if (watched.ok()) {
        socket_ = *std::move(socket);
    } else {
        log::error("mount", {to_string(watched.error()), ": no filesystem is grown while the machine runs"});
    }
}

void GrowthWatch::stop() noexcept {
    if (socket_) context_.loop.unwatch(socket_->fd());
    socket_.reset();
}

// Which device it is matters to nobody: one that fills its device already is left as it is.
void GrowthWatch::read() {
    bool lost = false;
    if (socket_->read("RESIZE", lost).empty() && !lost) return;
    for (const auto& target : targets_) {
        const auto subject = "grow the filesystem on " + target;
        const auto work = [target]() -> Result<std::string> {
            const auto grown = sys::grow_filesystem(target);
            return grown.ok() ? Result<std::string>(std::string()) : grown.error();
        };
        const auto on_end = [subject](const Result<std::string>& done) {
            if (!done.ok()) log::error("mount", {subject, ": ", to_string(done.error())});
        };
        context_.quiet_errands.run(subject,
                                   {.subject = subject, .work = work, .on_end = on_end, .limit = kGrowthLimit});
    }
}

}  // namespace nlinit::app
