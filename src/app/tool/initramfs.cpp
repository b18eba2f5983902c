// SPDX-License-Identifier: Apache-2.0
#include "app/tool/initramfs.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "app/pid1/boot_config.hpp"
#include "app/tool/image_output.hpp"
#include "app/tool/image_source.hpp"
#include "app/tool/image_tree.hpp"
#include "app/tool/module_directory.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"
#include "nlinit/image/elf.hpp"
#include "nlinit/image/module_index.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/plan/module_plan.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/swap.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kRoom = "initramfs";
constexpr const char* kInit = "/init";
constexpr const char* kItself = "/proc/self/exe";
constexpr const char* kConfig = "/etc/nlinit.toml";

// Of a file that is to be a whole one of its kind.
Result<image::ElfHead> head_of(const std::string& path, image::ElfKind kind, std::string_view what) {
    auto head = elf_head_of(path);
    if (!head.ok()) return head.error();
    if (!*head || (*head)->kind != kind) return Error{0, concat({path, " is no ", what})};
    if (!(*head)->is_whole) return Error{0, concat({path, " is no whole ", what, ": its headers lead beyond its end"})};
    return **std::move(head);
}

std::string name_of_module(std::string_view words) {
    return std::string(take_field(words, ' '));
}

std::string list_of(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) append(list, {list.empty() ? "" : ", ", name});
    return list;
}

// The modules of a configuration, and what its filesystems may need.
void add_modules_of(const config::Config& config, image::WantedModules& wanted) {
    for (const auto& module : config.system.modules) {
        if (module != plan::kModulesOfDevices) wanted.required.push_back(name_of_module(module));
    }
    for (const auto& swap : config.swaps) {
        if (swap.device.empty())
            wanted.if_there.insert(wanted.if_there.end(), {"zram", sys::module_of_zram(swap.algorithm)});
    }
    std::vector<std::string_view> types;
    std::vector<MountRow> rows;
    rows.reserve(config.mounts.size() + 2);
    for (const auto& mount : config.mounts) rows.push_back(mount_row(mount));
    // A share is named by its source alone (virtiofs:share).
    for (const auto& share : {config.root.device, config.root.overlay})
        rows.push_back(mount_row({.source = share, .target = "/", .type = {}, .options = {}}));
    for (const auto& row : rows) {
        for (const auto type : split(row.type, ',')) types.push_back(type);
    }
    for (const auto type : split(config.root.type, ",")) types.push_back(type);
    types.push_back(config.root.overlay_type);
    if (!config.root.overlay.empty()) types.emplace_back("overlay");
    for (const auto type : types) {
        if (type.empty() || type == "auto") continue;
        const auto name = type.substr(0, type.find('.'));
        append(wanted.if_there, {"fs-", name});
        wanted.if_there.emplace_back(name);
        for (const auto companion : image::companions_of(name)) wanted.if_there.emplace_back(companion);
    }
}

// Puts an image together; the first thing that is wrong ends it.
class ImageMaker {
  public:
    explicit ImageMaker(const InitramfsOptions& options) : options_(options) {}

    Result<> make() {
        for (const auto step :
             {&ImageMaker::add_files, &ImageMaker::add_init, &ImageMaker::add_modules, &ImageMaker::check_programs}) {
            if (auto done = (this->*step)(); !done.ok()) return done;
        }
        const auto size = archive_size(tree_);
        return size.ok() ? Result<>() : size.error();
    }
    // Whether there is no mistake in it; each is in the log.
    bool read_config() {
        if (options_.config.empty()) return true;
        const auto text = read_config_file(options_.config);
        if (!text.ok()) {
            log::error(kRoom, to_string(text.error()));
            return false;
        }
        auto parsed = config::parse_toml(*text, config::kDefaultProfile);
        for (const auto& problem : parsed.problems) log::error(kRoom, config::to_string(problem, options_.config));
        add_modules_of(parsed.config, wanted_);
        return parsed.problems.empty();
    }
    [[nodiscard]] const ImageTree& tree() const noexcept { return tree_; }

  private:
    Result<> add_files() {
        for (const auto& [path, file] : options_.added) {
            if (auto added = tree_.add_from(path, file); !added.ok()) return added;
        }
        if (!options_.config.empty()) {
            if (auto added = tree_.add_from(kConfig, options_.config); !added.ok()) return added;
        }
        say_lost_set_id();
        // The kernel opens it for init's standard streams.
        return tree_.add_device("/dev/console", 0600, 5, 1);
    }

    void say_lost_set_id() const {
        const auto files = tree_.without_set_id();
        if (files == 0) return;
        const auto others = files > 1 ? concat({" and ", std::to_string(files - 1), " more"}) : std::string();
        log::warning(kRoom, {"set-user-ID and set-group-ID are taken from ", tree_.first_without_set_id(), others,
                             ", for all files of an image are root's"});
    }

    Result<> add_init() {
        const auto source = options_.init.empty() ? std::string(kItself) : options_.init;
        auto head = head_of(source, image::ElfKind::program, "program");
        if (!head.ok()) return head.error();
        init_ = *std::move(head);
        if (const auto missing = missing_interpreter(init_))
            return Error{0, concat({init_name(), " would not start in an initramfs, for it is not static and ",
                                    *missing, " is not in there"})};
        return tree_.add_program(kInit, source);
    }

