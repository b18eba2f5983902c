// SPDX-License-Identifier: Apache-2.0
// What an image is to hold, by path: files of this machine, and texts made for it.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/image/cpio.hpp"

namespace nlinit::app {

struct ImageItem {
    image::CpioEntry entry;
    std::string source;                                           // the file that has the content; empty: `content`
    std::string content;                                          // or what a link leads to
    std::optional<std::pair<std::uint64_t, std::uint64_t>> file;  // disk and inode of one that may have several names
};

// Paths are absolute or not, it is the same. Directories on the way are made. A link on the way is followed as it is in
// the image. Nothing is there twice, but for directories.
class ImageTree {
  public:
    [[nodiscard]] Result<> add_text(const std::string& path, std::string content);
    // A file, or a directory with all that is in it; links in there stay links. Modes are kept, owners are not;
    // nor are set-user-ID and set-group-ID of others than root.
    [[nodiscard]] Result<> add_from(const std::string& path, const std::string& source);
    // A program, whatever the mode of the file.
    [[nodiscard]] Result<> add_program(const std::string& path, const std::string& source);
    // Unless the path is there already, as a device.
    [[nodiscard]] Result<> add_device(const std::string& path, std::uint32_t mode, std::uint32_t major,
                                      std::uint32_t minor);

    [[nodiscard]] const ImageItem* find(const std::string& path) const;
    [[nodiscard]] const std::map<std::string, ImageItem>& items() const noexcept { return items_; }

    // Files that have lost set-user-ID or set-group-ID, and the first of them.
    [[nodiscard]] std::size_t without_set_id() const noexcept { return without_set_id_; }
    [[nodiscard]] const std::string& first_without_set_id() const noexcept { return first_without_set_id_; }

    // As they stand in an archive, and each with its number there.
    struct Numbered {
        image::CpioEntry entry;
        std::uint32_t number = 0;
        const ImageItem* item = nullptr;
    };
    [[nodiscard]] std::vector<Numbered> numbered() const;

  private:
    [[nodiscard]] Result<> add_directory(const std::string& path, const std::string& source);
    [[nodiscard]] Result<> add_inner(const std::string& path, const std::string& source);
    [[nodiscard]] Result<> put(ImageItem item);
    [[nodiscard]] std::uint32_t mode_in_image(const struct stat& seen, const std::string& source);
    // A path in normal form, as it is called behind the links on its way.
    [[nodiscard]] Result<std::string> way_of(const std::string& path) const;

    std::map<std::string, ImageItem> items_;  // in the order of an archive: a directory before what is in it
    std::size_t without_set_id_ = 0;
    std::string first_without_set_id_;
};

}  // namespace nlinit::app
