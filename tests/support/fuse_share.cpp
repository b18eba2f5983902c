#include "support/fuse_share.hpp"

#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <tuple>

#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::test {
namespace {

constexpr std::size_t kRequestSize = 1 << 17;  // no less than the kernel's minimum, FUSE_MIN_READ_BUFFER
constexpr std::uint64_t kWithin = 2;           // the node of every name

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

// No answer is good for longer than a moment, so that every look at a path is a question.
void serve(int fd) {
    static std::array<char, kRequestSize> buffer;
    while (::read(fd, buffer.data(), buffer.size()) > 0) {
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
            fuse_entry_out out{};
            out.nodeid = kWithin;
            out.attr = attributes_of(kWithin);
            answer(fd, request, &out, sizeof out);
        } else if (request.opcode != FUSE_FORGET && request.opcode != FUSE_BATCH_FORGET &&
                   request.opcode != FUSE_INTERRUPT) {
            answer(fd, request, nullptr, 0, ENOSYS);
        }
    }
}

}  // namespace

std::unique_ptr<FuseShare> FuseShare::mount(const std::string& target) {
    // The root may be one without a /dev.
    const std::string device = target + ".fuse";
    constexpr int kMajor = 10, kMinor = 229;  // Documentation/admin-guide/devices.txt
    ::mkdir(target.c_str(), 0755);
    ::mknod(device.c_str(), S_IFCHR | 0600, static_cast<dev_t>(kMajor << 8 | kMinor));
    const sys::UniqueFd fd(::open(device.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd.valid()) return nullptr;
    const std::string options = "fd=" + std::to_string(fd.get()) + ",rootmode=40000,user_id=0,group_id=0";
    if (::mount("share", target.c_str(), "fuse", 0, options.c_str()) != 0) return nullptr;
    const pid_t server = ::fork();
    if (server == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd.get());
        ::_exit(0);
    }
    return server > 0 ? std::unique_ptr<FuseShare>(new FuseShare(server)) : nullptr;
}

FuseShare::~FuseShare() {
    ::kill(server_, SIGKILL);
    ::waitpid(server_, nullptr, 0);
}

void FuseShare::fall_silent() const {
    ::kill(server_, SIGSTOP);
    ::waitpid(server_, nullptr, WUNTRACED);
}

}  // namespace nlinit::test
