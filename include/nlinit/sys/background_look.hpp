// Looks at a disk or a share that may never answer, by a thread of their own.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "nlinit/sys/background_calls.hpp"

namespace nlinit::sys {

// pread(2) of a device.
class BackgroundRead {
  public:
    [[nodiscard]] static Result<BackgroundRead> start(const std::string& path, off_t offset, std::size_t size);
    [[nodiscard]] int fd() const noexcept { return calls_.fd(); }
    [[nodiscard]] bool done() const noexcept { return calls_.done(); }
    [[nodiscard]] std::string bytes() const;  // once it is done: as many as there were, none after an error

  private:
    struct Buffer;
    BackgroundRead(BackgroundCalls calls, const Buffer* buffer) : calls_(std::move(calls)), buffer_(buffer) {}
    BackgroundCalls calls_;
    const Buffer* buffer_;
};

// Whether a path is there below a directory, which is / to every link on the way (openat2(2), Linux 5.6).
[[nodiscard]] Result<BackgroundCalls> start_look(const std::string& root, const std::string& path);
// Once it is done. Where the kernel cannot say, it is.
[[nodiscard]] bool was_there(const BackgroundCalls& look) noexcept;

}  // namespace nlinit::sys
