// SPDX-License-Identifier: Apache-2.0
#include "support/namespaces.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "support/require.hpp"

namespace nlinit::test {

namespace {

sys::UniqueFd open_namespace(const char* path) {
    sys::UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
    require(fd.valid(), path);
    return fd;
}

// The namespace of the thread, not of the process: only the thread moves.
constexpr const char* kThisNetwork = "/proc/thread-self/ns/net";

[[noreturn]] void run_child(const std::function<void()>& prepare, const std::function<int()>& body) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        enter_own_mount_namespace();
        prepare();
        ::_exit(body());
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "child: %s\n", exception.what());
    }
    ::_exit(255);
}

pid_t start(const std::function<void()>& prepare, const std::function<int()>& body) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    require(child >= 0, "fork");
    if (child == 0) run_child(prepare, body);
    return child;
}

int await(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) require(errno == EINTR, "wait for a child");
    return status;
}

void mount_on(const char* target, const char* type) {
    require(::mount(type, target, type, 0, nullptr) == 0, target);
}

// Groups are removed as empty directories are, and their files with them.
void remove_cgroup(const std::string& group) {
    for (const auto& entry : std::filesystem::directory_iterator(group)) {
        if (entry.is_directory()) remove_cgroup(entry.path());
    }
    ::rmdir(group.c_str());
}

}  // namespace

void enter_own_mount_namespace() {
    require(::unshare(CLONE_NEWNS) == 0, "make a mount namespace");
    require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "make mounts private");
}

void enter_own_network_namespace() {
    require(::unshare(CLONE_NEWNET) == 0, "make a network namespace");
}

void enter_own_uts_namespace() {
    require(::unshare(CLONE_NEWUTS) == 0, "make a UTS namespace");
}

void mount_own_sys() {
    mount_on("/sys", "sysfs");
}

int run_in_child(const std::function<int()>& body) {
    return await(start([] {}, body));
}

pid_t start_as_pid_1(const std::function<int()>& body) {
    const auto own = open_namespace("/proc/self/ns/pid");
    require(::unshare(CLONE_NEWPID) == 0, "make a PID namespace");
    const pid_t child = start([] { mount_on("/proc", "proc"); }, body);
    require(::setns(own.get(), CLONE_NEWPID) == 0, "return to the PID namespace for children");
    return child;
}

int run_as_pid_1(const std::function<int()>& body) {
    return await(start_as_pid_1(body));
}

FreshCgroup::FreshCgroup() : group_(hierarchy_ / "nlinit-test-XXXXXX") {
    mount_on(hierarchy_.path().c_str(), "cgroup2");
    require(::mkdtemp(group_.data()) != nullptr, "make a cgroup");
}

FreshCgroup::~FreshCgroup() {
    remove_cgroup(group_);
    ::umount2(hierarchy_.path().c_str(), MNT_DETACH);
}

// The root of the new namespace is the group of the caller at that moment.
void FreshCgroup::enter() const {
    const sys::UniqueFd processes(::open((group_ + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    require(::write(processes.get(), "0", 1) == 1, "enter a cgroup");
    require(::unshare(CLONE_NEWCGROUP) == 0, "make a cgroup namespace");
}

int run_in_own_cgroup(const std::function<int()>& body) {
    const FreshCgroup cgroup;
    const auto prepare = [&] {
        cgroup.enter();
        mount_on("/sys/fs/cgroup", "tmpfs");
    };
    return await(start(prepare, body));
}

NetworkNamespace::Scope::Scope(int fd) : before_(open_namespace(kThisNetwork)) {
    require(::setns(fd, CLONE_NEWNET) == 0, "enter a network namespace");
}

NetworkNamespace::Scope::~Scope() {
    if (::setns(before_.get(), CLONE_NEWNET) == 0) return;
    std::perror("return from a network namespace");  // what follows would happen to the wrong one
    ::_exit(255);
}

NetworkNamespace::NetworkNamespace() {
    const auto before = open_namespace(kThisNetwork);
    enter_own_network_namespace();
    fd_ = open_namespace(kThisNetwork);
    require(::setns(before.get(), CLONE_NEWNET) == 0, "return from a new network namespace");
}

std::string NetworkNamespace::path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_.get());
}

}  // namespace nlinit::test
