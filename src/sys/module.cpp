#include "nlinit/sys/module.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/module.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "nlinit/sys/file.hpp"
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
        const auto line = index.substr(0, index.find('\n'));
        index.remove_prefix(std::min(line.size() + 1, index.size()));
        if (is_same_name(stem(line.substr(0, line.find_first_of(": "))), name)) return line;
    }
    return std::nullopt;
}

// "a.ko: b.ko c.ko": c is to be loaded first, and b may need it. Dependencies of dependencies are listed too.
std::vector<std::string> in_order_of_loading(std::string_view line) {
    std::vector<std::string> files;
    while (!line.empty()) {
        const auto end = line.find_first_of(": ");
        if (end != 0) files.emplace_back(line.substr(0, end));
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    std::reverse(files.begin(), files.end());
    return files;
}

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

// The first file below the directory that has this module, as a path relative to it.
std::optional<std::string> find_below(const std::string& directory, std::string_view name, int depth) {
    const std::unique_ptr<DIR, CloseDirectory> entries(depth > 0 ? ::opendir(directory.c_str()) : nullptr);
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
    if (text.ok()) dependencies_ = *std::move(text);
}

bool ModuleLoader::is_builtin(std::string_view name) const {
    const auto list = read_file(directory_ + "/modules.builtin", kLargestIndex);
    return list.ok() && find_line(*list, name).has_value();
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
    if (dependencies_) return Error{0, "module " + name + ": not in " + directory_ + "/modules.dep"};
    return Error{0, "module " + name + ": not below " + directory_ + ", which has no modules.dep"};
}

Result<> ModuleLoader::load(const std::string& name) {
    std::string plain = name;
    std::replace(plain.begin(), plain.end(), '-', '_');
    if (is_name(plain) && exists("/sys/module/" + plain)) return {};
    const auto files = files_for(name);
    if (!files.ok()) return files.error();
    for (const auto& file : *files) {
        auto inserted = insert(name, file);
        if (!inserted.ok()) return inserted;
    }
    return {};
}

Result<> ModuleLoader::insert(const std::string& name, const std::string& file) const {
    const std::string path = directory_ + "/" + file;
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return Error{errno, "module " + name + ": open " + path};
    const int flags = is_compressed(file) ? MODULE_INIT_COMPRESSED_FILE : 0;
    if (::syscall(SYS_finit_module, fd.get(), "", flags) == 0 || errno == EEXIST) return {};
    return Error{errno, explain(errno, name, path)};
}

}  // namespace nlinit::sys
