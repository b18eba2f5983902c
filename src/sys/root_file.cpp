#include "nlinit/sys/root_file.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "nlinit/sys/file.hpp"

namespace nlinit::sys {
namespace {

constexpr int kMaxLinks = 40;  // MAXSYMLINKS of the kernel, path_resolution(7)
constexpr mode_t kWritableByOthers = 022;

class Walk {
  public:
    explicit Walk(Missing missing) : missing_(missing) {}

    // 0, or an errno.
    int go(const std::string& path) {
        if (!enter_root()) return errno;
        add(path);
        while (!ahead_.empty()) {
            const auto name = std::move(ahead_.back());
            ahead_.pop_back();
            if (const int code = step(name); code != 0) return code;
        }
        return name_.empty() ? EISDIR : 0;
    }

    RootPlace take() && {
        std::string path;
        for (const auto& each : way_) path += each.name.empty() ? "" : '/' + each.name;
        path += '/' + name_;
        return {std::move(way_.back().fd), std::move(name_), std::move(path)};
    }

  private:
    struct Entered {
        std::string name;
        UniqueFd fd;
    };

    bool enter_root() {
        way_.clear();
        way_.push_back({"", UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC))});
        return way_.back().fd.valid();
    }
    // In front of what is still ahead, the first part at the end.
    void add(std::string_view path) {
        while (!path.empty()) {
            const auto slash = path.rfind('/');
            const auto part = path.substr(slash + 1);  // the whole where there is none: npos + 1 is 0
            if (!part.empty() && part != ".") ahead_.emplace_back(part);
            path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
        }
    }

    int step(const std::string& name) {
        if (name == "..") {
            if (way_.size() > 1) way_.pop_back();  // above the root is the root
            return 0;
        }
        const int at = way_.back().fd.get();
        struct stat there {};
        const bool is_last = ahead_.empty();
        if (::fstatat(at, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno != ENOENT) return errno;
            if (is_last) return arrive(name);
            if (missing_ == Missing::refuse) return ENOENT;
            if (::mkdirat(at, name.c_str(), 0755) != 0 && errno != EEXIST) return errno;
            return enter(name);
        }
        if (S_ISLNK(there.st_mode)) {
            if (is_trusted(there)) return follow(name);
            return is_last ? arrive(name) : EACCES;
        }
        return is_last ? arrive(name) : enter(name);
    }

    int arrive(const std::string& name) {
        name_ = name;
        return 0;
    }
    int enter(const std::string& name) {
        UniqueFd fd(::openat(way_.back().fd.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!fd.valid()) return errno;
        way_.push_back({name, std::move(fd)});
        return 0;
    }
    // By a hard link a link of root's may be where root never made one, but only where others may write.
    [[nodiscard]] bool is_trusted(const struct stat& link) const noexcept {
        struct stat directory {};
        return link.st_uid == 0 && ::fstat(way_.back().fd.get(), &directory) == 0 && directory.st_uid == 0 &&
               (directory.st_mode & kWritableByOthers) == 0;
    }
    int follow(const std::string& name) {
        if (++links_ > kMaxLinks) return ELOOP;
        std::array<char, PATH_MAX> target;
        const auto size = ::readlinkat(way_.back().fd.get(), name.c_str(), target.data(), target.size());
        if (size <= 0) return size == 0 ? ENOENT : errno;
        const std::string_view path(target.data(), static_cast<std::size_t>(size));
        if (path.starts_with('/') && !enter_root()) return errno;
        add(path);
        return 0;
    }

    Missing missing_;
    std::vector<Entered> way_;        // directories, the root first
    std::vector<std::string> ahead_;  // parts of the path, the next one last
    std::string name_;
    int links_ = 0;
};

bool is_link(const std::string& path) noexcept {
    struct stat there {};
    return ::lstat(path.c_str(), &there) == 0 && S_ISLNK(there.st_mode);
}

// Whether something is there that is no file and must not become one: /dev/null, to which a link says "nothing".
bool is_of_another_kind(const RootPlace& place) noexcept {
    struct stat there {};
    return ::fstatat(place.directory.get(), place.name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode) && !S_ISDIR(there.st_mode);
}

Error no_file(const std::string& what, const std::string& path, const RootPlace& place) {
    return {0, what + path + ": " + (place.path == path ? "it" : place.path) + " is no regular file"};
}

Result<> cover_by(const std::string& cover, const std::string& path, std::string_view content) {
    if (auto written = write_root_file(cover, content); !written.ok()) return written;
    if (::mount(cover.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) == 0) return {};
    return Error{errno, "bind " + cover + " on " + path};
}

}  // namespace

Result<RootPlace> find_in_root(const std::string& path, Missing missing) {
    Walk walk(missing);
    if (const int code = walk.go(path); code != 0) return Error{code, "find " + path};
    return std::move(walk).take();
}

Result<std::string> read_root_file(const std::string& path, std::size_t limit) {
    const auto place = find_in_root(path, Missing::refuse);
    if (!place.ok()) return Error{place.error().code, "read " + path};
    auto content = read_file_at(place->directory.get(), place->name, limit);
    if (!content.ok() && content.error().code == 0) return no_file("read ", path, *place);
    if (!content.ok()) return Error{content.error().code, "read " + path};
    return content;
}

Result<> write_root_file(const std::string& path, std::string_view content, std::uint32_t mode) {
    const auto place = find_in_root(path, Missing::make);
    if (!place.ok()) return Error{place.error().code, "write " + path};
    if (is_of_another_kind(*place)) return no_file("write ", path, *place);
    const auto written = write_file_at(place->directory.get(), place->name, content, mode);
    if (!written.ok()) return Error{written.error().code, "write " + path};
    return {};
}

Result<Written> write_or_cover(const std::string& path, std::string_view content, const std::string& cover) {
    const auto written = write_root_file(path, content);
    if (written.ok()) return Written::in_place;
    const int code = written.error().code;
    // ENOENT and EPERM are procfs's, in which nothing can be made: /proc/net/pnp is where kernels put name servers.
    constexpr std::array kLeadsNowhere{0, EROFS, ELOOP, EACCES, ENOTDIR, EISDIR, ENOENT, EPERM};
    const bool leads_nowhere = std::ranges::find(kLeadsNowhere, code) != kLeadsNowhere.end();
    if (leads_nowhere && is_link(path) && write_file(path, content).ok()) return Written::over_link;
    const auto place = find_in_root(path, Missing::refuse);
    if (code != EROFS || !place.ok() || !exists(place->path)) return written.error();
    if (auto covered = cover_by(cover, place->path, content); !covered.ok()) return covered.error();
    return Written::as_cover;
}

}  // namespace nlinit::sys
