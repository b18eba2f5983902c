// SPDX-License-Identifier: Apache-2.0
#include "app/tool/image_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "app/tool/image_source.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::app {
namespace {

std::uint64_t padded(std::uint64_t size) noexcept {
    return size + image::cpio_padding(size).size();
}

// Bytes in one stream, whose position decides about padding.
class Archive {
  public:
    Archive(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

    Result<> write(std::string_view bytes) {
        for (auto rest = bytes; !rest.empty();) {
            const auto written = ::write(fd_, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return Error{errno, "write " + name_};
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        size_ += bytes.size();
        return {};
    }
    Result<> write_file(const std::string& path, std::uint64_t size) {
        const auto file = open_source(path);
        if (!file.ok()) return file.error();
        std::array<char, 1 << 16> part{};
        while (true) {
            const auto got = ::read(file->get(), part.data(), part.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return Error{errno, "read " + path};
            if (got == 0 && size == 0) return {};
            if (got == 0) return Error{0, path + " has become shorter while it was read"};
            if (static_cast<std::uint64_t>(got) > size) return Error{0, path + " has become longer while it was read"};
            if (auto put = write({part.data(), static_cast<std::size_t>(got)}); !put.ok()) return put;
            size -= static_cast<std::uint64_t>(got);
        }
    }
    Result<> write_entry(const ImageTree::Numbered& each) {
        const auto& item = *each.item;
        auto done = write(image::cpio_header(each.entry, each.number));
        const bool is_other_name = item.entry.size != each.entry.size;  // the content is behind the first
        if (done.ok() && item.source.empty()) done = write(item.content);
        if (done.ok() && !item.source.empty() && !is_other_name) done = write_file(item.source, each.entry.size);
        if (done.ok()) done = write(image::cpio_padding(each.entry.size));
        return done;
    }
    Result<> write_tree(const ImageTree& tree) {
        for (const auto& each : tree.numbered()) {
            if (auto written = write_entry(each); !written.ok()) return written;
        }
        return write(image::cpio_trailer(size_));
    }

  private:
    int fd_;
    std::string name_;
    std::uint64_t size_ = 0;
};

// A new file beside the old one, which it replaces when it is complete. mode: of the old one.
Result<> replace_file(const ImageTree& tree, const std::string& output, std::optional<mode_t> mode) {
    const auto fresh = concat({output, ".", std::to_string(::getpid())});
    sys::UniqueFd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ? 0600 : 0644));
    if (!file.valid()) return Error{errno, "make " + fresh};
    Result<> written;
    if (mode && ::fchmod(file.get(), *mode & 07777U) != 0) written = Error{errno, "set the mode of " + fresh};
    if (written.ok()) written = Archive(file.get(), output).write_tree(tree);
    if (written.ok() && ::close(file.release()) != 0) written = Error{errno, "write " + output};
    if (written.ok() && ::rename(fresh.c_str(), output.c_str()) != 0) written = Error{errno, "make " + output};
    if (!written.ok()) static_cast<void>(::unlink(fresh.c_str()));
    return written;
}

}  // namespace

Result<std::uint64_t> archive_size(const ImageTree& tree) {
    std::uint64_t size = 0;
    for (const auto& each : tree.numbered()) size += image::cpio_header(each.entry, 0).size() + padded(each.entry.size);
    size += image::cpio_trailer(size).size();
    if (size <= image::kMaxCpioSize) return size;
    return Error{0,
                 concat({"the image would have ", std::to_string(size), " bytes: an initramfs has less than 4 GiB"})};
}

Result<> write_archive(const ImageTree& tree, const std::string& output) {
    if (output.empty()) return Archive(STDOUT_FILENO, "standard output").write_tree(tree);
    struct stat seen {};
    const bool is_there = ::stat(output.c_str(), &seen) == 0;
    if (!is_there) {
        if (errno != ENOENT) return Error{errno, "look at " + output};
        if (::lstat(output.c_str(), &seen) == 0)
            return Error{0, output + " is a link to a file that is not there: the link is kept, so name that file"};
        return replace_file(tree, output, std::nullopt);
    }
    if (S_ISREG(seen.st_mode)) {
        std::array<char, PATH_MAX> real{};
        if (::realpath(output.c_str(), real.data()) == nullptr) return Error{errno, output};
        return replace_file(tree, real.data(), seen.st_mode);
    }
    const sys::UniqueFd file(
        ::open(output.c_str(), O_WRONLY | O_CLOEXEC));  // a pipe or a device; a directory is neither
    if (!file.valid()) return Error{errno, "write " + output};
    return Archive(file.get(), output).write_tree(tree);
}

}  // namespace nlinit::app
