// SPDX-License-Identifier: Apache-2.0
// How a boot finds what it mounts, and mounts it: one way for the root, for what its overlay is written to, and for
// every row of [[mount]]. Runs in the child of a StepRunner: it waits for devices, and says before each call that may
// never end how long PID 1 is to wait for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/pid1/disk_search.hpp"
#include "app/pid1/step_runner.hpp"
#include "nlinit/base/log_level.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/machine/swap_row.hpp"
#include "nlinit/sys/mount/block_device.hpp"
#include "nlinit/sys/mount/filesystem_types.hpp"
#include "nlinit/sys/mount/mount_point.hpp"

namespace nlinit::app {

// What one child has found out, for the next.
struct MounterKnowledge {
    std::vector<std::string> silent_devices;   // that did not answer when they were looked at
    std::optional<TimePoint> rows_wait_until;  // all rows of a plan together, but for those that are required
    // Take a note, and the subject of what was silent; false when it is about something else.
    bool take_note(std::string_view note);
    bool take_silence(std::string_view subject);
};

class Mounter {
  public:
    Mounter(StepChild& child, MounterKnowledge knowledge)
        : child_(child), knowledge_(std::move(knowledge)), search_(child, knowledge_.silent_devices) {}
    Mounter(const Mounter&) = delete;
    Mounter& operator=(const Mounter&) = delete;

    // A row of the plan. A fast kernel runs init before it has found every device: each row that is required waits,
    // those that are not have one time together, and those that are optional have none.
    [[nodiscard]] Result<> mount_row(const MountRow& row, Importance importance);

    // The same for swap space.
    [[nodiscard]] Result<> use_swap(const SwapRow& row);

    // Mounts when the device behind the source is there: finds the device, waits that long for it, has its type be
    // seen, and says what was missing. mount() gets the row as the kernel takes it.
    using MountReady = std::function<Result<>(const MountRow& ready)>;
    [[nodiscard]] Result<> mount_when_there(const MountRow& row, Duration patience, const MountReady& mount);

    // mount(2), for what takes a sys::MountCall.
    [[nodiscard]] int call(const MountRow& row, unsigned long flags, const sys::MountAt& at);
    // Whether the kernel has it now; its module is loaded if need be.
    [[nodiscard]] bool has_filesystem(const std::string& type);

    [[nodiscard]] sys::FilesystemTypes& types() noexcept { return types_; }

  private:
    [[nodiscard]] Result<> within_time_of_rows(Importance importance,
                                               const std::function<Result<>(Duration patience)>& work);
    [[nodiscard]] Result<std::string> find_device(const std::string& source, const DeviceName& name, Duration patience);
    [[nodiscard]] Result<MountRow> make_ready(const MountRow& row, Duration patience);
    [[nodiscard]] Error explain(Error error, const MountRow& ready);
    [[nodiscard]] sys::BlockDevices block_devices();
    [[nodiscard]] sys::AskDisks ask_for(const std::string& what);
    void wait_for_uevents(Duration limit, const std::function<bool()>& done);

    StepChild& child_;
    MounterKnowledge knowledge_;
    DiskSearch search_;
    sys::FilesystemTypes types_;
    std::string no_module_;  // why the module of a filesystem is not loaded
};

}  // namespace nlinit::app
