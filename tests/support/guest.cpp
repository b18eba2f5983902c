// SPDX-License-Identifier: Apache-2.0
#include "support/guest.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "support/fake_button.hpp"
#include "support/namespaces.hpp"
#include "support/require.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {
namespace {

namespace fs = std::filesystem;

// Below /proc/sys, and with the whole machine shared; each guest has files of its own in their places.
constexpr std::array kProtections{"protected_symlinks", "protected_hardlinks", "protected_regular", "protected_fifos"};

std::string read_all(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_all(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

void mount_tmpfs(const std::string& target) {
    fs::create_directories(target);
    require(::mount("tmpfs", target.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount tmpfs on " + target);
}

void bind_file(const std::string& source, const std::string& target) {
    require(::mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0, "bind " + target);
}

}  // namespace

const std::vector<std::string>& libraries_of(const std::string& program) {
    static std::map<std::string, std::vector<std::string>> known;
    const auto [entry, is_new] = known.try_emplace(program);
    auto& libraries = entry->second;
    if (!is_new) return libraries;
    FILE* lines = popen(("LD_TRACE_LOADED_OBJECTS=1 " + program).c_str(), "re");
    require(lines != nullptr, "ask the loader");
    std::array<char, 512> line{};
    while (std::fgets(line.data(), line.size(), lines) != nullptr) {
        const std::string text(line.data());
        const auto start = text.find('/');
        if (start != std::string::npos) libraries.push_back(text.substr(start, text.find(' ', start) - start));
    }
    pclose(lines);
    return libraries;
}

Guest::Guest() {
    enter_own_mount_namespace();
    enter_own_network_namespace();
    enter_own_uts_namespace();
    cgroup_.emplace();
    for (const auto* directory : {&root_, &shared_}) mount_tmpfs(directory->path());
    for (const char* name : {"tmp", "run", "var", "etc", "out", "old", "bin", "sbin"})
        fs::create_directory(root_ / name);
    install("/bin/sh", "/bin/sh");
    require(::mkfifo((shared_ / "never").c_str(), 0600) == 0, "make /out/never");
}

void Guest::install(const std::string& program, const std::string& as) {
    fs::copy_file(program, root_.path() + as);
    for (const auto& library : libraries_of(program)) {
        fs::create_directories(fs::path(root_.path() + library).parent_path());
        fs::copy_file(library, root_.path() + library, fs::copy_options::skip_existing);
    }
}

void Guest::mount_guest() const {
    for (const char* name : {"dev", "sys"}) mount_tmpfs(root_ / name);
    fs::create_directories(root_ / "sys/fs/cgroup");
    if (has_power_button) make_fake_button(root_ / "dev", root_ / "sys/class/input", "event0", kPowerKey);
    if (!virtio_device.empty()) {
        fs::create_directories(root_ / "sys/bus/virtio/devices/virtio0");
        std::ofstream(root_ / "sys/bus/virtio/devices/virtio0/modalias") << virtio_device << '\n';
    }
    require(::mknod((root_ / "dev/null").c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0, "make /dev/null");
    write_all(root_ / "dev/kmsg", "");
    bind_file(shared_ / "kmsg", root_ / "dev/kmsg");
    write_all(root_ / "dev/console", "");
    bind_file(shared_ / "console", root_ / "dev/console");  // what is written there past the kernel's log
    require(::mount(shared_.path().c_str(), (root_ / "out").c_str(), nullptr, MS_BIND, nullptr) == 0, "bind /out");
    if (etc_read_only)
        require(::mount("tmpfs", (root_ / "etc").c_str(), "tmpfs", MS_RDONLY, nullptr) == 0, "mount /etc");
    if (!has_proc) {
        write_all(root_ / "proc", "");
        return;
    }
    fs::create_directory(root_ / "proc");
    require(::mount("proc", (root_ / "proc").c_str(), "proc", 0, nullptr) == 0, "mount /proc");
    bind_file(shared_ / "cmdline", root_ / "proc/cmdline");
    // These are the whole machine's.
    bind_file(shared_ / "empty", root_ / "proc/sys/kernel/printk_devkmsg");
    bind_file(shared_ / "printk", root_ / "proc/sys/kernel/printk");
    bind_file(shared_ / "panic", root_ / "proc/sys/kernel/panic");
    for (const auto* name : kProtections) bind_file(shared_ / name, root_ / ("proc/sys/fs/" + std::string(name)));
}

// Read-only, but for a /run of its own.
void Guest::lay_root_over(const std::string& lower) const {
    const std::string data = "lowerdir=" + root_.path() + ':' + lower;
    require(::mount("overlay", root_.path().c_str(), "overlay", 0, data.c_str()) == 0, "lay the root over " + lower);
    mount_tmpfs(root_ / "run");
}

void Guest::enter(const std::string& payload) const {
    cgroup_->enter();
    if (!below_root.empty()) lay_root_over(below_root);
    if (network != nullptr) require(::setns(network->fd(), CLONE_NEWNET) == 0, "enter the guest's network");
    mount_guest();
    require(::chdir(root_.path().c_str()) == 0 && ::syscall(SYS_pivot_root, ".", "old") == 0, "change the root");
    require(::chdir("/") == 0 && ::umount2("/old", MNT_DETACH) == 0, "leave the old root");
    if (root_read_only)
        require(::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0, "make / read-only");
    if (!may_reboot) require(::prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT) == 0, "forbid reboot(2)");
    // The kernel hands "--" arguments to init as well; they count where /proc/cmdline cannot be read.
    std::istringstream words(payload);
    std::vector<std::string> arguments{"/sbin/nlinit"};
    for (std::string word; words >> word;) arguments.push_back(word);
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    if (leave_behind) leave_behind();
    ::execv("/sbin/nlinit", pointers.data());
    ::_exit(127);
}

int Guest::run(const std::string& payload) {
    auto loop = sys::EventLoop::create();
    require(loop.ok(), "make an event loop");
    start(*loop, payload);
    const int end = wait();
    loop_ = nullptr;
    return end;
}

void Guest::start(sys::EventLoop& loop, const std::string& payload) {
    write_all(shared_ / "kmsg", "");
    write_all(shared_ / "empty", "");
    write_all(shared_ / "console", "");
    write_all(shared_ / "printk", "4\t4\t1\t7\n");  // as with `quiet`
    write_all(shared_ / "panic", "0\n");
    for (const auto* name : kProtections) write_all(shared_ / name, protection + '\n');
    write_all(shared_ / "cmdline", parameters + " -- " + payload + "\n");
    if (!config.empty()) write_all(root_ / "etc/nlinit.toml", config);
    if (!fs::exists(root_ / "sbin/nlinit")) install(NLINIT_PROGRAM, "/sbin/nlinit");
    loop_ = &loop;
    changes_.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    watch_directory(shared_.path());
    require(loop.watch(changes_.get(), [this] { take_changes(); }).ok(), "watch /out");
    int gate[2];
    require(::pipe2(gate, O_CLOEXEC) == 0, "make a pipe");
    const sys::UniqueFd closed(gate[0]);
    sys::UniqueFd open(gate[1]);
    pid_ = start_as_pid_1([&]() -> int {
        char none = 0;
        open.reset();
        std::ignore = ::read(closed.get(), &none, 1);
        enter(payload);
    });
    if (before_exec) before_exec(pid_);
    open.reset();
    process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    require(process_.valid(), "watch the guest");
    require(loop.watch(process_.get(), [this] { reap(); }).ok(), "watch the guest");
}

Guest::~Guest() {
    if (pid_ > 0 && running()) {
        signal(SIGKILL);
        reap();
    }
    if (loop_ != nullptr) loop_->unwatch(changes_.get());
}

void Guest::watch_directory(const std::string& path) const {
    constexpr std::uint32_t kWrites = IN_MODIFY | IN_CREATE | IN_MOVED_TO;
    require(::inotify_add_watch(changes_.get(), path.c_str(), kWrites) >= 0, "watch " + path);
}

void Guest::follow(const std::string& directory) const {
    watch_directory(inside(directory));
}

void Guest::take_changes() const {
    std::array<char, 4096> events;
    while (::read(changes_.get(), events.data(), events.size()) > 0) continue;
}

void Guest::reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
    end_ = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    loop_->unwatch(process_.get());
    process_.reset();
}

int Guest::wait() {
    constexpr std::chrono::seconds kLimit{20};
    if (!run_until(
            *loop_, [this] { return !running(); }, kLimit))
        return -1;
    return *end_;
}

bool Guest::comes_to(const std::function<bool()>& state) {
    return run_until(*loop_, state);
}

bool Guest::file_becomes(const std::string& path, const std::string& content) {
    follow(path.substr(0, path.rfind('/') + 1));
    return comes_to([&] { return file(path) == content; });
}

void Guest::signal(int number) const {
    if (running()) ::kill(pid_, number);
}

std::string Guest::inside(const std::string& path) const {
    return "/proc/" + std::to_string(pid_) + "/root" + path;
}
std::string Guest::file(const std::string& path) const {
    return read_all(inside(path));
}

std::string Guest::log() const {
    return read_all(shared_ / "kmsg");
}
std::string Guest::output(const std::string& name) const {
    return read_all(shared_ / name);
}

}  // namespace nlinit::test
