// SPDX-License-Identifier: Apache-2.0
#include "permanent.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "system_calls.hpp"

namespace nlinit::faults {
namespace {

struct Exclusion {
    long call;
    std::string_view why;
};

constexpr std::array kExclusions{
    Exclusion{SYS_arch_prctl, "the C library ends a process that has no thread-local storage, before main()"},
    Exclusion{SYS_brk, "it gives no error but an address: an error's number would be taken for one"},
    Exclusion{SYS_exit_group, "it cannot fail"},
    Exclusion{SYS_getpid, "it cannot fail: it is how PID 1 knows what it is"},
    Exclusion{SYS_mprotect, "the C library ends a process whose relocations stay writable, before main()"},
    Exclusion{SYS_rt_sigreturn, "it cannot fail"},
};

// A guest in namespaces has no modules to load and no devices to look for.
constexpr std::array<long, 8> kOfMachines{SYS_finit_module, SYS_getdents64, SYS_lseek, SYS_mmap,
                                          SYS_munmap,       SYS_pread64,    SYS_fstat, SYS_kill};

constexpr std::size_t kErrors = 2;

// No kernel interrupts a call for ever. What no row has is what a sandbox answers.
std::vector<int> errors_of(const SystemCall& call) {
    std::vector<int> errors;
    const auto add = [&](int code) {
        const bool known = std::find(errors.begin(), errors.end(), code) != errors.end();
        if (code != EINTR && !known && errors.size() < kErrors) errors.push_back(code);
    };
    for (const int code : call.errors) add(code);
    add(EPERM);
    add(ENOSYS);
    return errors;
}

}  // namespace

std::string_view reason_for_exclusion(long call) noexcept {
    const auto found =
        std::find_if(kExclusions.begin(), kExclusions.end(), [&](const Exclusion& each) { return each.call == call; });
    return found == kExclusions.end() ? std::string_view() : found->why;
}

std::vector<PermanentFault> permanent_faults(const std::vector<Place>& places) {
    std::set<long> calls(kOfMachines.begin(), kOfMachines.end());
    for (const auto& place : places) calls.insert(place.call);
    std::vector<PermanentFault> faults;
    for (const long number : calls) {
        const auto* call = find_call(number);
        if (call == nullptr || !reason_for_exclusion(number).empty()) continue;
        for (const int code : errors_of(*call)) faults.push_back({number, code});
    }
    return faults;
}

}  // namespace nlinit::faults