    Result<> add_modules() {
        if (options_.modules_from.empty()) {
            if (!wanted_.required.empty() && tree_.find("/lib/modules") == nullptr)
                log::warning(kRoom, {options_.config, " names modules, as ", wanted_.required.front(),
                                     ", and the image has none: --modules-from says where they are"});
            return {};
        }
        const auto modules = find_modules(options_.modules_from, options_.kernel);
        if (!modules.ok()) return modules.error();
        wanted_.required.insert(wanted_.required.end(), options_.modules.begin(), options_.modules.end());
        if (options_.guest_modules) {
            const auto names = image::guest_modules();
            wanted_.if_there.insert(wanted_.if_there.end(), names.begin(), names.end());
        }
        const auto choice = image::choose_modules(modules->texts, wanted_);
        if (!choice.missing.empty())
            return Error{0, concat({modules->path, " has no module ", list_of(choice.missing),
                                    choice.missing.size() > 1 ? ", and they are" : ", and it is",
                                    " not built into the kernel"})};
        const auto target = concat({"/lib/modules/", modules->version, "/"});
        for (const auto file : choice.files) {
            if (auto added = add_module(*modules, file, target); !added.ok()) return added;
        }
        return add_indexes(image::reduce(modules->texts, choice.files), target);
    }

    Result<> add_module(const ModuleDirectory& modules, std::string_view file, const std::string& target) {
        const auto path = find_module_file(modules, file);
        if (!path.ok()) return path.error();
        if (image::is_compressed_module(file)) {
            if (auto fits = check_compressed(modules, file); !fits.ok()) return fits;
        } else {
            const auto head = head_of(*path, image::ElfKind::module, "kernel module");
            if (!head.ok()) return head.error();
            if (auto fits = check_machine(*path, *head); !fits.ok()) return fits;
        }
        return tree_.add_from(target + std::string(file), *path);
    }

    Result<> check_compressed(const ModuleDirectory& modules, std::string_view file) {
        if (knows_decompression_) return {};
        knows_decompression_ = true;
        const auto remark = check_decompression(modules, file);
        if (!remark.ok()) return remark.error();
        if (!remark->empty()) log::warning(kRoom, *remark);
        return {};
    }

    Result<> add_indexes(image::ModuleTexts texts, const std::string& target) {
        auto added = tree_.add_text(target + "modules.dep", std::move(texts.dependencies));
        for (auto& [name, text] : {std::pair{"modules.builtin", &texts.builtin},
                                   {"modules.alias", &texts.aliases},
                                   {"modules.softdep", &texts.soft}}) {
            if (added.ok() && !text->empty()) added = tree_.add_text(target + name, std::move(*text));
        }
        return added;
    }

    // Programs that could not be executed in the guest. One for another machine may be, as 32-bit ones are by many
    // kernels of 64 bits.
    Result<> check_programs() {
        for (const auto& [path, item] : tree_.items()) {
            if (item.source.empty() || !S_ISREG(item.entry.mode) || (item.entry.mode & 0111) == 0) continue;
            const auto found = elf_head_of(item.source);
            if (!found.ok()) return found.error();
            const auto& head = *found;
            if (!head || head->kind != image::ElfKind::program) continue;
            if (const auto fits = check_machine(item.source, *head); !fits.ok())
                log::warning(kRoom, {fits.error().what, ": not every kernel executes it"});
            if (const auto missing = missing_interpreter(*head))
                log::warning(kRoom, {"/", path, " cannot be executed, for it is not static and ", *missing,
                                     " is not in the image"});
        }
        return {};
    }

    Result<> check_machine(const std::string& path, const image::ElfHead& head) const {
        if (head.fits(init_)) return {};
        return Error{0, concat({path, " is for ", image::machine_name(head), ", and ", init_name(), " for ",
                                image::machine_name(init_)})};
    }

    [[nodiscard]] std::string_view init_name() const noexcept {
        return options_.init.empty() ? "nlinit" : std::string_view(options_.init);
    }

    [[nodiscard]] std::optional<std::string> missing_interpreter(const image::ElfHead& head) const {
        if (head.interpreter.empty() || tree_.find(head.interpreter) != nullptr) return std::nullopt;
        return head.interpreter;
    }

    const InitramfsOptions& options_;
    ImageTree tree_;
    image::WantedModules wanted_;
    image::ElfHead init_;
    bool knows_decompression_ = false;
};

}  // namespace

InitramfsStatus make_initramfs(const InitramfsOptions& options) {
    const auto fail = [](const Error& error, InitramfsStatus status) {
        log::error(kRoom, to_string(error));
        return status;
    };
    if (options.output.empty() && ::isatty(STDOUT_FILENO) == 1)
        return fail({0, "an archive is nothing for a terminal: name a file by --output, or pipe it on"},
                    InitramfsStatus::usage);
    ImageMaker maker(options);
    if (!maker.read_config()) return InitramfsStatus::usage;
    if (auto made = maker.make(); !made.ok()) return fail(made.error(), InitramfsStatus::unfit);
    if (auto written = write_archive(maker.tree(), options.output); !written.ok())
        return fail(written.error(), InitramfsStatus::not_written);
    return InitramfsStatus::made;
}

}  // namespace nlinit::app
