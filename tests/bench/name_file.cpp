// SPDX-License-Identifier: Apache-2.0
#include "name_file.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

#include "process.hpp"

namespace bench {
namespace {

void discard(int inotify) {
    std::array<char, 4096> buffer;
    while (read(inotify, buffer.data(), buffer.size()) > 0) continue;
}

}  // namespace

NameFile::NameFile(std::string path, std::string server) : path_(std::move(path)), server_(std::move(server)) {
    if (path_ == "-") return;
    const std::string folder = std::filesystem::path(path_).parent_path();
    fd_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd_ < 0 || inotify_add_watch(fd_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0) die("watch " + folder);
}

NameFile::~NameFile() {
    if (fd_ >= 0) close(fd_);
}

bool NameFile::has_server() const {
    discard(fd_);
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
        if (line.find(server_) != std::string::npos) return true;
    }
    return false;
}

void NameFile::remove() const {
    if (!is_written()) return;
    unlink(path_.c_str());
    discard(fd_);
}

}  // namespace bench
