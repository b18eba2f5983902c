// A guest without a virtual machine: the real program as PID 1 of namespaces of its own, on a root filesystem in
// memory.
//
//     Guest guest;
//     guest.config = "profile = \"none\"\n";
//     guest.run("/bin/sh -c \"exit 3\"");
//     EXPECT_THAT(guest.log(), HasSubstr("ended with status 3"));
//
// What the payload writes below /out can be read afterwards with output(). Nothing of the machine's is mounted in the
// guest, for at its end PID 1 makes read-only what it cannot unmount.
#pragma once

#include <string>

#include "support/temporary_directory.hpp"

namespace nlinit::test {

class Guest {
  public:
    Guest();

    std::string config;      // /etc/nlinit.toml; empty: none
    std::string parameters;  // of the kernel command line
    bool has_proc = true;    // false: /proc is a file, on which nothing can be mounted
    bool etc_read_only = false;

    // Boots with what follows "--" on the kernel command line, and gives the signal that reboot(2) ended the guest with
    // (pid_namespaces(7)): SIGINT for poweroff, SIGHUP for reboot.
    int run(const std::string& payload);

    [[nodiscard]] std::string log() const;
    [[nodiscard]] std::string output(const std::string& name) const;
    [[nodiscard]] std::string path(const std::string& name) const { return root_ / name; }  // of the guest's root

  private:
    void install(const std::string& program, const std::string& as);
    void mount_guest() const;
    [[noreturn]] void enter(const std::string& payload) const;

    TemporaryDirectory root_, shared_;
};

}  // namespace nlinit::test
