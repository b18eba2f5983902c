// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/mount_error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace nlinit::sys {
namespace {

TEST(MountErrorTest, OneErrnoHasTheSentenceOfItsRow) {
    const struct {
        int code;
        const char *source, *type, *options, *sentence;
    } cases[] = {
        {ENODEV, "/dev/vda", "xfs", "", "mount xfs /dev/vda on /x: the kernel has no filesystem xfs"},
        {EINVAL, "/dev/vda", "xfs", "",
         "mount xfs /dev/vda on /x: it holds no xfs that this kernel can read, or an option is wrong"},
        {EINVAL, "users", "virtiofs", "", "mount virtiofs users on /x: no device has this tag"},
        {EINVAL, "tmpfs", "tmpfs", "size=x", "mount tmpfs on /x: an option is wrong: 'size=x'"},
        {EINVAL, "server:/a", "nfs", "vers=4.2",
         "mount nfs server:/a on /x: the kernel looks up no names: the server's address is missing among the options, "
         "as addr=192.0.2.1"},
        {EINVAL, "server:/a", "nfs4", "addr=192.0.2.1,vers=9",
         "mount nfs4 server:/a on /x: an option is wrong: 'addr=192.0.2.1,vers=9'"},
        {EINVAL, "nfsd", "nfsd", "x", "mount nfsd on /x: an option is wrong: 'x'"},
        {EINVAL, "//server/a", "cifs", "vers=9", "mount cifs //server/a on /x: an option is wrong: 'vers=9'"},
        {EHOSTUNREACH, "//server/a", "smb3", "ip=192.0.2.1", "mount smb3 //server/a on /x"},
        {EHOSTUNREACH, "//server/a", "cifs", "",
         "mount cifs //server/a on /x: the kernel looks up no names: the server's address is missing among the "
         "options, as ip=192.0.2.1"},
        {EINVAL, "user@server:", "fuse.sshfs", "",
         "mount fuse.sshfs user@server: on /x: the program that serves a FUSE mounts it"},
        {EINVAL, "/dev/vda", "fuseblk", "rootmode=40000",
         "mount fuseblk /dev/vda on /x: the program that serves a FUSE mounts it"},
        {EINVAL, "/a", "", "bind", "bind /a on /x: /a is on a mount that is unbindable"},
        {EINVAL, "x", "x", "remount,ro", "remount /x: nothing is mounted there, or an option is wrong"},
        {EINVAL, "/a", "", "move", "move /a to /x: nothing is mounted on /a, or what it is mounted on is shared"},
        {ENOENT, "users", "9p", "", "mount 9p users on /x: no device has this tag"},
        {ENOENT, "/dev/vda", "xfs", "", "mount xfs /dev/vda on /x: /dev/vda is not there"},
        {ENOENT, "vda1", "ext4", "",
         "mount ext4 vda1 on /x: vda1 is not there: the name of a device begins with /dev/"},
        {ENOENT, "/a", "", "bind", "bind /a on /x: /a is not there"},
        {EBUSY, "/dev/vda", "xfs", "",
         "mount xfs /dev/vda on /x: /dev/vda is in use, or mounted elsewhere with other options"},
        {EBUSY, "x", "x", "remount,ro", "remount /x: something there is open for writing"},
        {EACCES, "/dev/vda", "xfs", "",
         "mount xfs /dev/vda on /x: /dev/vda is read-only: 'ro' among the options would do"},
        {ENOTDIR, "/a", "", "bind", "bind /a on /x: one is a directory, and the other is none"},
        {ENOTBLK, "/dev/null", "xfs", "", "mount xfs /dev/null on /x: /dev/null is no block device"},
        {EUCLEAN, "/dev/vda", "xfs", "", "mount xfs /dev/vda on /x: its filesystem is damaged, and fsck may mend it"},
        {EIO, "/dev/vda", "xfs", "", "mount xfs /dev/vda on /x: /dev/vda cannot be read"},
        {EPERM, "tmpfs", "tmpfs", "", "mount tmpfs on /x"},
        {ENOENT, "overlay", "overlay", "lowerdir=/:/nowhere/lower,upperdir=/",
         "mount overlay on /x: /nowhere/lower is not there"},
    };
    for (const auto& [code, source, type, options, sentence] : cases) {
        const auto error = explain_mount(code, mount_row({source, "/x", type, options}));
        EXPECT_EQ(error.what, sentence);
        EXPECT_EQ(error.code, code);
    }
}

}  // namespace
}  // namespace nlinit::sys
