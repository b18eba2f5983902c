// SPDX-License-Identifier: Apache-2.0
// Handles failures in PID 1: logs them and keeps them for the report, and the boot goes on.
//
//     BestEffort attempt("boot");
//     attempt("mount tmpfs on /run", [&] { return mount(row); });
//     if (auto link = attempt("find eth0", [&] { return links.find("eth0"); })) use(*link);
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/base/log_level.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"

namespace nlinit::sys {

struct Outcome {
    std::string step;
    TimePoint started_at, ended_at;
    Importance importance = Importance::ordinary;
    std::optional<Error> error;
};

class BestEffort {
  public:
    explicit BestEffort(std::string room) : room_(std::move(room)) {}

    // Runs work(), which gives a Result<T>; the value if there is one, or for Result<> whether it worked.
    template <class Work>
    auto operator()(std::string_view step, Importance importance, Work&& work) {
        const TimePoint started_at = BootClock::now();
        return finish(step, importance, started_at, std::forward<Work>(work)());
    }
    template <class Work>
    auto operator()(std::string_view step, Work&& work) {
        return (*this)(step, Importance::ordinary, std::forward<Work>(work));
    }

    // Takes over the outcome of a step that another process has carried out.
    void record(Outcome outcome) noexcept;

    [[nodiscard]] const std::vector<Outcome>& outcomes() const noexcept { return outcomes_; }
    [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }  // beyond kMaxOutcomes
    [[nodiscard]] bool required_step_failed() const noexcept { return required_step_failed_; }
    static constexpr std::size_t kMaxOutcomes = 512;

  private:
    template <class T>
    std::optional<T> finish(std::string_view step, Importance importance, TimePoint started_at, Result<T> result) {
        end(step, importance, started_at, result.ok() ? nullptr : &result.error());
        if (!result.ok()) return std::nullopt;
        return *std::move(result);
    }
    bool finish(std::string_view step, Importance importance, TimePoint started_at, const Result<>& result) {
        end(step, importance, started_at, result.ok() ? nullptr : &result.error());
        return result.ok();
    }
    void end(std::string_view step, Importance importance, TimePoint started_at, const Error* error) noexcept;

    std::string room_;
    std::vector<Outcome> outcomes_;
    std::size_t left_out_ = 0;
    bool required_step_failed_ = false;
};

}  // namespace nlinit::sys
