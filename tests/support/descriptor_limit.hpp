// SPDX-License-Identifier: Apache-2.0
// A process that can open nothing more.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

namespace nlinit::test {

inline void forbid_new_descriptors(bool forbidden) {
    static rlim_t usual = 0;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    if (usual == 0) usual = limit.rlim_cur;
    limit.rlim_cur = usual;
    if (forbidden) {
        const int next = ::dup(STDERR_FILENO);  // the lowest that is free
        if (next < 0) return;
        ::close(next);
        limit.rlim_cur = static_cast<rlim_t>(next);
    }
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

}  // namespace nlinit::test
