// SPDX-License-Identifier: Apache-2.0
#include "app/tool/image_tree.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

#include "app/tool/image_source.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/directory.hpp"

namespace nlinit::app {
namespace {

constexpr int kMostLinks = 40;  // as the kernel follows on one way
constexpr std::string_view kEndOfArchive = "TRAILER!!!";

bool is(std::uint32_t mode, std::uint32_t type) noexcept {
    return (mode & S_IFMT) == type;
}

// Its parts, of which ".." takes the one before it away.
std::string normal(std::string_view path) {
    std::vector<std::string_view> parts;
    for (const auto part : split(path, "/")) {
        if (part == "..") {
            if (!parts.empty()) parts.pop_back();
        } else if (part != ".") {
            parts.push_back(part);
        }
    }
    std::string text;
    for (const auto part : parts) append(text, {text.empty() ? "" : "/", part});
    return text;
}

std::string_view parent_of(std::string_view path) noexcept {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

Result<std::string> target_of(const std::string& link) {
    std::string target(PATH_MAX, '\0');
    const auto size = ::readlink(link.c_str(), target.data(), target.size());
    if (size < 0) return Error{errno, "read the link " + link};
    target.resize(static_cast<std::size_t>(size));
    return target;
}

// Before anything is written: whether it can be read, and has all its content within its size, as no file of /proc has.
Result<> check_content(const std::string& source, std::uint64_t size) {
    const auto file = open_source(source);
    if (!file.ok()) return file.error();
    char byte = 0;
    const auto got = ::pread(file->get(), &byte, 1, static_cast<off_t>(size));
    if (got < 0) return Error{errno, "read " + source};
    return got == 0 ? Result<>()
                    : Error{0, source + " does not tell its size, and an archive has to: add a copy of it"};
}

}  // namespace

const ImageItem* ImageTree::find(const std::string& path) const {
    const auto way = way_of(normal(path));
    const auto found = way.ok() ? items_.find(*way) : items_.end();
    return found == items_.end() ? nullptr : &found->second;
}

Result<std::string> ImageTree::way_of(const std::string& path) const {
    std::string way = path;
    int links = 0;
    for (std::size_t at = 0; (at = way.find('/', at)) != std::string::npos;) {
        const auto part = way.substr(0, at);
        const auto found = items_.find(part);
        if (found == items_.end() || is(found->second.entry.mode, S_IFDIR)) {
            ++at;
            continue;
        }
        const auto& item = found->second;
        if (!is(item.entry.mode, S_IFLNK))
            return Error{0, concat({"/", path, " cannot be in the image, where /", part, " is no directory"})};
        if (++links > kMostLinks) return Error{ELOOP, "/" + path};
        const auto base = item.content.starts_with('/') ? std::string_view() : parent_of(part);
        way = normal(concat({base, "/", item.content, std::string_view(way).substr(at)}));
        at = 0;
    }
    return way;
}

Result<> ImageTree::put(ImageItem item) {
    auto path = way_of(normal(item.entry.path));
    if (!path.ok()) return path.error();
    if (path->empty() && is(item.entry.mode, S_IFDIR)) return {};  // the root of the image is there
    if (path->empty()) return Error{0, in_quotes(item.entry.path) + " is no path for a file of the image"};
    if (path->size() >= PATH_MAX || *path == kEndOfArchive)
        return Error{0, "no archive can hold the path " + in_quotes("/" + *path)};
    if (item.entry.size > image::kMaxCpioSize)
        return Error{0, item.source + " has 4 GiB or more, and no file of an initramfs can"};
    item.entry.path = *path;
    for (auto slash = path->find('/'); slash != std::string::npos; slash = path->find('/', slash + 1)) {
        auto part = path->substr(0, slash);
        items_.try_emplace(part, ImageItem{{.path = part, .mode = S_IFDIR | 0755}, {}, {}, {}});
    }
    const auto [found, is_new] = items_.try_emplace(*path, item);
    if (is_new) return {};
    if (!is(found->second.entry.mode, S_IFDIR) || !is(item.entry.mode, S_IFDIR))
        return Error{0, concat({"/", *path, " would be in the image twice"})};
    found->second = std::move(item);
    return {};
}

Result<> ImageTree::add_text(const std::string& path, std::string content) {
    const auto size = content.size();
    return put({{.path = path, .mode = S_IFREG | 0644, .size = size}, {}, std::move(content), {}});
}

Result<> ImageTree::add_device(const std::string& path, std::uint32_t mode, std::uint32_t major, std::uint32_t minor) {
    const auto* there = find(path);
    if (there != nullptr && is(there->entry.mode, S_IFCHR)) return {};
    if (there != nullptr)
        return Error{0, path + " in the image has to be a character device: leave it out of what is added"};
    return put({{.path = path, .mode = S_IFCHR | mode, .major = major, .minor = minor}, {}, {}, {}});
}

Result<> ImageTree::add_program(const std::string& path, const std::string& source) {
    struct stat seen {};
    if (::stat(source.c_str(), &seen) != 0) return Error{errno, source};
    const auto size = static_cast<std::uint64_t>(seen.st_size);
    if (auto fits = check_content(source, size); !fits.ok()) return fits;
    return put({{.path = path, .mode = S_IFREG | 0755, .size = size}, source, {}, {}});
}

Result<> ImageTree::add_from(const std::string& path, const std::string& source) {
    struct stat seen {};
    if (::stat(source.c_str(), &seen) != 0) return Error{errno, source};
    if (S_ISDIR(seen.st_mode)) return add_directory(path, source);
    if (!S_ISREG(seen.st_mode)) return Error{0, source + " is neither a file nor a directory"};
    const auto size = static_cast<std::uint64_t>(seen.st_size);
    if (auto fits = check_content(source, size); !fits.ok()) return fits;
    ImageItem item{{.path = path, .mode = mode_in_image(seen, source), .size = size}, source, {}, {}};
    if (seen.st_nlink > 1) item.file = {seen.st_dev, seen.st_ino};
    return put(std::move(item));
}

// All in an image is root's: a file that executes as another user or group would execute as root.
std::uint32_t ImageTree::mode_in_image(const struct stat& seen, const std::string& source) {
    const auto lost = seen.st_mode & ((seen.st_uid == 0 ? 0U : S_ISUID) | (seen.st_gid == 0 ? 0U : S_ISGID));
    if (lost != 0 && without_set_id_++ == 0) first_without_set_id_ = source;
    return seen.st_mode & ~lost;
}

Result<> ImageTree::add_directory(const std::string& path, const std::string& source) {
    struct stat seen {};
    if (::stat(source.c_str(), &seen) != 0) return Error{errno, source};
    if (auto made = put({{.path = path, .mode = seen.st_mode}, {}, {}, {}}); !made.ok()) return made;
    const sys::Directory entries(::opendir(source.c_str()));
    if (entries == nullptr) return Error{errno, source};
    while (const dirent* entry = sys::next_entry(entries)) {
        const std::string_view name = entry->d_name;
        auto added = add_inner(concat({path, "/", name}), concat({source, "/", name}));
        if (!added.ok()) return added;
    }
    if (errno != 0) return Error{errno, source};
    return {};
}

Result<> ImageTree::add_inner(const std::string& path, const std::string& source) {
    struct stat seen {};
    if (::lstat(source.c_str(), &seen) != 0) return Error{errno, source};
    if (S_ISDIR(seen.st_mode) || S_ISREG(seen.st_mode)) return add_from(path, source);
    if (S_ISSOCK(seen.st_mode)) return Error{0, source + " is a socket, and no image can hold one"};
    image::CpioEntry entry{.path = path, .mode = seen.st_mode};
    if (!S_ISLNK(seen.st_mode)) {
        entry.major = major(seen.st_rdev);
        entry.minor = minor(seen.st_rdev);
        return put({std::move(entry), {}, {}, {}});
    }
    auto target = target_of(source);
    if (!target.ok()) return target.error();
    entry.size = target->size();
    return put({std::move(entry), {}, *std::move(target), {}});
}

std::vector<ImageTree::Numbered> ImageTree::numbered() const {
    std::vector<Numbered> entries;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::size_t>> names;
    for (const auto& [path, item] : items_) {
        const auto number = static_cast<std::uint32_t>(entries.size() + 1);
        if (item.file) names[*item.file].push_back(entries.size());
        entries.push_back({item.entry, number, &item});
    }
    for (const auto& [file, same] : names) {
        for (const auto index : same) {
            auto& each = entries[index];
            each.number = entries[same.front()].number;
            each.entry.links = static_cast<std::uint32_t>(same.size());
            if (index != same.front()) each.entry.size = 0;
        }
    }
    return entries;
}

}  // namespace nlinit::app
