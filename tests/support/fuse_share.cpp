// SPDX-License-Identifier: Apache-2.0
#include "support/fuse_share.hpp"

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

namespace nlinit::test {
namespace {

constexpr std::size_t kRequestSize = 1 << 17;  // no less than the kernel's minimum, FUSE_MIN_READ_BUFFER

void answer(int fd, const fuse_in_header& request, const void* body, std::size_t size, int code = 0) {
    fuse_out_header header{static_cast<std::uint32_t>(sizeof header + size), -code, request.unique};
    const std::array<iovec, 2> parts{iovec{&header, sizeof header}, iovec{const_cast<void*>(body), size}};
    std::ignore = ::writev(fd, parts.data(), size > 0 ? 2 : 1);
}

fuse_attr attributes_of(std::uint64_t node) {
    fuse_attr attributes{};
    attributes.ino = node;
    attributes.mode = S_IFDIR | 0755;
    attributes.nlink = 2;
    return attributes;
}

// Each name in each directory is a node of its own (FNV-1a), and none is the root, which is 1.
std::uint64_t node_of(std::uint64_t parent, const char* name) {
    std::uint64_t hash = 0xcbf29ce484222325 ^ parent;
    for (; *name != '\0'; ++name) hash = (hash ^ static_cast<unsigned char>(*name)) * 0x100000001b3;
    return hash | 2;
}

// Waits for a request. Stops this process between two of them when that is wanted: the kernel waits for the answer to
// one that was read, and lets nobody kill who asked.
bool next_request(int fd, int stop) {
    std::array<pollfd, 2> either{pollfd{fd, POLLIN, 0}, pollfd{stop, POLLIN, 0}};
    if (::poll(either.data(), either.size(), -1) < 0) return false;
    if (either[1].revents != 0) ::raise(SIGSTOP);
    return true;
}

// No answer is good for longer than a moment, so that every look at a path is a question.
void serve(int fd, int stop, const std::vector<std::string>& names) {
    static std::array<char, kRequestSize> buffer;
    while (next_request(fd, stop) && ::read(fd, buffer.data(), buffer.size()) > 0) {
        fuse_in_header request;
        std::memcpy(&request, buffer.data(), sizeof request);
        if (request.opcode == FUSE_INIT) {
            fuse_init_out init{};
            init.major = FUSE_KERNEL_VERSION;
            init.minor = FUSE_KERNEL_MINOR_VERSION;
            init.max_write = 4096;
            answer(fd, request, &init, sizeof init);
        } else if (request.opcode == FUSE_GETATTR) {
            fuse_attr_out out{};
            out.attr = attributes_of(request.nodeid);
            answer(fd, request, &out, sizeof out);
        } else if (request.opcode == FUSE_LOOKUP) {
            const char* name = buffer.data() + sizeof request;
            if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
                answer(fd, request, nullptr, 0, ENOENT);
                continue;
            }
            fuse_entry_out out{};
            out.nodeid = node_of(request.nodeid, name);
            out.attr = attributes_of(out.nodeid);
            answer(fd, request, &out, sizeof out);
        } else if (request.opcode == FUSE_STATFS) {
            fuse_statfs_out out{};
            out.st.bsize = out.st.frsize = 4096;
            out.st.namelen = 255;
            answer(fd, request, &out, sizeof out);
        } else if (request.opcode == FUSE_OPENDIR) {
            const fuse_open_out out{};
            answer(fd, request, &out, sizeof out);
        } else if (request.opcode == FUSE_READDIR || request.opcode == FUSE_RELEASEDIR) {
            answer(fd, request, nullptr, 0);
        } else if (request.opcode != FUSE_FORGET && request.opcode != FUSE_BATCH_FORGET &&
                   request.opcode != FUSE_INTERRUPT) {
            answer(fd, request, nullptr, 0, ENOSYS);
        }
    }
}

}  // namespace

std::unique_ptr<FuseShare> FuseShare::mount(const std::string& target, const std::vector<std::string>& names) {
    // The root may be one without a /dev.
    const std::string device = target + ".fuse";
    constexpr int kMajor = 10, kMinor = 229;  // Documentation/admin-guide/devices.txt
    ::mkdir(target.c_str(), 0755);
    ::mknod(device.c_str(), S_IFCHR | 0600, static_cast<dev_t>(kMajor << 8 | kMinor));
    const sys::UniqueFd fd(::open(device.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd.valid()) return nullptr;
    const std::string options = "fd=" + std::to_string(fd.get()) + ",rootmode=40000,user_id=0,group_id=0";
    if (::mount("share", target.c_str(), "fuse", 0, options.c_str()) != 0) return nullptr;
    sys::UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
    const pid_t server = ::fork();
    if (server == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd.get(), stop.get(), names);
        ::_exit(0);
    }
    return server > 0 ? std::unique_ptr<FuseShare>(new FuseShare(server, std::move(stop))) : nullptr;
}

FuseShare::~FuseShare() {
    ::kill(server_, SIGKILL);
    ::waitpid(server_, nullptr, 0);
}

void FuseShare::fall_silent() const {
    std::ignore = ::eventfd_write(stop_.get(), 1);
    ::waitpid(server_, nullptr, WUNTRACED);
}

}  // namespace nlinit::test
