// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <csignal>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {

void ServerProgram::stop() {
    program_->signal(SIGTERM);
    static_cast<void>(program_->wait());
}

std::string ServerProgram::log() const {
    place_.loop.poll();
    return program_ ? program_->output() + program_->errors() : "";
}

void ServerProgram::write(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(sys::write_file(file(name), content).ok()) << name;
}

void ServerProgram::touch(const std::string& name) const {
    const sys::UniqueFd fd(::open(file(name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_TRUE(fd.valid()) << name;
}

void ServerProgram::launch(const std::vector<std::string>& command, std::string_view ready) {
    launch(command, [this, ready] { return log().find(ready) != std::string::npos; });
}

void ServerProgram::launch(const std::vector<std::string>& command, const std::function<bool()>& is_ready) {
    program_ = std::make_unique<Program>(place_.loop, command, Surroundings{.network = &place_.network});
    const bool ended = !run_until(place_.loop, [&] { return is_ready() || !program_->running(); });
    ASSERT_TRUE(!ended && is_ready()) << command.front() << " does not serve: " << log();
}

}  // namespace nlinit::test
