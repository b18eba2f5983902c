// SPDX-License-Identifier: Apache-2.0
// The return value of an operation that can fail: a value, or an errno with a sentence that a person can act on.
//
//     Result<UniqueFd> open_console();
//     auto console = open_console();
//     if (!console.ok()) return console.error();
//     use(*console);
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace nlinit {

struct Error {
    int code = 0;      // errno, or 0 when no system call is to blame
    std::string what;  // the operation that failed and its object: "mount tmpfs on /run"
};

// "mount tmpfs on /run: Operation not permitted", or the bare sentence when code is 0.
inline std::string to_string(const Error& error) {
    return error.code == 0 ? error.what : error.what + ": " + std::strerror(error.code);
}

template <class T = void>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
    [[nodiscard]] T& operator*() & noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&state_); }
    [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&state_); }
    [[nodiscard]] const Error& error() const noexcept { return *std::get_if<1>(&state_); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return !error_; }
    [[nodiscard]] const Error& error() const noexcept { return *error_; }

  private:
    std::optional<Error> error_;
};

}  // namespace nlinit
