#include "app/tool/root_check.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/plan/boot_plan.hpp"
#include "nlinit/plan/module_plan.hpp"
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
constexpr int kMostLinksOfPath = 40;  // of one path (path_resolution(7))
constexpr int kMostScripts = 5;       // one the interpreter of the other, until the kernel has ELOOP (execve(2))

// In every kernel that boots a system, and never a module of its own.
constexpr std::array kKernelsOwn =
    std::to_array<string_view>({"proc",   "sysfs",    "devtmpfs",  "tmpfs",   "ramfs",      "devpts",    "cgroup2",
                                "cgroup", "mqueue",   "debugfs",   "tracefs", "securityfs", "hugetlbfs", "bpf",
                                "pstore", "efivarfs", "selinuxfs", "smackfs", "resctrl",    "cpuset",    "binder"});

// Whose modules have other names. The aliases of what is built in are in no index.
constexpr auto kModulesOfTypes = std::to_array<std::pair<string_view, string_view>>({
    {"ext2", "ext4"},
    {"ext3", "ext4"},
    {"iso9660", "isofs"},
    {"fuseblk", "fuse"},
    {"fusectl", "fuse"},
    {"smb3", "cifs"},
    {"nfs4", "nfs"},
    {"gfs2meta", "gfs2"},
    {"rpc_pipefs", "sunrpc"},
    {"autofs", "autofs4"},
    {"pvfs2", "orangefs"},
});

// "fuse.sshfs" is fuse for the kernel, and so is each type with a dot.
bool is_kernels_own(string_view type) {
    return std::ranges::find(kKernelsOwn, first_field(type, '.')) != kKernelsOwn.end();
}

// Not to be permitted to look is no proof that nothing is there.
struct Seen {
    struct stat what {};
    int code = 0;  // errno; 0: it is there

    explicit Seen(const std::string& path) { code = ::stat(path.c_str(), &what) == 0 ? 0 : errno; }
    [[nodiscard]] bool is_there() const { return code == 0; }
    [[nodiscard]] bool is_unknown() const { return code != 0 && code != ENOENT && code != ENOTDIR; }
    [[nodiscard]] std::string why_not() const {
        return is_unknown() ? concat({"cannot be looked at: ", std::strerror(code)}) : "is not there";
    }
};

