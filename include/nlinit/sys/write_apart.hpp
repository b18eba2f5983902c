// Files on a share, where a write never returns when the other side has gone: a process of its own waits there for us.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

struct ApartWriter {
    pid_t pid = 0;
    UniqueFd failure;  // a pipe, which says what went wrong when the status is not 0
};

// Starts a child that does write_file(), also in what belongs to others on a share, and ends with status 0 or an
// errno. It executes no program, keeps no descriptor, and ends at no signal but SIGKILL. Only for a process with a
// single thread.
[[nodiscard]] Result<ApartWriter> write_file_apart(const std::string& path, std::string_view content,
                                                   std::uint32_t mode = 0644);

// What went wrong, of a child that has ended; empty: it did not say.
[[nodiscard]] std::string failure_of(const ApartWriter& writer);

// True, and the child is reaped, when it ends within the limit.
[[nodiscard]] bool await_child(pid_t pid, Duration limit) noexcept;

}  // namespace nlinit::sys
