// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/module.hpp"

#include <fcntl.h>
#include <linux/module.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/image/module_index.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

// In <linux/module.h> since Linux 5.17.
#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

namespace nlinit::sys {

namespace {

constexpr std::size_t kLargestIndex = 16 << 20;
constexpr int kDeepestDirectory = 12;  // kernel/drivers/net/ethernet/... has 7

std::string running_kernel_directory() {
    utsname system{};
    ::uname(&system);
    return std::string("/lib/modules/") + system.release;
}

// Of an initramfs that was left: reached as a file of PID 1's, for no path leads there, and the children that load
// modules have no descriptors of PID 1's own.
UniqueFd& fallback() {
    static UniqueFd directory;
    return directory;
}

// The first file below the directory that has this module, as a path relative to it.
std::optional<std::string> find_below(const std::string& directory, std::string_view name, int depth) {
    const Directory entries(depth > 0 ? ::opendir(directory.c_str()) : nullptr);
    if (entries == nullptr) return std::nullopt;
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string file = entry->d_name;
        if (file.starts_with('.') || entry->d_type == DT_LNK) continue;  // "build" and "source" lead to other trees
        if (image::is_same_module(image::module_name_of(file), name)) return file;
        if (file.find(".ko") != std::string::npos) continue;
        if (const auto below = find_below(std::string(directory).append("/").append(file), name, depth - 1)) {
            return concat({file, "/", *below});
        }
    }
    return std::nullopt;
}

// The file's text, read once; empty where there is none.
const std::string& read_once(std::optional<std::string>& index, const std::string& path) {
    if (!index) {
        auto text = read_file(path, kLargestIndex);
        index = text.ok() ? *std::move(text) : std::string();
    }
    return *index;
}

// finit_module(2)'s errors, where strerror(3) would mislead.
std::string explain(int code, const std::string& name, const std::string& path) {
    const std::string module = concat({"module ", name, ": "});
    switch (code) {
        case ENOEXEC:
            return concat({module, path, " was built for another kernel"});
        case ENOENT:
            return concat({module, path, " needs a symbol that this kernel does not have"});
        case EKEYREJECTED:
        case ENOKEY:
            return concat({module, path, " is signed by nobody whom this kernel trusts"});
        case ENOSYS:
            return concat({module, path, " cannot be loaded, for this kernel takes no modules"});
        case EINVAL:
            return concat({module, path, " is refused: a parameter may be wrong"});
        case EOPNOTSUPP:
            return concat({module, "this kernel cannot decompress ", path});
        default:
            return module + path;
    }
}

}  // namespace

ModuleLoader::ModuleLoader(std::string directory)
    : directory_(directory.empty() ? running_kernel_directory() : std::move(directory)) {}

std::string ModuleLoader::directory_below(const std::string& root) {
    for (const auto& directory : {running_kernel_directory(), "/usr" + running_kernel_directory()})
        if (exists_in(root, directory)) return directory;
    return {};
}

void ModuleLoader::fall_back_on(UniqueFd directory) {
    fallback() = std::move(directory);
}

bool ModuleLoader::is_loaded(std::string_view name) {
    if (!image::is_module_name(name)) return false;
    std::string plain(name);
    std::replace(plain.begin(), plain.end(), '-', '_');
    return exists("/sys/module/" + plain);
}

void ModuleLoader::read_index() {
    if (index_read_) return;
    index_read_ = true;
    auto text = read_file(directory_ + "/modules.dep", kLargestIndex);
    if (!text.ok() && !exists(directory_)) {
        if (const auto other = "/usr" + directory_; exists(other)) {
            directory_ = other;  // where Debian 13's packages have them: not every image has a link in /lib
        } else if (fallback().valid() && directory_ == running_kernel_directory()) {
            directory_ = "/proc/1/fd/" + std::to_string(fallback().get());
        }
        text = read_file(directory_ + "/modules.dep", kLargestIndex);
    }
    if (text.ok()) dependencies_ = *std::move(text);
}

bool ModuleLoader::is_builtin(std::string_view name) {
    return image::find_module(read_once(builtin_, directory_ + "/modules.builtin"), name).has_value();
}

// "/lib/modules/6.1.0 is not there: /lib/modules has 6.1.0-9" says that the image was made for another kernel.
Error ModuleLoader::missing(const std::string& name) const {
    const std::string module = concat({"module ", name, ": "});
    if (dependencies_) return {0, concat({module, "not in ", directory_, "/modules.dep"})};
    if (exists(directory_)) return {0, concat({module, "not below ", directory_, ", which has no modules.dep"})};
    const auto parent = directory_.substr(0, directory_.rfind('/'));
    const Directory entries(::opendir(parent.c_str()));
    std::string others;
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        if (entry->d_name[0] != '.') others += (others.empty() ? "" : ", ") + std::string(entry->d_name);
    }
    std::string what = concat({module, "there is no ", directory_, " for this kernel"});
    if (!others.empty()) what += ", but modules of " + others;
    return {0, what};
}

