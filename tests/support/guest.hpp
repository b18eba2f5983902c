// SPDX-License-Identifier: Apache-2.0
// A guest without a virtual machine: the real program as PID 1 of namespaces of its own, on a root filesystem in
// memory.
//
//     Guest guest;
//     guest.config = "profile = \"none\"\n";
//     guest.run("/bin/sh -c \"exit 3\"");
//     EXPECT_THAT(guest.log(), HasSubstr("ended with status 3"));
//
// Or, where something is to happen meanwhile, such as a server's answers:
//
//     guest.start(loop, "/bin/sh -c \"...\"");
//     ASSERT_TRUE(guest.file_becomes("/etc/resolv.conf", "nameserver 192.0.2.53\n"));
//     guest.signal(SIGTERM);
//     EXPECT_EQ(guest.wait(), SIGHUP);
//
// What the payload writes below /out can be read afterwards with output(); /out/never is a pipe, on which a payload can
// wait. Nothing of the machine's is mounted in the guest, for at its end PID 1 makes read-only what it cannot unmount.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::test {

// The shared libraries that the loader would take, as it tells itself (ld.so(8)); it is asked once for each program.
const std::vector<std::string>& libraries_of(const std::string& program);

class Guest {
  public:
    Guest();
    ~Guest();  // kills what still runs
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    std::string config;      // /etc/nlinit.toml; empty: none
    std::string parameters;  // of the kernel command line
    bool has_proc = true;    // false: /proc is a file, on which nothing can be mounted
    bool etc_read_only = false;
    std::string below_root;         // a directory, as of a share: the root is an overlay over it, and read-only
    bool has_power_button = false;  // /dev/input/event0, see fake_button.hpp
    std::string virtio_device;      // what the kernel says that it is (modalias); empty: none
    bool root_read_only = false;    // once the guest is in it
    std::string protection = "0";   // what /proc/sys/fs/protected_* say before the boot
    bool may_reboot = true;         // false: reboot(2) is refused
    const NetworkNamespace* network = nullptr;  // with its links; none: one of its own, with nothing but lo
    std::function<void()> leave_behind;         // what an earlier init does to its process before it becomes nlinit
    std::function<void(pid_t)> before_exec;     // what is to be done to the process that waits to become the program

    void install(const std::string& program, const std::string& as);  // with its libraries

    // Boots /sbin/nlinit, which is the program of this build unless another was put there, with what follows "--" on
    // the kernel command line, and gives the signal that reboot(2) ended the guest with (pid_namespaces(7)): SIGINT for
    // poweroff, SIGHUP for reboot.
    int run(const std::string& payload);

    void start(sys::EventLoop& loop, const std::string& payload);  // the loop outlives the guest
    int wait();  // its end, as run() gives it; -1 when it does not come in time
    // Looks again whenever the guest has written to its log, to /out, or to a directory that is followed.
    [[nodiscard]] bool comes_to(const std::function<bool()>& state);
    void follow(const std::string& directory) const;
    // The same for what a file says, and follows its directory.
    [[nodiscard]] bool file_becomes(const std::string& path, const std::string& content);
    void signal(int number) const;  // to PID 1, from outside
    [[nodiscard]] bool running() const noexcept { return !end_; }
    // As the running guest sees it: where that is for us, and what it says.
    [[nodiscard]] std::string inside(const std::string& path) const;
    [[nodiscard]] std::string file(const std::string& path) const;

    [[nodiscard]] std::string log() const;
    [[nodiscard]] std::string output(const std::string& name) const;
    [[nodiscard]] std::string path(const std::string& name) const { return root_ / name; }  // of the guest's root

  private:
    void lay_root_over(const std::string& lower) const;
    void mount_guest() const;
    void watch_directory(const std::string& path) const;
    void take_changes() const;
    void reap();
    [[noreturn]] void enter(const std::string& payload) const;

    TemporaryDirectory root_, shared_;
    std::optional<FreshCgroup> cgroup_;
    sys::EventLoop* loop_ = nullptr;
    sys::UniqueFd process_, changes_;
    pid_t pid_ = 0;
    std::optional<int> end_;
};

}  // namespace nlinit::test