std::string link_at(const std::string& path) {
    std::string target(PATH_MAX, '\0');
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    target.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return target;
}

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

    // Or leads over a link to such a place.
    [[nodiscard]] bool leads_to_covered(const std::string& path) const {
        return is_covered(path) || is_link_covered(path);
    }

    // As the kernel walks, a part at a time: what is behind a covered place cannot be seen.
    [[nodiscard]] bool is_link_covered(const std::string& path) const {
        std::string done, rest = path;
        for (int links = 0; !rest.empty() && links < kMostLinksOfPath;) {
            const auto part = std::string(first_field(rest, '/'));
            rest.erase(0, part.size() + 1);
            if (part == "..") done.resize(done.empty() ? 0 : done.rfind('/'));
            if (part.empty() || part == "." || part == "..") continue;
            const auto next = concat({done, "/", part});
            if (is_covered(rest.empty() ? next : concat({next, "/", rest}))) return true;
            const auto target = link_at(next);
            if (target.empty()) {
                done = next;
                continue;
            }
            if (target.starts_with('/')) done.clear();
            rest = concat({target, "/", rest});
            ++links;
        }
        return false;
    }

    // In the order of the plan: where each row is mounted is there by then, or can be made.
    void look_at_plan() {
        for (const auto& early : plan::early_mounts()) {
            look_at_mount_point(std::string(early.target), "root", false);
            covers_.emplace_back(early.target);
        }
        for (const auto& step : plan_.steps) {
            const auto* row = std::get_if<MountRow>(&step.work);
            const auto target = std::string(plan::path_of(step.work));
            if (std::holds_alternative<plan::LayOver>(step.work) && is_read_only_) writable_.push_back(target);
            if (row == nullptr || target == "/" || is_only_propagation(*row) ||
                (step.only_on_read_only_root && !is_read_only_))
                continue;
            if (step.importance != Importance::optional)
                look_at_mount_point(target, plan::key_of(step), may_be_on_file(*row));
            if (shows_another_tree(*row)) covers_.push_back(target);
            note_types(*row, step);
        }
    }

    void look_at_mount_point(const std::string& target, const std::string& key, bool may_be_file) {
        if (leads_to_covered(target)) return;
        const Seen seen(target);
        if (seen.is_unknown()) return say(key, concat({target, " ", seen.why_not()}));
        if (seen.is_there() && !S_ISDIR(seen.what.st_mode) && !may_be_file)
            return say(key, target + " is no directory to mount on");
        if (!seen.is_there() && !can_be_written(target))
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
        identity_ = find_user();
        if (!leads_to_covered(payload.working_directory)) check_working_directory();
        sys::Command command;
        command.arguments = payload.command;
        command.environment = payload.environment;
        command.working_directory = payload.working_directory;
        for (const auto& candidate : sys::candidates(command)) {
            const auto place = from_working_directory(candidate);
            if (leads_to_covered(place)) return;
            const Seen seen(place);
            if (seen.is_there()) return check_program(place);
            if (seen.is_unknown()) return complain_of_payload(place, "it " + seen.why_not());
        }
        const auto& program = payload.command.front();
        say("payload.command",
            in_quotes(program) +
                (program.find('/') != std::string::npos ? " is not there" : " is in no directory of PATH"));
    }

    [[nodiscard]] std::string from_working_directory(const std::string& path) const {
        return path.starts_with('/') ? path : concat({config_.payload.working_directory, "/", path});
    }

    void complain_of_payload(const std::string& path, const std::string& why) {
        if (!why.empty()) say("payload.command", in_quotes(path) + ": " + why);
    }

    // The program, and what runs it in turn: scripts, a program, and its loader, which has none.
    void check_program(const std::string& program) {
        auto path = program;
        for (int scripts = 0; scripts <= kMostScripts; ++scripts) {
            auto fault = fault_of_file(path);
            const auto head = fault.empty() ? sys::read_program_head(path) : std::nullopt;
            if (fault.empty()) fault = fault_of_head(head);
            if (!fault.empty()) return complain_of_payload(path, fault);
            if (head->interpreter.empty()) return;
            const auto next = from_working_directory(head->interpreter);
            if (leads_to_covered(next)) return;
            if (const Seen seen(next); !seen.is_there())
                return complain_of_payload(path, without_interpreter(*head, seen.why_not()));
            if (head->is_elf) return complain_of_payload(next, fault_of_loader(next));
            path = next;
        }
        complain_of_payload(program, "its interpreters are nested too deeply, or in a circle");
    }

    [[nodiscard]] std::string fault_of_file(const std::string& path) const {
        const Seen seen(path);
        if (!seen.is_there()) return "it " + seen.why_not();
        if (!S_ISREG(seen.what.st_mode)) return "it is no regular file";
        if ((seen.what.st_mode & 0111) == 0) return "it is not executable";
        return identity_ ? sys::why_user_may_not_run(path, *identity_) : std::string();
    }

    [[nodiscard]] std::string fault_of_head(const std::optional<sys::ProgramHead>& head) const {
        if (!head) return "it cannot be read";
        if (!head->fault.empty()) return head->fault;
        if (head->is_script) return head->interpreter.empty() ? "it names no interpreter behind #!" : "";
        if (!config_.binfmts.empty()) return {};
        if (!head->is_elf) return "it is no program, and a script begins with #! and its interpreter";
        if (head->machine == machine()) return {};
        return "it is a program for " + sys::name_of_machine(head->machine) + ", and this root is for " +
               sys::name_of_machine(machine());
    }

    [[nodiscard]] std::string fault_of_loader(const std::string& path) const {
        auto fault = fault_of_file(path);
        return fault.empty() ? fault_of_head(sys::read_program_head(path)) : fault;
    }

    static std::string without_interpreter(const sys::ProgramHead& head, const std::string& why_not) {
        return concat({head.is_script ? "its interpreter " : "its loader ", in_quotes(head.interpreter), " ", why_not,
                       head.interpreter.ends_with('\r') ? " (the line ends with a carriage return)" : ""});
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
        const Seen seen(directory);
        if (seen.is_unknown()) {
            say("payload.cwd", concat({in_quotes(directory), " ", seen.why_not()}));
        } else if (!seen.is_there()) {
            if (!config_.payload.makes_working_directory || is_read_only_)
                say("payload.cwd", "there is no directory " + in_quotes(directory));
        } else if (!S_ISDIR(seen.what.st_mode)) {
            say("payload.cwd", in_quotes(directory) + " is no directory");
        } else if (const auto why = identity_ ? sys::why_user_may_not_run(directory, *identity_) : ""; !why.empty()) {
            say("payload.cwd", why);
        }
    }

    [[nodiscard]] bool wants_modules() const {
        return !plan_.modules.empty() ||
               !std::ranges::all_of(types_, [](const auto& type) { return is_kernels_own(type.first); });
    }

    // The directories that have this file.
    static std::vector<std::string> releases_with(const std::string& file) {
        std::vector<std::string> releases;
        for (const char* base : {"/lib/modules/", "/usr/lib/modules/"}) {
            const sys::Directory entries(::opendir(base));
            while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get()))
                if (entry->d_name[0] != '.' && sys::exists(concat({base, entry->d_name, file})) &&
                    std::ranges::find(releases, entry->d_name) == releases.end())
                    releases.emplace_back(entry->d_name);
        }
        return releases;
    }

    // Where there is an initramfs, modules are its business.
    void find_modules() {
        if (!config_.root.overlay.empty()) types_.emplace_back("overlay", "root.overlay");
        if (!wants_modules()) return;
        auto releases = releases_with("/modules.dep");
        if (releases.empty()) releases = releases_with("/.");
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
            if (module == plan::kModulesOfDevices) continue;
            const auto files = modules_->files_for(module.substr(0, module.find(' ')));
            if (!files.ok())
                say(boot_.sources.contains(config::row_key("system.modules", module))
                        ? config::row_key("system.modules", module)
                        : "system.modules",
                    to_string(files.error()));
        }
        // What is built in is known by that file alone.
        const auto directory = "/lib/modules/" + release_ + "/modules.builtin";
        if (!sys::exists(directory) && !sys::exists("/usr" + directory)) return;
        for (const auto& [type, key] : types_) check_type(type, key);
    }

    [[nodiscard]] bool has_module_of(const std::string& full_type) {
        const std::string type(first_field(full_type, '.'));
        const auto* other = std::ranges::find(kModulesOfTypes, type, &std::pair<string_view, string_view>::first);
        return modules_->files_for("fs-" + type).ok() || modules_->files_for(type).ok() ||
               (other != kModulesOfTypes.end() && modules_->files_for(std::string(other->second)).ok());
    }

    void check_type(const std::string& type, const std::string& key) {
        if (is_kernels_own(type)) return;
        if (!has_module_of(type))
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
    std::optional<sys::Identity> identity_;  // the payload's; none where it is not known yet
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
