// SPDX-License-Identifier: Apache-2.0
// A directory that is gone when the test is, and so is what was mounted on it. It is on the disk, unless BELOW is
// kMemory, which has room for small files.
#pragma once

#include <sys/mount.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace nlinit::test {

class TemporaryDirectory {
  public:
    static constexpr const char* kMemory = "/dev/shm";

    explicit TemporaryDirectory(const std::string& below = "/tmp") : path_(below + "/nlinit-test-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::generic_category(), path_);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        while (::umount2(path_.c_str(), MNT_DETACH) == 0) continue;
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

}  // namespace nlinit::test