// By modules.dep, or by its name below the directory; nothing where it is neither.
std::optional<std::vector<std::string>> ModuleLoader::files_of(std::string_view name) {
    if (!dependencies_) {
        auto file = find_below(directory_, name, kDeepestDirectory);
        return file ? std::optional(std::vector{*std::move(file)}) : std::nullopt;
    }
    const auto line = image::find_module(*dependencies_, name);
    if (!line) return std::nullopt;
    const auto files = image::in_order_of_loading(*line);
    return std::vector<std::string>(files.begin(), files.end());
}

Result<std::vector<std::vector<std::string>>> ModuleLoader::modules_for(const std::string& name) {
    if (!image::is_module_name(name)) return Error{EINVAL, "module " + name};
    read_index();
    std::vector<std::vector<std::string>> found;
    if (auto files = files_of(name)) {
        found.push_back(*std::move(files));
        return found;
    }
    if (is_builtin(name)) return found;
    for (const auto& match : image::find_aliases(aliases(), {name})) {
        if (auto files = files_of(match.module)) found.push_back(*std::move(files));
    }
    if (found.empty()) return missing(name);
    return found;
}

Result<std::vector<std::string>> ModuleLoader::files_for(const std::string& name) {
    const auto modules = modules_for(name);
    if (!modules.ok()) return modules.error();
    std::vector<std::string> all;
    for (const auto& files : *modules) all.insert(all.end(), files.begin(), files.end());
    return all;
}

image::DeviceDrivers ModuleLoader::drivers_of(const std::vector<std::string>& names, image::DriverUse up_to) {
    const auto& index = aliases();
    return dependencies_ ? image::drivers_of(names, up_to, *dependencies_, index) : image::DeviceDrivers{};
}

bool ModuleLoader::knows_devices() {
    return !aliases().empty();
}

const std::string& ModuleLoader::aliases() {
    read_index();
    return read_once(aliases_, directory_ + "/modules.alias");
}

const std::string& ModuleLoader::soft_dependencies() {
    read_index();
    return read_once(soft_, directory_ + "/modules.softdep");
}

Result<> ModuleLoader::load(const std::string& module) {
    const auto space = std::min(module.find(' '), module.size());
    const auto name = module.substr(0, space), parameters = module.substr(std::min(space + 1, module.size()));
    takes_parameters_ = parameters.find_first_not_of(' ') == std::string::npos;
    auto loaded = load_any(name, parameters);
    if (loaded.ok() && !takes_parameters_)
        log::warning("modules", {"module ", name, " is there already, so ", in_quotes(parameters),
                                 " is not used: ", name, ".PARAMETER= on the kernel command line is"});
    return loaded;
}

// An alias may have several modules, of which the machine fits one: crc32c with and without the CPU's help.
Result<> ModuleLoader::load_any(const std::string& name, const std::string& parameters) {
    if (is_loaded(name)) return {};
    const auto modules = modules_for(name);
    if (!modules.ok()) return modules.error();
    std::optional<Error> fault;
    bool is_there = modules->empty();
    for (const auto& files : *modules) {
        const auto loaded = load_files(name, files, parameters);
        is_there = is_there || loaded.ok();
        if (!loaded.ok() && !fault) fault = loaded.error();
    }
    return is_there ? Result<>() : *fault;
}

// The parameters are the last one's, for which all others are loaded.
Result<> ModuleLoader::load_files(const std::string& name, const std::vector<std::string>& files,
                                  const std::string& parameters) {
    for (const auto& file : files) {
        auto loaded = load_file(name, file, &file == &files.back() ? parameters : std::string());
        if (!loaded.ok()) return loaded;
    }
    return {};
}

// Whether soft dependencies are there is no concern of the caller's. They may lead back to where they came from.
Result<> ModuleLoader::load_file(const std::string& name, const std::string& file, const std::string& parameters) {
    const std::string module(image::module_name_of(file));
    // The kernel finds that it has a module already only when it has read all of it and verified its signature.
    if (is_loaded(module) || std::ranges::find(under_way_, module) != under_way_.end()) return {};
    under_way_.push_back(module);
    const auto soft = image::soft_dependencies_of(soft_dependencies(), module);
    for (const auto other : soft.before) static_cast<void>(load_any(std::string(other), {}));
    auto inserted = insert(name, file, parameters);
    for (const auto other : soft.after) {
        if (inserted.ok()) static_cast<void>(load_any(std::string(other), {}));
    }
    under_way_.pop_back();
    return inserted;
}

Result<> ModuleLoader::insert(const std::string& name, const std::string& file, const std::string& parameters) {
    const std::string path = concat({directory_, "/", file});
    if (!is_in_first_pid_namespace())
        return Error{0, concat({"module ", name, ": it would be the machine's, and this is a container of it"})};
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, concat({"module ", name, ": open ", path})};
    const int flags = image::is_compressed_module(file) ? MODULE_INIT_COMPRESSED_FILE : 0;
    if (::syscall(SYS_finit_module, fd.get(), parameters.c_str(), flags) == 0) {
        takes_parameters_ = takes_parameters_ || !parameters.empty();
        return {};
    }
    if (errno == EEXIST) return {};
    return Error{errno, explain(errno, name, path)};
}

}  // namespace nlinit::sys
