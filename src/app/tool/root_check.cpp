// SPDX-License-Identifier: Apache-2.0
#include "app/tool/root_check.hpp"

#include <sys/mount.h>
#include <sys/stat.h>

#include <utility>
#include <variant>

#include "app/tool/module_check.hpp"
#include "app/tool/payload_check.hpp"
#include "app/tool/root_view.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/plan/boot_plan.hpp"
#include "nlinit/plan/mount_plan.hpp"

namespace nlinit::app {
namespace {

// And not what was there before.
bool shows_another_tree(const MountRow& row) {
    const bool is_bind = (row.flags & MS_BIND) != 0;
    return (row.flags & MS_REMOUNT) == 0 && !row.copy_up && !(is_bind && row.source == row.target);
}

bool may_be_on_file(const MountRow& row) {
    return (row.flags & (MS_BIND | MS_MOVE | MS_REMOUNT)) != 0;
}

class RootCheck {
  public:
    RootCheck(const BootConfig& boot_config, bool by_kernel)
        : boot_(boot_config), config_(boot_config.config), view_(boot_config), by_kernel_(by_kernel) {}

    std::vector<std::string> run(const std::string& release) {
        const Complain complain = [this](const std::string& key, const std::string& sentence) { say(key, sentence); };
        give_mount_points();
        look_at_plan();
        check_payload(config_, view_, complain);
        check_modules(boot_, plan_.modules, std::move(types_), release, complain);
        return std::move(sentences_);
    }

  private:
    // key: empty where no value is at fault.
    void say(const std::string& key, const std::string& sentence) {
        if (key.empty()) return sentences_.push_back(sentence);
        const auto* source = config::find_source(boot_.sources, key);
        append(sentences_, {(source != nullptr ? *source : "profile " + config_.profile), ": ", sentence});
    }

    // What an initramfs leads to gets these mount points, and for that memory over it where it is read-only.
    void give_mount_points() {
        if (by_kernel_ || config_.root.device.empty() || !view_.is_read_only()) return;
        bool all_there = true;
        for (const auto& early : plan::early_mounts()) all_there &= Seen(std::string(early.target)).is_there();
        if (all_there) return;
        view_.lay_over_all();
        types_.emplace_back("overlay", "root.device");
    }

    // In the order of the plan: where each row is mounted is there by then, or can be made.
    void look_at_plan() {
        for (const auto& early : plan::early_mounts()) {
            look_at_mount_point(std::string(early.target), "root", false);
            view_.mount_over(std::string(early.target));
        }
        for (const auto& step : plan_.steps) {
            const auto* row = std::get_if<MountRow>(&step.work);
            const auto target = std::string(plan::path_of(step.work));
            if (std::holds_alternative<plan::LayOver>(step.work) && view_.is_read_only()) view_.lay_over(target);
            if (row == nullptr || target == "/" || is_only_propagation(*row) ||
                (step.only_on_read_only_root && !view_.is_read_only()))
                continue;
            if (step.importance != Importance::optional)
                look_at_mount_point(target, plan::key_of(step), may_be_on_file(*row));
            if (shows_another_tree(*row)) view_.mount_over(target);
            note_types(*row, step);
        }
    }

    void look_at_mount_point(const std::string& target, const std::string& key, bool may_be_file) {
        if (view_.leads_to_covered(target)) return;
        const Seen seen(target);
        if (seen.is_unknown()) return say(key, concat({target, " ", seen.why_not()}));
        if (seen.is_there() && !S_ISDIR(seen.what.st_mode) && !may_be_file)
            return say(key, target + " is no directory to mount on");
        if (!seen.is_there() && !view_.can_be_written(target))
            say(key, concat({"there is no ", target, " to mount on, and none can be made on a read-only root"}));
    }

    void note_types(const MountRow& row, const plan::Step& step) {
        if ((row.flags & (MS_REMOUNT | MS_BIND | MS_MOVE)) != 0 || step.importance == Importance::optional) return;
        for (const auto type : split(row.type, ','))
            if (type != "auto") types_.emplace_back(type, plan::key_of(step));
    }

    const BootConfig& boot_;
    const config::Config& config_;
    RootView view_;
    const bool by_kernel_;
    const plan::BootPlan plan_ = plan::make_boot_plan(config_);
    MountedTypes types_;
    std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> check_root(const BootConfig& boot_config, const std::string& release, bool by_kernel) {
    return RootCheck(boot_config, by_kernel).run(release);
}

}  // namespace nlinit::app
