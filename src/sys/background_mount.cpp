#include "nlinit/sys/background_mount.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace nlinit::sys {

namespace {

struct Mounting final : BackgroundCalls::Memory {
    explicit Mounting(const boot::MountRow& wanted) : row(wanted) {}
    boot::MountRow row;
    struct statx seen {};
};

}  // namespace

Result<BackgroundCalls> start_mount(const boot::MountRow& row, unsigned long flags) {
    auto memory = std::make_unique<Mounting>(row);
    const auto& own = memory->row;
    const long target = address_of(own.target.c_str());
    const long data = own.data.empty() ? 0 : address_of(own.data.c_str());
    const KernelCall mount{
        SYS_mount,
        {address_of(own.source.c_str()), target, address_of(own.type.c_str()), static_cast<long>(flags), data}};
    const KernelCall look{
        SYS_statx,
        {AT_FDCWD, target, AT_NO_AUTOMOUNT | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, address_of(&memory->seen)}};
    return BackgroundCalls::start(std::move(memory), {mount, look});
}

int mount_result(const BackgroundCalls& mounting) noexcept {
    return static_cast<int>(-mounting.result(0));
}

}  // namespace nlinit::sys
