#include "nlinit/sys/machine/module.hpp"

#include <fcntl.h>
#include <linux/module.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

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

// "kernel/drivers/net/virtio_net.ko.xz" is the module virtio_net, whatever it is compressed with.
std::string_view stem(std::string_view file) noexcept {
    const auto slash = file.rfind('/');
    if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
    const auto suffix = file.find(".ko");
    return suffix == std::string_view::npos ? std::string_view() : file.substr(0, suffix);
}

bool is_same_name(std::string_view left, std::string_view right) noexcept {
    const auto plain = [](char letter) { return letter == '-' ? '_' : letter; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char one, char other) { return plain(one) == plain(other); });
}

// It becomes part of a path.
bool is_name(std::string_view name) noexcept {
    return !name.empty() && name.find_first_of("/.: \n") == std::string_view::npos;
}

// The line of an index whose first word is the file of this module.
std::optional<std::string_view> find_line(std::string_view index, std::string_view name) noexcept {
    while (!index.empty()) {
        const auto line = take_field(index, '\n');
        if (is_same_name(stem(first_field(line, ':')), name)) return line;
    }
    return std::nullopt;
}

// "a.ko: b.ko c.ko": c is to be loaded first, and b may need it. Dependencies of dependencies are listed too.
std::vector<std::string> in_order_of_loading(std::string_view line) {
    const auto files = split(line, ": ");
    return {files.rbegin(), files.rend()};
}

// The first file below the directory that has this module, as a path relative to it.
std::optional<std::string> find_below(const std::string& directory, std::string_view name, int depth) {
    const Directory entries(depth > 0 ? ::opendir(directory.c_str()) : nullptr);
    if (entries == nullptr) return std::nullopt;
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string file = entry->d_name;
        if (file.starts_with('.') || entry->d_type == DT_LNK) continue;  // "build" and "source" lead to other trees
        if (is_same_name(stem(file), name)) return file;
        if (file.find(".ko") != std::string::npos) continue;
        if (const auto below = find_below(std::string(directory).append("/").append(file), name, depth - 1)) {
            return file + "/" + *below;
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

bool is_loaded(std::string_view name) {
    if (!is_name(name)) return false;
    std::string plain(name);
    std::replace(plain.begin(), plain.end(), '-', '_');
    return exists("/sys/module/" + plain);
}

bool is_compressed(std::string_view file) noexcept {
    return !file.ends_with(".ko");
}

// finit_module(2)'s errors, where strerror(3) would mislead.
std::string explain(int code, const std::string& name, const std::string& path) {
    const std::string module = "module " + name + ": ";
    switch (code) {
        case ENOEXEC:
            return module + path + " was built for another kernel";
        case ENOENT:
            return module + path + " needs a symbol that this kernel does not have";
        case ENOSYS:
            return module + path + " cannot be loaded, for this kernel takes no modules";
        case EINVAL:
            return module + path + " is refused: a parameter may be wrong";
        case EOPNOTSUPP:
            return module + "this kernel cannot decompress " + path;
        default:
            return module + path;
    }
}

}  // namespace

ModuleLoader::ModuleLoader(std::string directory)
    : directory_(directory.empty() ? running_kernel_directory() : std::move(directory)) {}

void ModuleLoader::read_index() {
    if (index_read_) return;
    index_read_ = true;
    auto text = read_file(directory_ + "/modules.dep", kLargestIndex);
    if (const auto other = "/usr" + directory_; !text.ok() && !exists(directory_) && exists(other)) {
        directory_ = other;  // where Debian 13's packages have them: not every image has a link in /lib
        text = read_file(directory_ + "/modules.dep", kLargestIndex);
    }
    if (text.ok()) dependencies_ = *std::move(text);
}

bool ModuleLoader::is_builtin(std::string_view name) {
    return find_line(read_once(builtin_, directory_ + "/modules.builtin"), name).has_value();
}

// "alias fs-9p 9p": the last word of the line, or nothing. Patterns are for devices, which have no name to be asked by.
std::string ModuleLoader::alias_of(std::string_view alias) {
    for (std::string_view rest = read_once(aliases_, directory_ + "/modules.alias"); !rest.empty();) {
        auto line = take_field(rest, '\n');
        if (take_field(line, ' ') == "alias" && is_same_name(take_field(line, ' '), alias)) return std::string(line);
    }
    return {};
}

// "/lib/modules/6.1.0 is not there: /lib/modules has 6.1.0-9" says that the image was made for another kernel.
Error ModuleLoader::missing(const std::string& name) const {
    const std::string module = "module " + name + ": ";
    if (dependencies_) return {0, module + "not in " + directory_ + "/modules.dep"};
    if (exists(directory_)) return {0, module + "not below " + directory_ + ", which has no modules.dep"};
    const auto parent = directory_.substr(0, directory_.rfind('/'));
    const Directory entries(::opendir(parent.c_str()));
    std::string others;
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        if (entry->d_name[0] != '.') others += (others.empty() ? "" : ", ") + std::string(entry->d_name);
    }
    std::string what = module + "there is no " + directory_ + " for this kernel";
    if (!others.empty()) what += ", but modules of " + others;
    return {0, what};
}

