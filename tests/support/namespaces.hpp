// SPDX-License-Identifier: Apache-2.0
// Namespaces of a test's own: what it mounts, names, links up or kills is nobody else's.
//
//     NetworkNamespace server;
//     {
//         const auto inside = server.enter();
//         ...                                    // sockets made here stay in the namespace
//     }
//
// Everything here throws std::system_error when the kernel refuses: GoogleTest makes it the test's failure.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "nlinit/sys/unique_fd.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::test {

// From here on this process has namespaces of its own. Mounts do not travel to others, nor theirs here.
void enter_own_mount_namespace();
void enter_own_network_namespace();  // with a lo that is down, and nothing else
void enter_own_uts_namespace();

// /sys shows the network namespace in which it was mounted: after this /sys/class/net has the present one's links.
// After enter_own_mount_namespace().
void mount_own_sys();

// Runs body in a child with a mount namespace of its own, and gives the status of waitpid(2): what body returned is the
// exit code. For what would change this process for good.
[[nodiscard]] int run_in_child(const std::function<int()>& body);

// The same as PID 1 of a PID namespace, with a /proc to match. When it ends, the kernel kills all that it started.
[[nodiscard]] int run_as_pid_1(const std::function<int()>& body);
// Does not wait: gives the child, for waitpid(2).
[[nodiscard]] pid_t start_as_pid_1(const std::function<int()>& body);

// A fresh cgroup (version 2). It and those below it are removed at the end. After enter_own_mount_namespace().
class FreshCgroup {
  public:
    FreshCgroup();
    ~FreshCgroup();
    FreshCgroup(const FreshCgroup&) = delete;
    FreshCgroup& operator=(const FreshCgroup&) = delete;

    // For this process, and for good: it becomes the root of a cgroup namespace.
    void enter() const;

  private:
    TemporaryDirectory hierarchy_;
    std::string group_;
};

// run_in_child() in a fresh cgroup, which is the root of a cgroup namespace, with /sys/fs/cgroup empty and nothing
// mounted on it. The cgroup and those below it are removed afterwards. After enter_own_mount_namespace().
[[nodiscard]] int run_in_own_cgroup(const std::function<int()>& body);

// A network namespace that lives as long as the object (and what was opened in it).
class NetworkNamespace {
  public:
    class Scope {
      public:
        explicit Scope(int fd);
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        ~Scope();

      private:
        sys::UniqueFd before_;
    };

    NetworkNamespace();

    // This thread is in the namespace until the scope ends.
    [[nodiscard]] Scope enter() const { return Scope(fd_.get()); }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] std::string path() const;  // /proc/PID/fd/N, for other processes

  private:
    sys::UniqueFd fd_;
};

}  // namespace nlinit::test
