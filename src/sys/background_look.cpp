#include "nlinit/sys/background_look.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>

namespace nlinit::sys {

struct BackgroundRead::Buffer final : BackgroundCalls::Memory {
    Buffer(std::string device, std::size_t size) : path(std::move(device)), bytes(size, '\0') {}
    std::string path, bytes;
};

namespace {

struct Look final : BackgroundCalls::Memory {
    Look(std::string directory, std::string name) : root(std::move(directory)), path(std::move(name)) {
        how.flags = O_PATH | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT;
    }
    std::string root, path;
    open_how how{};
};

}  // namespace

Result<BackgroundRead> BackgroundRead::start(const std::string& path, off_t offset, std::size_t size) {
    auto memory = std::make_unique<Buffer>(path, size);
    const Buffer* buffer = memory.get();
    const KernelCall open{SYS_openat, {AT_FDCWD, address_of(memory->path.c_str()), O_RDONLY | O_CLOEXEC | O_NONBLOCK}};
    const KernelCall read{SYS_pread64,
                          {kFirstResult, address_of(memory->bytes.data()), static_cast<long>(size), offset}};
    const KernelCall close{SYS_close, {kFirstResult}};
    auto calls = BackgroundCalls::start(std::move(memory), {open, read, close});
    if (!calls.ok()) return calls.error();
    return BackgroundRead(*std::move(calls), buffer);
}

std::string BackgroundRead::bytes() const {
    if (calls_.result(0) >= 0 && calls_.result(1) < 0) UniqueFd(static_cast<int>(calls_.result(0))).reset();
    return buffer_->bytes.substr(0, static_cast<std::size_t>(std::max(calls_.result(1), 0L)));
}

Result<BackgroundCalls> start_look(const std::string& root, const std::string& path) {
    auto memory = std::make_unique<Look>(root, path);
    const KernelCall open{SYS_openat, {AT_FDCWD, address_of(memory->root.c_str()), O_PATH | O_DIRECTORY | O_CLOEXEC}};
    const KernelCall look{SYS_openat2,
                          {kFirstResult, address_of(memory->path.c_str()), address_of(&memory->how), sizeof(open_how)}};
    return BackgroundCalls::start(std::move(memory), {open, look});
}

bool was_there(const BackgroundCalls& look) noexcept {
    for (const std::size_t call : {0U, 1U}) {
        if (look.result(call) >= 0) UniqueFd(static_cast<int>(look.result(call))).reset();
    }
    const long code = -look.result(1);
    return code <= 0 || (code != ENOENT && code != ENOTDIR && code != ELOOP);
}

}  // namespace nlinit::sys
