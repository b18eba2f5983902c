// A directory that is being read: opendir(3), closed when it goes.
#pragma once

#include <dirent.h>

#include <memory>

namespace nlinit::sys {

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

}  // namespace nlinit::sys
