// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup`, the real program, on a LAN with a real server.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lan.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "server.hpp"
#include "servers.hpp"
#include "support/kernel_view.hpp"
#include "support/program.hpp"
#include "support/run_until.hpp"
#include "support/temporary_directory.hpp"
#include "wiretap.hpp"

namespace nlinit::test {

class InteropFixture : public ::testing::Test {
  protected:
    [[nodiscard]] static std::vector<std::string> command(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {NLINIT_PROGRAM, "netsetup", "eth0"});
        return arguments;
    }
    Finished netsetup(const std::vector<std::string>& arguments = {}) {
        Program program(loop_, command(arguments), {.network = &lan_.client});
        return program.wait();
    }
    // A client that stays; true when it has the last of its routes.
    [[nodiscard]] bool keeps(std::vector<std::string> arguments = {}) {
        arguments.emplace_back("--keep");
        client_.emplace(loop_, command(arguments), Surroundings{.network = &lan_.client});
        return has([this] {
            return std::ranges::any_of(routes(), [](const auto& route) { return route.starts_with("default"); });
        });
    }
    int end_client() {
        client_->signal(SIGTERM);
        return client_->wait().exit_code;
    }
    // What happens in the kernel alone is reason to look again, too.
    [[nodiscard]] bool has(const std::function<bool()>& state) {
        KernelEvents events(lan_.client);
        if (!loop_.watch(events.fd(), [&] { static_cast<void>(events.take()); }).ok()) return false;
        const bool is_so = run_until(loop_, state);
        loop_.unwatch(events.fd());
        return is_so;
    }
    [[nodiscard]] Place place() { return {loop_, lan_.server, directory_.path()}; }
    [[nodiscard]] std::vector<std::string> addresses() const { return addresses_of("eth0", lan_.client); }
    [[nodiscard]] std::vector<std::string> routes() const { return routes_of("eth0", lan_.client); }

    Lan lan_;
    TemporaryDirectory directory_{TemporaryDirectory::kMemory};  // see Place
    sys::EventLoop loop_ = *sys::EventLoop::create();
    Wiretap wire_{loop_, lan_.server, Lan::kClientPort};
    std::optional<Program> client_;
};

// A scenario, for each server that is able to it.
class ServerTest : public InteropFixture, public ::testing::WithParamInterface<const ServerKind*> {
  protected:
    void serve(const Terms& terms, const NetworkNamespace& network) {
        server_ = GetParam()->make({loop_, network, directory_.path()});
        server_->start(terms);
    }
    void serve(const Terms& terms) { serve(terms, lan_.server); }
    // Everything there is to see, for a test that fails.
    [[nodiscard]] std::string story() {
        std::string text = "on the wire:\n";
        for (const auto& line : wire_.heard()) text += line + '\n';
        return text + "the server:\n" + server_->log() + "the client:\n" + (client_ ? client_->errors() : "");
    }

    std::unique_ptr<Server> server_;
};

}  // namespace nlinit::test
