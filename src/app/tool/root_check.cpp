#include "app/tool/root_check.hpp"

#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/plan/boot_plan.hpp"
#include "nlinit/plan/mount_plan.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/machine/module.hpp"
#include "nlinit/sys/process/accounts.hpp"
#include "nlinit/sys/process/exec_fault.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {
namespace {

using std::string_view;

constexpr std::array kInits = {"/sbin/nlinit", "/usr/sbin/nlinit", "/init", "/sbin/init"};
constexpr int kMostInterpreters = 5;  // as deep as the kernel goes (BINPRM_MAX_RECURSION and the program)

// In every kernel that boots a system, and never a module of its own.
constexpr std::array<string_view, 16> kKernelsOwn = {
    "proc",   "sysfs",   "devtmpfs", "tmpfs",      "ramfs",     "devpts", "cgroup2", "cgroup",
    "mqueue", "debugfs", "tracefs",  "securityfs", "hugetlbfs", "bpf",    "pstore",  "efivarfs"};

std::optional<struct stat> look_at(const std::string& path) {
    struct stat there {};
    return ::stat(path.c_str(), &there) == 0 ? std::optional(there) : std::nullopt;
}

class RootCheck {
  public:
    RootCheck(const BootConfig& boot_config, std::string release)
        : boot_(boot_config), config_(boot_config.config), release_(std::move(release)) {}

    std::vector<std::string> run() {
        plan_ = plan::make_boot_plan(config_);
        look_at_plan();
        check_payload();
        find_modules();
        if (modules_) check_modules();
        return std::move(sentences_);
    }

  private:
    void say(const std::string& key, const std::string& sentence) {
        const auto* source = config::find_source(boot_.sources, key);
        sentences_.push_back((source != nullptr ? *source : "profile " + config_.profile) + ": " + sentence);
    }

    // A root that starts read-only, as far as the config tells.
    [[nodiscard]] bool is_root_read_only() const {
        const auto& root = config_.root;
        const bool is_told = !root.device.empty() || boot_.sources.contains("root.read_only");
        const bool can_only_be_read = root.type == "erofs" || root.type == "squashfs";
        return root.overlay.empty() && (can_only_be_read || (is_told && root.read_only));
    }

    [[nodiscard]] bool is_under_mount(string_view path) const {
        return std::ranges::any_of(covers_, [&](const auto& place) { return path == place || is_below(path, place); });
    }

    // Nothing is written into a root that is read-only, but into what is mounted or laid over it.
    [[nodiscard]] bool can_be_written(string_view path) const {
        return !is_read_only_ || is_under_mount(path) ||
               std::ranges::any_of(writable_, [&](const auto& place) { return is_below(path, place); });
    }

    // What is there by then is not the root's any more, or no longer all there is.
    [[nodiscard]] bool is_covered(string_view path) const {
        const auto makes = [&](const auto& row) {
            return (row.path == path || is_below(row.path, path)) && can_be_written(row.path);
        };
        const auto links = [&](const auto& row) {
            return makes(row) || (is_below(path, row.path) && can_be_written(row.path));
        };
        return is_under_mount(path) || std::ranges::any_of(config_.files, makes) ||
               std::ranges::any_of(config_.directories, makes) || std::ranges::any_of(config_.symlinks, links);
    }

    // In the order of the plan: where each row is mounted is there by then, or can be made.
    void look_at_plan() {
        for (const auto& early : plan::early_mounts()) {
            look_at_mount_point(std::string(early.target), "root");
            covers_.emplace_back(early.target);
        }
        for (const auto& step : plan_.steps) {
            const auto* row = std::get_if<MountRow>(&step.work);
            const auto target = std::string(plan::path_of(step.work));
            if (std::holds_alternative<plan::LayOver>(step.work) && is_read_only_) writable_.push_back(target);
            if (row == nullptr || target == "/" || is_only_propagation(*row) ||
                (step.only_on_read_only_root && !is_read_only_))
                continue;
            if (step.importance != Importance::optional) look_at_mount_point(target, plan::key_of(step));
            if ((row->flags & (MS_REMOUNT | MS_BIND)) == 0 && !row->copy_up) covers_.push_back(target);
            note_types(*row, step);
        }
    }

    void look_at_mount_point(const std::string& target, const std::string& key) {
        if (is_covered(target)) return;
        const auto there = look_at(target);
        if (!there && !can_be_written(target))
            say(key, "there is no " + target + " to mount on, and none can be made on a read-only root");
    }

    void note_types(const MountRow& row, const plan::Step& step) {
        if ((row.flags & (MS_REMOUNT | MS_BIND | MS_MOVE)) != 0 || step.importance == Importance::optional) return;
        for (const auto type : split(row.type, ','))
            if (type != "auto") types_.emplace_back(type, plan::key_of(step));
    }

    void check_payload() {
        const auto& payload = config_.payload;
        if (payload.command.empty()) return;
        const auto identity = find_user();
        if (!is_covered(payload.working_directory)) check_working_directory();
        sys::Command command;
        command.arguments = payload.command;
        command.environment = payload.environment;
        command.working_directory = payload.working_directory;
        for (auto place : sys::candidates(command)) {
            if (!place.starts_with('/')) place = concat({payload.working_directory, "/", place});
            if (is_covered(place)) return;
            if (!sys::exists(place)) continue;
            const auto before = sentences_.size();
            check_program(place);
            if (identity && sentences_.size() == before)
                complain_of_payload(place, sys::why_user_may_not_run(place, *identity));
            return;
        }
        const auto& program = payload.command.front();
        say("payload.command",
            in_quotes(program) +
                (program.find('/') != std::string::npos ? " is not there" : " is in no directory of PATH"));
    }

