// SPDX-License-Identifier: Apache-2.0
#include "app/tool/image_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace nlinit::app {

Result<sys::UniqueFd> open_source(const std::string& path) {
    struct stat seen {};
    if (::stat(path.c_str(), &seen) != 0) return Error{errno, path};
    if (!S_ISREG(seen.st_mode)) return Error{0, path + " is no regular file"};
    sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!file.valid() || ::fstat(file.get(), &seen) != 0) return Error{errno, "open " + path};
    if (!S_ISREG(seen.st_mode)) return Error{0, path + " is no regular file"};
    return file;
}

Result<std::optional<image::ElfHead>> elf_head_of(const std::string& path) {
    const auto file = open_source(path);
    if (!file.ok()) return file.error();
    struct stat seen {};
    if (::fstat(file->get(), &seen) != 0) return Error{errno, path};
    return image::read_elf_head(static_cast<std::uint64_t>(seen.st_size), [&](std::uint64_t at, std::size_t size) {
        std::string bytes(size, '\0');
        const auto got = ::pread(file->get(), bytes.data(), size, static_cast<off_t>(at));
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    });
}

}  // namespace nlinit::app
