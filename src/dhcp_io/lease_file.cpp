// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/lease_file.hpp"

#include <time.h>

#include <cerrno>
#include <cstdint>

#include "nlinit/base/append.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/file/root_file.hpp"

namespace nlinit::dhcp_io {
namespace {

constexpr std::uint32_t kMode = 0600;

// Empty where /proc is not mounted: then the wall clock alone tells a lease's age.
std::string boot_id() {
    constexpr std::size_t kMaxSize = 64;
    auto id = sys::read_file("/proc/sys/kernel/random/boot_id", kMaxSize);
    if (!id.ok()) return {};
    while (id->ends_with('\n')) id->pop_back();
    return *std::move(id);
}

dhcp::Clocks clocks() {
    timespec wall{};
    ::clock_gettime(CLOCK_REALTIME, &wall);
    return {boot_id(), BootClock::now(), wall.tv_sec};
}

// What is wrong with the path itself begins with it.
Error about(const std::string& path, const Error& error) {
    if (error.what == "write " + path) return {error.code, "lease file " + path};
    return {error.code, concat({"lease file ", (error.what.starts_with(path) ? "" : path + ": "), error.what})};
}

}  // namespace

Result<std::string> read_lease_file(const std::string& path) {
    return sys::read_file_of_root(path, dhcp::kMaxLeaseRecordSize);
}

Result<dhcp::Lease> lease_kept_in(const std::string& path, std::string_view text, const dhcp::LeaseHolder& holder,
                                  const dhcp::LeaseRules& rules) {
    auto lease = dhcp::lease_in(text, holder, clocks(), rules);
    if (!lease.ok()) return about(path, lease.error());
    return lease;
}

Result<> write_lease_file(const std::string& path, const dhcp::Lease& lease, const dhcp::LeaseHolder& holder) {
    const auto text = record_of(lease, holder, clocks());
    if (text.size() > dhcp::kMaxLeaseRecordSize) return about(path, {EFBIG, "not written with so many options"});
    const auto written = sys::write_root_file(path, text, kMode);
    return written.ok() ? Result<>() : Result<>(about(path, written.error()));
}

Result<> remove_lease_file(const std::string& path) {
    return sys::remove_file(path, sys::LastLink::follow);
}

}  // namespace nlinit::dhcp_io
