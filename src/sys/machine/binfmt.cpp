// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/binfmt.hpp"

#include <sys/mount.h>

#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::sys {

namespace {

// The kernel has the directory when it has binfmt_misc, be that built in or a module.
Result<> mount_binfmt_misc(const std::string& directory) {
    if (exists(directory + "/register")) return {};
    MountRow row;
    row.source = row.type = "binfmt_misc";
    row.target = directory;
    row.flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    return mount(row);
}

}  // namespace

Result<> register_binfmt(const Binfmt& binfmt, const std::string& directory) {
    if (auto mounted = mount_binfmt_misc(directory); !mounted.ok()) {
        if (exists(directory)) return mounted;
        return Error{0, concat({"register binary format ", binfmt.name,
                                ": the kernel has no binfmt_misc; its module may be named in system.modules"})};
    }
    if (is_the_machines_alone((directory + "/register").c_str()))
        return Error{0, concat({"register binary format ", binfmt.name,
                                ": it would be the machine's, and this is a container of it"})};
    const std::string entry = concat({directory, "/", binfmt.name});
    if (exists(entry)) {
        if (auto removed = write_kernel_file(entry, "-1"); !removed.ok()) return removed;
    }
    const auto registered = write_kernel_file(directory + "/register", binfmt.registration);
    if (registered.ok()) return {};
    const int code = registered.error().code;
    // With flag F the kernel opens the interpreter now.
    const bool opens = code == ENOENT || code == EACCES || code == ENOEXEC;
    return Error{code, concat({"register binary format ", binfmt.name, (opens ? ": open " + binfmt.interpreter : "")})};
}

}  // namespace nlinit::sys
