// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/root_file.hpp"

#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/safe_path.hpp"

namespace nlinit::sys {
namespace {

bool is_link(const std::string& path) noexcept {
    struct stat there {};
    return ::lstat(path.c_str(), &there) == 0 && S_ISLNK(there.st_mode);
}

// Whether something is there that is no file and must not become one: /dev/null, to which a link says "nothing".
bool is_of_another_kind(const SafePlace& place) noexcept {
    struct stat there {};
    return place.there.valid() && ::fstat(place.there.get(), &there) == 0 && !S_ISREG(there.st_mode) &&
           !S_ISDIR(there.st_mode);
}

Error no_file(const std::string& what, const std::string& path, const SafePlace& place) {
    return {0, concat({what, path, ": ", (place.path == path ? "it" : place.path), " is no regular file"})};
}

Result<> cover_by(const std::string& cover, const SafePlace& place, std::string_view content) {
    if (auto written = write_root_file(cover, content); !written.ok()) return written;
    const std::string what = concat({"bind ", cover, " on ", place.path});
    const auto source = find_place(cover, {.deed = "bound"});
    if (!source.ok()) return about(what, source.error());
    const auto from = path_of(source->there, source->path), to = path_of(place.there, place.path);
    if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0) return {};
    return Error{errno, what};
}

}  // namespace

Result<std::string> read_root_file(const std::string& path, std::size_t limit) {
    const std::string what = "read " + path;
    const auto place = find_place(path, {.deed = "read"});
    if (!place.ok()) return about(what, place.error());
    if (place->name.empty()) return Error{EISDIR, what};
    if (is_of_another_kind(*place)) return no_file("read ", path, *place);
    auto content = read_file_at(place->directory.get(), place->name, limit);
    if (!content.ok() && content.error().code == 0) return no_file("read ", path, *place);
    if (!content.ok()) return Error{content.error().code, what};
    return content;
}

Result<> write_root_file(const std::string& path, std::string_view content, std::uint32_t mode) {
    const std::string what = "write " + path;
    const auto place = find_place(path, {.missing = Missing::make, .deed = "written"});
    if (!place.ok()) return about(what, place.error());
    if (place->name.empty()) return Error{EISDIR, what};
    if (is_of_another_kind(*place)) return no_file("write ", path, *place);
    const auto written = write_file_at(place->directory.get(), place->name, content, mode);
    if (written.ok()) return {};
    if (written.error().code != 0) return Error{written.error().code, what};
    return Error{0, concat({path, ": ", written.error().what})};
}

Result<Written> write_or_cover(const std::string& path, std::string_view content, const std::string& cover) {
    const auto written = write_root_file(path, content);
    if (written.ok()) return Written::in_place;
    const int code = written.error().code;
    // ENOENT and EPERM are procfs's, in which nothing can be made: /proc/net/pnp is where kernels put name servers.
    constexpr std::array kLeadsNowhere{0, EROFS, ELOOP, EACCES, ENOTDIR, EISDIR, ENOENT, EPERM};
    const bool leads_nowhere = std::ranges::find(kLeadsNowhere, code) != kLeadsNowhere.end();
    if (leads_nowhere && is_link(path) && write_file(path, content).ok()) return Written::over_link;
    const auto place = find_place(path, {.deed = "written"});
    if (code != EROFS || !place.ok() || !place->there.valid()) return written.error();
    if (auto covered = cover_by(cover, *place, content); !covered.ok()) return covered.error();
    return Written::as_cover;
}

}  // namespace nlinit::sys
