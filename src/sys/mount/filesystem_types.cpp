// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/filesystem_types.hpp"

#include <string_view>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/image/module_choice.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kLargestList = 1 << 16;

// Each line ends with the type: "nodev\ttmpfs", "\text4".
bool has_line(const std::string& list, std::string_view type) {
    return list.find(concat({"\t", type, "\n"})) != std::string::npos;
}

// The program that the kernel starts for a module that it needs (proc_sys_kernel(5)): it may have modules that nlinit
// does not find, or that this kernel cannot decompress.
bool kernel_has_modprobe() {
    auto program = read_file("/proc/sys/kernel/modprobe", kLargestList);
    if (!program.ok() || program->empty()) return false;
    program->pop_back();
    return !program->empty() && exists(*program);
}

}  // namespace

FilesystemTypes::FilesystemTypes(std::string modules_directory)
    : directory_(std::move(modules_directory)), modules_(directory_) {}

void FilesystemTypes::forget() {
    modules_ = ModuleLoader(directory_);
    list_.reset();
    missing_.clear();
}

const std::string& FilesystemTypes::list() {
    if (!list_) {
        auto text = read_file("/proc/filesystems", kLargestList);
        list_ = text.ok() ? *std::move(text) : std::string();
    }
    return *list_;
}

// fsopen(2) would tell too, but has the kernel start modprobe(8) for a type that it does not know: 0.3 ms, even where
// there is no modprobe. What follows a dot is for FUSE and not for the kernel. Where the list cannot be read, mount(2)
// is to tell.
bool FilesystemTypes::is_known(const std::string& type) {
    return type.empty() || list().empty() || has_line(list(), first_field(type, '.'));
}

Result<> FilesystemTypes::make_known(const std::string& type) {
    if (is_known(type)) return {};
    if (const auto known = missing_.find(type); known != missing_.end()) return known->second;
    list_.reset();  // another module, or the payload, may have brought it since
    if (is_known(type)) return {};
    auto loaded = load_module_of(type);
    if (loaded.ok()) {
        list_.reset();
        return {};
    }
    if (kernel_has_modprobe()) return {};
    missing_.emplace(type, loaded.error());
    return loaded.error();
}

Result<> FilesystemTypes::load_module_of(const std::string& type) {
    auto loaded = modules_.load("fs-" + type);
    if (!loaded.ok()) loaded = modules_.load(type);
    for (const auto companion : image::companions_of(type)) {
        if (loaded.ok()) static_cast<void>(modules_.load(std::string(companion)));
    }
    return loaded;
}

}  // namespace nlinit::sys
