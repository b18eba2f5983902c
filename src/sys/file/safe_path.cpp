// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/safe_path.hpp"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/file/status.hpp"

namespace nlinit::sys {
namespace {

constexpr int kMaxLinks = 40;  // MAXSYMLINKS of the kernel, path_resolution(7)
constexpr int kOpenName = O_PATH | O_NOFOLLOW | O_CLOEXEC;

// A relative path leads nowhere when the working directory has been removed.
Result<std::string> absolute(const std::string& path) {
    if (path.starts_with('/')) return path;
    std::array<char, PATH_MAX> current;
    if (::getcwd(current.data(), current.size()) != nullptr) return current.data() + ('/' + path);
    return Error{0, to_string(Error{errno, path + ": find the working directory"})};
}

struct Maker {
    uid_t user;
    gid_t group;
};

// The user without privileges who unpacked the image. The root directory is his, or both /etc and /usr are, as mke2fs
// -d leaves it, which makes a root directory of its own. He could replace everything that root relies on.
std::optional<Maker> maker_of_image() noexcept {
    struct stat root {
    }, settings{}, programs{};
    if (::stat("/", &root) == 0 && root.st_uid != 0) return Maker{root.st_uid, root.st_gid};
    if (::lstat("/etc", &settings) != 0 || ::lstat("/usr", &programs) != 0) return std::nullopt;
    const bool are_his = settings.st_uid != 0 && settings.st_uid == programs.st_uid;
    return are_his && S_ISDIR(settings.st_mode) ? std::optional(Maker{settings.st_uid, settings.st_gid}) : std::nullopt;
}

// An image unpacked under a umask of 002 is writable for a group, whose only member is its maker.
bool is_trusted_group(gid_t group) noexcept {
    const auto maker = maker_of_image();
    return maker && maker->group == group;
}

class Walk {
  public:
    Walk(const std::string& path, const Way& way) : path_(path), options_(way) {}

    Result<> go() {
        const auto path = absolute(path_);
        if (!path.ok()) return path.error();
        if (auto begun = begin(*path); !begun.ok()) return begun;
        while (!ahead_.empty()) {
            const auto name = std::exchange(ahead_.back(), {});
            ahead_.pop_back();
            if (auto stepped = step(name); !stepped.ok()) return stepped;
        }
        // A path that ends in "..", or is the root: a directory on the way.
        if (name_.empty() && way_.size() > 1) {
            name_ = std::move(way_.back().name);
            there_ = std::move(way_.back().fd);
            kind_ = S_IFDIR;
            way_.pop_back();
        }
        if (!open_root()) return failed(errno);
        if (!name_.empty()) return {};
        kind_ = S_IFDIR;
        there_.reset(::openat(way_.back().fd.get(), ".", O_PATH | O_CLOEXEC));
        return there_.valid() ? Result<>() : failed(errno);
    }

    SafePlace take() && {
        std::string path;
        for (const auto& each : way_) path += each.name.empty() ? "" : '/' + each.name;
        path += '/' + name_;
        auto& last = way_.back();
        return {std::move(last.fd), std::move(name_), std::move(there_), kind_, std::move(path), last.is_shared};
    }

  private:
    struct Entered {
        std::string name;
        UniqueFd fd;
        bool is_shared = false;    // sticky, and others may write to it
        bool is_anothers = false;  // or below such a one, on a share where that is allowed
    };

    [[nodiscard]] Error failed(int code) const { return {code, path_}; }
    [[nodiscard]] Error refused(const std::string& name, const std::string& why) const {
        return {0, concat({path_, ": ", in_quotes(name, kMaxPrinted, '"'), " ", why})};
    }

