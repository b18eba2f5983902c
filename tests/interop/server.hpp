// SPDX-License-Identifier: Apache-2.0
// A DHCP server under a test: a real program, in the foreground, in the test's namespace, with all its files in the
// test's directory. It listens on srv0.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/sys/event_loop.hpp"
#include "support/namespaces.hpp"
#include "support/program.hpp"
#include "terms.hpp"

namespace nlinit::test {

struct Place {
    sys::EventLoop& loop;
    const NetworkNamespace& network;
    // Of the leases, too: who comes next finds them. In memory, for dnsmasq and dhcpd call fsync(2) before they answer,
    // which takes many seconds on a disk that still writes what a compiler has made.
    std::string directory;
};

class ServerProgram {
  public:
    explicit ServerProgram(Place place) : place_(std::move(place)) {}
    virtual ~ServerProgram() = default;
    ServerProgram(const ServerProgram&) = delete;
    ServerProgram& operator=(const ServerProgram&) = delete;

    void stop();  // by SIGTERM, after which all leases are in its database
    // What it has said since its start, up to now.
    [[nodiscard]] std::string log() const;

  protected:
    [[nodiscard]] const Place& place() const noexcept { return place_; }
    [[nodiscard]] std::string file(const std::string& name) const { return place_.directory + '/' + name; }
    void write(const std::string& name, const std::string& content) const;
    void touch(const std::string& name) const;  // makes it when it is not there
    // The program's own words when it is ready; they are waited for.
    void launch(const std::vector<std::string>& command, std::string_view ready);
    void launch(const std::vector<std::string>& command, const std::function<bool()>& is_ready);

  private:
    Place place_;
    std::unique_ptr<Program> program_;
};

// start() returns when it serves, and fails the test when it does not come to that.
class Server : public ServerProgram {
  public:
    using ServerProgram::ServerProgram;
    virtual void start(const Terms& terms) = 0;
};
class Server6 : public ServerProgram {
  public:
    using ServerProgram::ServerProgram;
    virtual void start(const Terms6& terms) = 0;
};

}  // namespace nlinit::test
