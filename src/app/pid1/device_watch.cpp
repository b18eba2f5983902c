// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/device_watch.hpp"

#include <algorithm>
#include <utility>

#include "app/pid1/device_modules.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/device_names.hpp"

namespace nlinit::app {
namespace {

using image::DriverUse;

}  // namespace

void DeviceWatch::stop() noexcept {
    if (socket_) loop_.unwatch(socket_->fd());
    socket_.reset();
    up_to_.reset();
}

void DeviceWatch::listen() {
    auto socket = sys::DeviceSocket::open(sys::DeviceSocket::Event::added);
    auto watched = socket.ok() ? loop_.watch(socket->fd(), [this] { read(); }) : Result<>(socket.error());
    if (watched.ok()) {
        socket_ = *std::move(socket);
    } else {
        log::warning("modules", {to_string(watched.error()), ": those that come later get no driver"});
    }
}

void DeviceWatch::go_on(DriverUse up_to) {
    up_to_ = up_to;
    load();
}

void DeviceWatch::take_all() {
    looks_at_all_ = true;
    go_on(DriverUse::other);
}

void DeviceWatch::read() {
    bool lost = false;
    for (auto& name : socket_->read("MODALIAS", lost)) {
        if (waiting_.size() < kMostWaiting && std::ranges::find(waiting_, name) == waiting_.end())
            waiting_.push_back(std::move(name));
    }
    looks_at_all_ = looks_at_all_ || lost;
    load();
}

void DeviceWatch::load() {
    if (is_loading_ || !up_to_ || (waiting_.empty() && !looks_at_all_)) return;
    is_loading_ = true;
    const auto work = [names = std::exchange(waiting_, {}), all = std::exchange(looks_at_all_, false),
                       up_to = *up_to_]() -> Result<std::string> {
        load_drivers(names, up_to);
        if (all) load_drivers(sys::device_names(), std::min(up_to, DriverUse::disk));
        return std::string();
    };
    errands_.run("modules", {.subject = "load modules for new devices",
                             .work = work,
                             .on_end =
                                 [this](const Result<std::string>& done) {
                                     is_loading_ = false;
                                     if (!done.ok()) log::error("modules", to_string(done.error()));
                                     load();
                                 },
                             .limit = kModuleLimit});
}

}  // namespace nlinit::app
