// SPDX-License-Identifier: Apache-2.0
#include "app/tool/help.hpp"

namespace nlinit::app {
namespace {

constexpr std::string_view kProgramHelp = R"(usage: nlinit COMMAND [ARGUMENT]...

  netsetup   configure a network interface
  plan       print what a boot would do, and what asked for it
  check      validate a configuration, and the root that it is for
  report     show how a boot went
  initramfs  write an initramfs with the modules that a guest needs

  --version  what this program was made of
  -h, --help  this, or what COMMAND takes

As PID 1 (/init of an initramfs, or init=/sbin/nlinit) it boots the machine:
early mounts, modules, network, root, the plan of /etc/nlinit.toml or of the
embedded profile, and then the payload after "--" on the kernel command line.
As PID 1 of a container it does so too, unless it is given one of the commands
above; the filesystems of the machine around it are left as they are.
)";

constexpr std::string_view kPlanHelp = R"(usage: nlinit plan [--config FILE] [KERNEL-PARAMETER]...

Prints what a boot would do, and what asked for each part of it; without
arguments a boot of this machine. An argument with blanks is a line, split as
the kernel splits it.

  --config FILE  in place of /etc/nlinit.toml

Exit status: 0 printed; 2 wrong usage, or FILE cannot be read; 9 not written.
)";

constexpr std::string_view kCheckHelp = R"(usage: nlinit check [OPTION]... [FILE]

Names every mistake of a configuration by file, line and column, and what the
first boot with it would miss. Without FILE it is the one of the root.

  --root DIRECTORY  the root of the guest, unpacked or mounted there: payload,
                    users, mount points, modules
  --kernel VERSION  which modules of that root count, where it has several
  --cmdline TEXT    a kernel command line to lay over FILE

Exit status: 0 fine; 2 a mistake, something is missing, or wrong usage; 9 not
written.
)";

constexpr std::string_view kReportHelp = R"(usage: nlinit report [--check | --json | --svg] [FILE]

Shows how this machine's boot went, or another's that left FILE, a boot.json.

  --check  nothing where all went well; else how many failures, and the first,
           in one line on standard error
  --json   all of it, as it is in the file
  --svg    a picture of its timeline

Exit status: 0 shown, or all went well; 1 with --check: something that was asked
for failed; 2 wrong usage, or FILE is no boot.json; 9 not written.
)";

constexpr std::string_view kInitramfsHelp = R"(usage: nlinit initramfs [--modules-from DIR] [OPTION]... >initramfs.cpio

Writes an initramfs (cpio, "newc") with nlinit as /init. The same input gives the
same bytes. The kernel also takes it compressed: pipe it through zstd or gzip.

  --modules-from DIR  kernel modules: a root, or its lib/modules
  --kernel VERSION    of this kernel, where DIR has several
  --modules A,B       these, with what they depend on; vm: what virtio, NVMe and
                      EROFS, ext4, squashfs, overlay and virtiofs guests need of
                      what DIR has (the default)
  --config FILE       as /etc/nlinit.toml, with the modules that it names and
                      those of its filesystems
  --add PATH=FILE     a file, or a directory with all in it, as PATH
  --init FILE         another nlinit, for a guest of another architecture
  --output FILE       in place of standard output

Exit status: 0 written; 2 wrong usage or configuration; 3 what is to be in it is
missing or unfit; 9 not written.
)";

}  // namespace

std::string_view help_of(std::string_view command) noexcept {
    if (command == "plan") return kPlanHelp;
    if (command == "check") return kCheckHelp;
    if (command == "report") return kReportHelp;
    return command == "initramfs" ? kInitramfsHelp : kProgramHelp;
}

}  // namespace nlinit::app
