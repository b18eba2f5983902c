// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bench {

// The file in which a client writes which name servers there are.
class NameFile {
  public:
    // server: as it stands there. path: "-" where the client writes none. Its folder must be there.
    NameFile(std::string path, std::string server);
    ~NameFile();
    NameFile(const NameFile&) = delete;
    NameFile& operator=(const NameFile&) = delete;

    [[nodiscard]] bool is_written() const noexcept { return fd_ >= 0; }  // by this client, at all

    // Readable when something in its folder has been written; -1 where nobody waits.
    [[nodiscard]] int events() const noexcept { return fd_; }
    [[nodiscard]] bool has_server() const;  // as of the events until now

    void remove() const;  // the file, and all events

  private:
    std::string path_, server_;
    int fd_ = -1;
};

}  // namespace bench
