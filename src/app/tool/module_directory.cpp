// SPDX-License-Identifier: Apache-2.0
#include "app/tool/module_directory.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <utility>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/image/module_index.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::app {
namespace {

constexpr std::size_t kLargestIndex = 64 << 20;
constexpr std::string_view kIndex = "/modules.dep", kModules = "/kernel";

Result<std::string> without_links(const std::string& path) {
    std::array<char, PATH_MAX> real{};
    if (::realpath(path.c_str(), real.data()) == nullptr) return Error{errno, path};
    return std::string(real.data());
}

bool is_in(std::string_view path, std::string_view base) noexcept {
    return base == "/" || path == base || (path.starts_with(base) && path[base.size()] == '/');
}

// Behind all links, if that is still in the base.
Result<std::string> inside(const std::string& base, const std::string& path) {
    auto real = without_links(path);
    if (real.ok() && !is_in(*real, base)) return Error{0, concat({path, " leads out of ", base, ", to ", *real})};
    return real;
}

// Of which the file is there: the index, or what is to be in it.
std::vector<std::string> kernels_in(const std::string& directory, std::string_view file) {
    std::vector<std::string> names;
    const sys::Directory entries(::opendir(directory.c_str()));
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        const std::string name = entry->d_name;
        if (!name.starts_with('.') && sys::exists(concat({directory, "/", name, file}))) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

// As of a kernel's package that was unpacked and not installed.
Error without_index(std::string_view directory, std::string_view name) {
    constexpr std::string_view kPlace = "/lib/modules";
    const auto fault = concat({directory, "/", name, " has no modules.dep, which depmod(8) makes"});
    if (!directory.ends_with(kPlace)) return {0, fault};
    const auto root = directory.substr(0, directory.size() - kPlace.size());
    return {0, concat({fault, ": depmod -b ", root.empty() ? "/" : root, " ", name})};
}

// The one that is wanted, or that there is.
Result<std::string> choose(const std::string& directory, const std::vector<std::string>& names,
                           const std::string& wanted) {
    std::string list;
    for (const auto& name : names) append(list, {list.empty() ? "" : ", ", name});
    if (wanted.empty() && names.size() == 1) return names.front();
    if (wanted.empty())
        return Error{0, concat({directory, " has modules of several kernels: choose one by --kernel, of ", list})};
    if (std::ranges::find(names, wanted) != names.end()) return wanted;
    if (wanted.find('/') == std::string::npos && sys::exists(concat({directory, "/", wanted})))
        return without_index(directory, wanted);
    return Error{0, concat({directory, " has no modules of kernel ", in_quotes(wanted), ", but of ", list})};
}

// The directory of one kernel, as it is called.
Result<std::string> find_kernel(const std::string& base, const std::string& wanted) {
    if (sys::exists(base + std::string(kIndex))) {
        const auto name = base.substr(base.rfind('/') + 1);
        if (wanted.empty() || wanted == name) return base;
        return Error{0, concat({base, " has the modules of kernel ", name, ", and not of ", in_quotes(wanted)})};
    }
    std::optional<Error> fault;
    for (const char* below : {"/lib/modules", "/usr/lib/modules", ""}) {
        const auto directory = inside(base, base + below);
        if (!directory.ok() && directory.error().code == 0) fault = directory.error();
        if (!directory.ok()) continue;
        const auto names = kernels_in(*directory, kIndex);
        if (names.empty() && (wanted.empty() || !sys::exists(concat({*directory, "/", wanted})))) {
            auto unready = kernels_in(*directory, kModules);
            // Releases begin with a digit, and Debian's /etc/kernel makes no release "etc" of /.
            std::erase_if(unready, [](const auto& name) { return name.front() < '0' || name.front() > '9'; });
            if (!unready.empty()) fault = without_index(*directory, unready.front());
            continue;
        }
        const auto name = choose(*directory, names, wanted);
        if (!name.ok()) return name.error();
        return concat({*directory, "/", *name});
    }
    if (fault) return *fault;
    return Error{0, concat({base,
                            " has no kernel modules: there is no modules.dep in it, nor in lib/modules/VERSION or "
                            "usr/lib/modules/VERSION below it"})};
}

struct Index {
    const char* file;
    std::string image::ModuleTexts::*text;
};
constexpr std::array<Index, 4> kIndexes{{{"/modules.dep", &image::ModuleTexts::dependencies},
                                         {"/modules.builtin", &image::ModuleTexts::builtin},
                                         {"/modules.alias", &image::ModuleTexts::aliases},
                                         {"/modules.softdep", &image::ModuleTexts::soft}}};

// Only the first must be there.
Result<> read_indexes(ModuleDirectory& modules) {
    for (const auto& index : kIndexes) {
        const auto named = modules.path + index.file;
        struct stat seen {};  // a link that leads nowhere is there, and wrong
        if (index.file != kIndexes.front().file && ::lstat(named.c_str(), &seen) != 0) continue;
        auto text = inside(modules.base, named);
        if (text.ok()) text = sys::read_file(*text, kLargestIndex);
        if (!text.ok()) return text.error();
        modules.texts.*index.text = *std::move(text);
    }
    return {};
}

// "6.1.0-9" → 6, 1.
std::pair<int, int> numbers_of(std::string_view version) {
    std::pair<int, int> numbers{0, 0};
    const auto* end = version.data() + version.size();
    const auto major = std::from_chars(version.data(), end, numbers.first);
    if (major.ptr != end && *major.ptr == '.') std::from_chars(major.ptr + 1, end, numbers.second);
    return numbers;
}

constexpr std::pair<int, int> kDecompressesSince{5, 17};

}  // namespace

Result<ModuleDirectory> find_modules(const std::string& directory, const std::string& version) {
    const auto base = without_links(directory);
    if (!base.ok()) return base.error();
    const auto path = find_kernel(*base, version);
    if (!path.ok()) return path.error();
    const auto real = inside(*base, *path);
    if (!real.ok()) return real.error();
    ModuleDirectory modules{.base = *base, .path = *real, .version = path->substr(path->rfind('/') + 1), .texts = {}};
    if (auto read = read_indexes(modules); !read.ok()) return read.error();
    return modules;
}

Result<std::string> find_module_file(const ModuleDirectory& modules, std::string_view file) {
    const auto parts = split(file, "/");
    if (file.starts_with('/') || std::ranges::find(parts, "..") != parts.end())
        return Error{0,
                     concat({modules.path, kIndex, " names ", in_quotes(file), ", which leads out of its directory"})};
    auto path = inside(modules.base, concat({modules.path, "/", file}));
    if (!path.ok() && path.error().code == ENOENT)
        return Error{0, concat({modules.path, kIndex, " names ", in_quotes(file), ", which is not there"})};
    return path;
}

Result<std::string> check_decompression(const ModuleDirectory& modules, std::string_view file) {
    const auto module =
        concat({"module ", image::module_name_of(file), " is compressed, and kernel ", modules.version});
    const std::string_view remedy = ": decompress the modules, and run depmod(8) again";
    if (numbers_of(modules.version) < kDecompressesSince)
        return Error{0, concat({module, " cannot decompress it, as kernels can from 5.17 on", remedy})};
    for (const auto& path : {modules.path + "/config", concat({modules.base, "/boot/config-", modules.version})}) {
        const auto real = inside(modules.base, path);
        const auto text = real.ok() ? sys::read_file(*real, kLargestIndex) : real;
        if (!text.ok()) continue;
        if (text->find("\nCONFIG_MODULE_DECOMPRESS=y\n") != std::string::npos) return std::string();
        return Error{0,
                     concat({module, " does not decompress it: ", path, " has no CONFIG_MODULE_DECOMPRESS=y", remedy})};
    }
    return concat({module, " has to decompress it: it needs CONFIG_MODULE_DECOMPRESS=y"});
}

}  // namespace nlinit::app