    void complain_of_payload(const std::string& path, const std::string& why) {
        if (!why.empty()) say("payload.command", in_quotes(path) + ": " + why);
    }

    // The program, and what runs it in turn.
    void check_program(std::string path) {
        for (int depth = 0; depth < kMostInterpreters; ++depth) {
            const auto there = look_at(path);
            if (!there || !S_ISREG(there->st_mode))
                return complain_of_payload(path, there ? "it is no regular file" : "it is not there");
            if ((there->st_mode & 0111) == 0) return complain_of_payload(path, "it is not executable");
            const auto head = sys::read_program_head(path);
            if (!head) return complain_of_payload(path, "it cannot be read");
            if (!head->is_elf && !head->is_script) {
                if (config_.binfmts.empty())
                    complain_of_payload(path, "it is no program, and a script begins with #! and its interpreter");
                return;
            }
            if (head->is_elf && head->machine != machine() && config_.binfmts.empty())
                return complain_of_payload(path, "it is a program for " + sys::name_of_machine(head->machine) +
                                                     ", and this root is for " + sys::name_of_machine(machine()));
            if (head->interpreter.empty()) {
                if (head->is_script) complain_of_payload(path, "it names no interpreter behind #!");
                return;
            }
            if (is_covered(head->interpreter)) return;
            if (!sys::exists(head->interpreter))
                return complain_of_payload(
                    path, std::string("its ") + (head->is_script ? "interpreter " : "loader ") +
                              in_quotes(head->interpreter) + " is not there" +
                              (head->interpreter.ends_with('\r') ? " (the line ends with a carriage return)" : ""));
            path = head->interpreter;
        }
    }

    // The init's of this root, or this program's.
    [[nodiscard]] static unsigned machine() {
        for (const auto* init : kInits) {
            const auto head = sys::read_program_head(init);
            if (head && head->is_elf) return head->machine;
        }
        return sys::our_machine();
    }

    std::optional<sys::Identity> find_user() {
        const auto& payload = config_.payload;
        if (is_covered("/etc/passwd")) return std::nullopt;
        const auto identity = sys::find_identity(payload.user, payload.groups);
        if (identity.ok()) return *identity;
        say(payload.user.empty() ? "payload.groups" : "payload.user", to_string(identity.error()));
        return std::nullopt;
    }

    void check_working_directory() {
        const auto& directory = config_.payload.working_directory;
        const auto there = look_at(directory);
        if (!there && config_.payload.makes_working_directory && !is_read_only_) return;
        if (!there) {
            say("payload.cwd", "there is no directory " + in_quotes(directory));
        } else if (!S_ISDIR(there->st_mode)) {
            say("payload.cwd", in_quotes(directory) + " is no directory");
        }
    }

    // Where there is an initramfs, modules are its business.
    void find_modules() {
        std::vector<std::string> releases;
        for (const char* base : {"/lib/modules", "/usr/lib/modules"}) {
            const sys::Directory entries(::opendir(base));
            while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get()))
                if (entry->d_name[0] != '.' && std::ranges::find(releases, entry->d_name) == releases.end())
                    releases.emplace_back(entry->d_name);
        }
        std::ranges::sort(releases);
        if (release_.empty() && releases.size() > 1) {
            sentences_.push_back("/lib/modules is for kernels " + releases.front() + " to " + releases.back() +
                                 ": --kernel says which one boots");
            return;
        }
        if (release_.empty() && !releases.empty()) release_ = releases.front();
        if (!release_.empty() && (!releases.empty() || config_.root.device.empty()))
            modules_.emplace("/lib/modules/" + release_);
    }

    void check_modules() {
        for (const auto& module : plan_.modules) {
            const auto files = modules_->files_for(module.substr(0, module.find(' ')));
            if (!files.ok())
                say(boot_.sources.contains(config::row_key("system.modules", module))
                        ? config::row_key("system.modules", module)
                        : "system.modules",
                    to_string(files.error()));
        }
        if (!config_.root.overlay.empty()) types_.emplace_back("overlay", "root.overlay");
        // What is built in is known by that file alone.
        const auto directory = "/lib/modules/" + release_ + "/modules.builtin";
        if (!sys::exists(directory) && !sys::exists("/usr" + directory)) return;
        for (const auto& [type, key] : types_) check_type(type, key);
    }

    void check_type(const std::string& type, const std::string& key) {
        if (std::ranges::find(kKernelsOwn, type) != kKernelsOwn.end()) return;
        if (!modules_->files_for("fs-" + type).ok() && !modules_->files_for(type).ok())
            return say(key,
                       "kernel " + release_ + " has no " + type + ", neither as a module of this root nor built in");
        if (type == "9p" && !modules_->files_for("9pnet_virtio").ok())
            say(key, "kernel " + release_ + " has no 9pnet_virtio, which a 9p share of a host needs");
    }

    const BootConfig& boot_;
    const config::Config& config_;
    std::string release_;
    const bool is_read_only_ = is_root_read_only();
    std::vector<std::string> sentences_;
    plan::BootPlan plan_;
    std::vector<std::string> covers_, writable_;
    std::vector<std::pair<std::string, std::string>> types_;  // with the keys of their rows
    std::optional<sys::ModuleLoader> modules_;
};

}  // namespace

std::vector<std::string> check_root(const BootConfig& boot_config, const std::string& release) {
    return RootCheck(boot_config, release).run();
}

}  // namespace nlinit::app
