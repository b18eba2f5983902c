// SPDX-License-Identifier: Apache-2.0
// The lease of one link, kept in a file for the next boot. The file may be on a disk or a share that never answers, so
// who reads and writes it is the program's choice: netsetup does so itself, PID 1 by a child, once its disks are there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/errands.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/lease_record.hpp"

namespace nlinit::app {

// Has an errand done, and its end told, now or later. Of several that wait under one key the last one counts.
using RunErrand = std::function<void(const std::string& key, Errand errand)>;
// By the caller itself, at once: for a program that has nothing else to do meanwhile.
void run_errand_here(const std::string& key, const Errand& errand);

class LeaseKeeper {
  public:
    // `link`: its name, for the log.
    LeaseKeeper(std::string path, std::string link, dhcp::LeaseHolder holder, RunErrand run)
        : path_(std::move(path)), link_(std::move(link)), holder_(std::move(holder)), run_(std::move(run)) {}
    LeaseKeeper(const LeaseKeeper&) = delete;
    LeaseKeeper& operator=(const LeaseKeeper&) = delete;

    // A lease that cannot be had from the file is no obstacle: then on_lease is not called, and the log says why.
    void read(const dhcp::LeaseRules& rules, std::function<void(const dhcp::Lease& lease)> on_lease);
    // Replaces what the file says; no lease: the file is removed. A lease that says the same as the one that was
    // written within the last minute is not written again.
    void keep(const dhcp::Lease* lease);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    // Why the file is not as it should be, if it is not.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

  private:
    void on_written(const Result<std::string>& answer);

    std::string path_, link_;
    dhcp::LeaseHolder holder_;
    RunErrand run_;
    std::optional<dhcp::Lease> kept_;  // what the file says, but for when that began
    TimePoint kept_at_{};
    bool is_removed_ = false;
    std::optional<Error> failure_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // an errand may end after this
};

}  // namespace nlinit::app
