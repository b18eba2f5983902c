// SPDX-License-Identifier: Apache-2.0
// Paths on the payload's side of the machine, walked so that a user's files never decide what root does.
//
//     const auto place = find_place("/srv/app/settings", {.deed = "written"});
//     if (!place.ok()) return place.error();                   // "/srv/app/settings: "app" belongs to user 1000, …"
//     openat(place->directory.get(), place->name.c_str(), …);  // what was checked is what is used
//
// A name is looked up only in a directory where nobody but root can put another file in its place: it belongs to root,
// and neither its group nor others may write to it unless it is sticky, as /tmp is. A link is followed only when it
// belongs to root and stands in such a directory that is not sticky: in a sticky one, another user can make a hard link
// to a symbolic link of root's. Each directory is held open from the moment it is checked, so that nobody can exchange
// it afterwards.
//
// Root is here user 0, the user that this process runs as, and whoever made the image without being root: the root
// directory is his, or /etc and /usr both. That user can replace all that root goes by, and no walk could help; his
// group is taken for him alone. What is allowed to others in the root directory does not count.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

enum class Missing : std::uint8_t { refuse, make };                      // directories on the way
enum class LastLink : std::uint8_t { follow, keep };                     // a link that the path ends in
enum class Walls : std::uint8_t { everywhere, not_on_shares, nowhere };  // where a directory of others ends the walk

struct Way {
    Missing missing = Missing::refuse;
    LastLink last_link = LastLink::follow;
    // A share's owners are users of the host. With `not_on_shares` a directory of theirs is walked through where it is
    // on a share, but no link in it is followed, and nothing but the name itself is made. `nowhere`: so is any
    // directory.
    Walls walls = Walls::everywhere;
    std::string_view deed = "made";  // what does not happen below a directory of others: "mounted", "written", "read"
};

struct SafePlace {
    UniqueFd directory;      // O_PATH
    std::string name;        // in it; empty: the path is the root, and `there` too
    UniqueFd there;          // O_PATH, of what the name stands for: no link, unless links are kept; invalid: nothing
    mode_t kind = 0;         // S_IFMT of `there`; 0: nothing
    std::string path;        // from the root, without links
    bool is_shared = false;  // others may make files in the directory: it is sticky
};

// The path may be relative. An error is an errno and the path, or 0 and a sentence that names the part of the path,
// whose it is, and what is not done because of that.
[[nodiscard]] Result<SafePlace> find_place(const std::string& path, const Way& way);

// The error of find_place() for whoever did `what` ("write /a"): a sentence stays as it is.
[[nodiscard]] Error about(const std::string& what, const Error& error);

// Whether the owner counts as root, as above.
[[nodiscard]] bool is_trusted_owner(uid_t owner) noexcept;

// Whether the file is on a share of the host's: virtiofs, 9p, NFS.
[[nodiscard]] bool is_on_share(const UniqueFd& fd) noexcept;

// The file's type, such as S_IFDIR, found out without asking a file server, which might not answer. 0, with errno set,
// when the type is unknown.
[[nodiscard]] mode_t kind_of(const UniqueFd& fd) noexcept;

// Says why users other than root decide on a file's content: the file belongs to another user, or others may write to
// it. Empty when root alone decides.
[[nodiscard]] std::string fault_of(const struct stat& file);

// A path for calls that take none but paths: /proc/self/fd/N, or `otherwise` where no /proc is mounted yet. When all
// directories on the way are root's, that leads to the same.
[[nodiscard]] std::string path_of(const UniqueFd& fd, const std::string& otherwise);

}  // namespace nlinit::sys
