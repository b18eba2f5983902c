// SPDX-License-Identifier: Apache-2.0
// The root that a configuration is for, before anything is mounted on it: what is there, and what a boot will cover.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/pid1/boot_config.hpp"

namespace nlinit::app {

// Not to be permitted to look is no proof that nothing is there.
struct Seen {
    struct stat what {};
    int code = 0;  // errno; 0: it is there

    explicit Seen(const std::string& path);
    [[nodiscard]] bool is_there() const { return code == 0; }
    [[nodiscard]] bool is_unknown() const;
    [[nodiscard]] std::string why_not() const;
};

class RootView {
  public:
    explicit RootView(const BootConfig& boot_config);

    // What the rows of a plan do to it, in their order.
    void mount_over(std::string target) { covers_.push_back(std::move(target)); }
    void lay_over(std::string target) { writable_.push_back(std::move(target)); }
    void lay_over_all() noexcept { is_read_only_ = false; }

    // It starts read-only, as far as the config tells.
    [[nodiscard]] bool is_read_only() const noexcept { return is_read_only_; }
    // Nothing is written into a root that is read-only, but into what is mounted or laid over it.
    [[nodiscard]] bool can_be_written(std::string_view path) const;
    // What is there by then is not the root's any more, or no longer all there is.
    [[nodiscard]] bool is_covered(std::string_view path) const;
    // Or leads over a link to such a place.
    [[nodiscard]] bool leads_to_covered(const std::string& path) const;

  private:
    [[nodiscard]] bool is_under_mount(std::string_view path) const;
    [[nodiscard]] bool is_link_covered(const std::string& path) const;

    const config::Config& config_;
    bool is_read_only_;
    std::vector<std::string> covers_, writable_;
};

}  // namespace nlinit::app