Result<std::vector<std::string>> ModuleLoader::files_for(const std::string& name) {
    if (!is_name(name)) return Error{EINVAL, "module " + name};
    read_index();
    if (dependencies_) {
        if (const auto line = find_line(*dependencies_, name)) return in_order_of_loading(*line);
    } else if (auto file = find_below(directory_, name, kDeepestDirectory)) {
        return std::vector<std::string>{*std::move(file)};
    }
    if (is_builtin(name)) return std::vector<std::string>{};
    if (auto real = alias_of(name); !real.empty() && !is_same_name(real, name)) return files_for(real);
    return missing(name);
}

const std::string& ModuleLoader::soft_dependencies() {
    if (!soft_) {
        auto text = read_file(directory_ + "/modules.softdep", kLargestIndex);
        if (const auto before = directory_; !text.ok() && (read_index(), directory_ != before))
            text = read_file(directory_ + "/modules.softdep", kLargestIndex);
        soft_ = text.ok() ? *std::move(text) : std::string();
    }
    return *soft_;
}

// "softdep ext4 pre: crc32c post: x": what comes without a word before it belongs to neither, and to no one here. They
// make a module work better, so whether they are there or not is no concern of the caller's.
void ModuleLoader::load_soft(std::string_view name, bool before) {
    for (std::string_view rest = soft_dependencies(); !rest.empty();) {
        auto line = take_field(rest, '\n');
        if (take_field(line, ' ') != "softdep" || !is_same_name(take_field(line, ' '), name)) continue;
        std::string_view part;
        while (!line.empty()) {
            const auto word = take_field(line, ' ');
            if (word.ends_with(':')) {
                part = word;
            } else if (part == (before ? "pre:" : "post:")) {
                static_cast<void>(load_hard(std::string(word), {}));
            }
        }
    }
}

Result<> ModuleLoader::load(const std::string& module) {
    std::string_view parameters = module;
    const std::string name(take_field(parameters, ' '));
    if (is_name(name)) load_soft(name, true);
    auto loaded = load_hard(name, std::string(parameters));
    if (loaded.ok()) load_soft(name, false);
    return loaded;
}

Result<> ModuleLoader::load_hard(const std::string& name, const std::string& parameters) {
    if (is_loaded(name)) return {};
    const auto files = files_for(name);
    if (!files.ok()) return files.error();
    for (const auto& file : *files) {
        // The kernel finds that it has a module already only when it has read all of it and verified its signature.
        if (is_loaded(stem(file))) continue;
        // The parameters are the last one's, for which all others are loaded.
        auto inserted = insert(name, file, &file == &files->back() ? parameters : std::string());
        if (!inserted.ok()) return inserted;
    }
    return {};
}

Result<> ModuleLoader::insert(const std::string& name, const std::string& file, const std::string& parameters) const {
    const std::string path = directory_ + "/" + file;
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, "module " + name + ": open " + path};
    const int flags = is_compressed(file) ? MODULE_INIT_COMPRESSED_FILE : 0;
    if (::syscall(SYS_finit_module, fd.get(), parameters.c_str(), flags) == 0 || errno == EEXIST) return {};
    return Error{errno, explain(errno, name, path)};
}

}  // namespace nlinit::sys