    // Below /proc, /sys, /dev and /run without the root, where those are kept.
    Result<> begin(const std::string& path) {
        const auto place = kernel_place(path.c_str());
        if (place.directory == AT_FDCWD || path.find("..") != std::string::npos) {
            enter_root();
            add(path);
            return {};
        }
        way_.push_back({"", {}});
        UniqueFd start(::openat(place.directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
        struct stat directory {};
        if (!start.valid() || !status_of(start, directory)) return failed(errno);
        add(place.name);
        return enter(path.substr(1, path.find('/', 1) - 1), directory, std::move(start));
    }
    // What is in the root is found by its path; the descriptor is for what is made there.
    void enter_root() {
        way_.clear();
        way_.push_back({"", {}});
    }
    [[nodiscard]] bool open_root() {
        auto& last = way_.back();
        if (way_.size() == 1 && !last.fd.valid()) last.fd.reset(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        return last.fd.valid();
    }
    [[nodiscard]] UniqueFd open_name(const std::string& name) const {
        const auto& last = way_.back();
        if (last.fd.valid()) return UniqueFd(::openat(last.fd.get(), name.c_str(), kOpenName));
        return UniqueFd(::open(('/' + name).c_str(), kOpenName));
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

    Result<> step(const std::string& name) {
        if (name == "..") {
            if (way_.size() > 1) way_.pop_back();  // above the root is the root
            return {};
        }
        UniqueFd there(open_name(name));
        if (!there.valid() && errno != ENOENT) return failed(errno);
        if (!there.valid()) return step_to_missing(name);
        return ahead_.empty() ? step_to_last(name, std::move(there)) : step_between(name, std::move(there));
    }

    // The path may end at a silent share, so nothing more is asked of it here.
    Result<> step_to_last(const std::string& name, UniqueFd there) {
        const mode_t kind = kind_of(there);
        if (kind == 0) return failed(errno);
        if (!S_ISLNK(kind)) return arrive(name, std::move(there), kind);
        struct stat link {};
        if (!status_of(there, link)) return failed(errno);
        return step_to_link(name, link, std::move(there));
    }

    Result<> step_between(const std::string& name, UniqueFd there) {
        struct stat status {};
        if (!status_of(there, status)) return failed(errno);
        return S_ISLNK(status.st_mode) ? step_to_link(name, status, std::move(there))
                                       : enter(name, status, std::move(there));
    }

    Result<> step_to_missing(const std::string& name) {
        if (ahead_.empty()) return arrive(name, {}, 0);
        if (options_.missing == Missing::refuse || way_.back().is_anothers) return failed(ENOENT);
        if (!open_root()) return failed(errno);
        if (::mkdirat(way_.back().fd.get(), name.c_str(), 0755) != 0 && errno != EEXIST) return failed(errno);
        UniqueFd made(open_name(name));
        struct stat directory {};
        if (!made.valid() || !status_of(made, directory)) return failed(errno);
        return enter(name, directory, std::move(made));
    }

    Result<> arrive(const std::string& name, UniqueFd there, mode_t kind) {
        name_ = name;
        there_ = std::move(there);
        kind_ = kind;
        return {};
    }

    Result<> enter(const std::string& name, const struct stat& directory, UniqueFd fd) {
        if (!S_ISDIR(directory.st_mode)) return failed(ENOTDIR);
        const bool is_shared = (directory.st_mode & S_IWOTH) != 0 ||
                               ((directory.st_mode & S_IWGRP) != 0 && !is_trusted_group(directory.st_gid));
        const bool is_sticky = (directory.st_mode & S_ISVTX) != 0 && is_trusted_owner(directory.st_uid);
        const auto fault = is_sticky ? std::string() : fault_of(directory);
        if (!fault.empty() && !may_pass(fd))
            return refused(name,
                           concat({fault, ", who could lead root astray: nothing is ", options_.deed, " below it"}));
        way_.push_back({name, std::move(fd), is_shared && is_sticky, !fault.empty() || way_.back().is_anothers});
        return {};
    }

    // Through a directory of others.
    [[nodiscard]] bool may_pass(const UniqueFd& fd) const noexcept {
        return options_.walls == Walls::nowhere || (options_.walls == Walls::not_on_shares && is_on_share(fd));
    }

    Result<> step_to_link(const std::string& name, const struct stat& status, UniqueFd link) {
        if (!is_trusted_owner(status.st_uid))
            return refused(name, concat({"is a link of user ", std::to_string(status.st_uid),
                                         "'s, who could lead root astray: it is not followed"}));
        if (ahead_.empty() && options_.last_link == LastLink::keep) return arrive(name, std::move(link), S_IFLNK);
        if (way_.back().is_shared || way_.back().is_anothers)
            return refused(name, "is a link where others can make one, to lead root astray: it is not followed");
        if (++links_ > kMaxLinks) return failed(ELOOP);
        std::array<char, PATH_MAX> target;
        const auto size = ::readlinkat(link.get(), "", target.data(), target.size());
        if (size <= 0) return failed(size == 0 ? ENOENT : errno);
        const std::string_view path(target.data(), static_cast<std::size_t>(size));
        if (path.starts_with('/')) enter_root();
        add(path);
        return {};
    }

    const std::string& path_;
    const Way& options_;
    std::vector<Entered> way_;        // directories, the root first
    std::vector<std::string> ahead_;  // parts of the path, the next one last
    std::string name_;
    UniqueFd there_;
    mode_t kind_ = 0;
    int links_ = 0;
};

}  // namespace

Result<SafePlace> find_place(const std::string& path, const Way& way) {
    if (path.empty()) return Error{ENOENT, path};
    Walk walk(path, way);
    if (auto gone = walk.go(); !gone.ok()) return gone.error();
    return std::move(walk).take();
}

Error about(const std::string& what, const Error& error) {
    return error.code == 0 ? error : Error{error.code, what};
}

bool is_on_share(const UniqueFd& fd) noexcept {
    constexpr unsigned long kFuse = 0x65735546;  // FUSE_SUPER_MAGIC of fs/fuse/inode.c: virtiofs
    struct statfs filesystem {};
    if (::fstatfs(fd.get(), &filesystem) != 0) return false;
    const auto type = static_cast<unsigned long>(filesystem.f_type);
    return type == kFuse || type == V9FS_MAGIC || type == NFS_SUPER_MAGIC;
}

// A seccomp filter of a container may know no statx(2).
mode_t kind_of(const UniqueFd& fd) noexcept {
    struct statx seen {};
    constexpr int kWithoutAsking = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    if (::statx(fd.get(), "", kWithoutAsking, STATX_TYPE, &seen) == 0) return seen.stx_mode & S_IFMT;
    struct stat there {};
    return status_of(fd, there) ? there.st_mode & S_IFMT : 0;
}

bool is_trusted_owner(uid_t owner) noexcept {
    if (owner == 0 || owner == ::geteuid()) return true;
    const auto maker = maker_of_image();
    return maker && maker->user == owner;
}

std::string fault_of(const struct stat& file) {
    if (!is_trusted_owner(file.st_uid)) return "belongs to user " + std::to_string(file.st_uid);
    if ((file.st_mode & S_IWOTH) != 0) return "may be written to by everybody";
    if ((file.st_mode & S_IWGRP) != 0 && !is_trusted_group(file.st_gid))
        return "may be written to by group " + std::to_string(file.st_gid);
    return {};
}

std::string path_of(const UniqueFd& fd, const std::string& otherwise) {
    std::string path = "/proc/self/fd/" + std::to_string(fd.get());
    const auto at = kernel_place(path.c_str());
    struct stat link {};
    return ::fstatat(at.directory, at.name, &link, AT_SYMLINK_NOFOLLOW) == 0 ? path : otherwise;
}

}  // namespace nlinit::sys
