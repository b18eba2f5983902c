// SPDX-License-Identifier: Apache-2.0
// What the values of an OCI config.json mean for a config.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/json_reader.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

class OciValues {
  public:
    OciValues(const std::string& file, Config& config, Sources& sources)
        : file_(file), config_(config), sources_(sources) {}

    // A field that is obeyed: its value, and where it stands.
    struct Field {
        JsonValue value;
        const std::string& pointer;
    };
    using Read = void (OciValues::*)(const Field& field);

    void entrypoint(const Field& field);
    void arguments(const Field& field);
    void environment(const Field& field);
    void working_directory(const Field& field);
    void user(const Field& field);
    void stop_signal(const Field& field);
    void stop_timeout(const Field& field);

    void user_number(const Field& field);
    void group_number(const Field& field);
    void more_groups(const Field& field);
    void umask(const Field& field);
    void rlimits(const Field& field);
    void no_new_privs(const Field& field);
    void capabilities(const Field& field);
    void oom_score_adj(const Field& field);
    void memory_limit(const Field& field);
    void pids_limit(const Field& field);
    void hostname(const Field& field);
    void domain_name(const Field& field);
    void sysctls(const Field& field);

    // What more than one field says, when all of them are read.
    void finish();
    void add_problem(std::string sentence);
    // "FIELD must be …, not …". Of what confines the payload the first is also why it is not started, unless the key
    // has another source.
    void refuse(const Field& field, std::string_view wanted, std::string_view confines = {});

    [[nodiscard]] std::vector<std::string> take_problems();
    [[nodiscard]] std::string take_fault() { return std::move(fault_); }

  private:
    [[nodiscard]] bool may_set(const std::string& key, std::string_view pointer);
    [[nodiscard]] std::optional<std::string> text_of(const Field& field, std::string_view wanted,
                                                     std::string_view confines = {});
    [[nodiscard]] std::optional<std::vector<std::string>> texts_of(const Field& field, std::string_view confines = {});
    [[nodiscard]] std::vector<std::uint8_t> capabilities_of(const Field& field);
    [[nodiscard]] std::string source_of(std::string_view pointer) const;
    void add_variable(const Field& field, std::string_view text);
    [[nodiscard]] bool add_limit(const Field& field);
    void set_sysctl(std::string_view key, std::string_view value, std::string_view pointer);
    void finish_command();
    void finish_user();

    // A value that waits for others, and where it stood; empty pointer: it is not there.
    template <class Value>
    struct Kept {
        Value value{};
        std::string pointer;
    };

    const std::string& file_;
    Config& config_;
    Sources& sources_;
    std::vector<std::string> problems_;
    std::size_t left_out_ = 0;
    std::string fault_;
    Kept<std::vector<std::string>> entrypoint_, arguments_;
    Kept<std::uint32_t> user_number_, group_number_;
    Kept<std::vector<std::string>> groups_;
};

// As a sentence has it: "'text'", "12", "a list".
[[nodiscard]] std::string shown(JsonValue value);
// Nothing if it is no number, or one that does not fit.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(JsonValue value) {
    if (value.kind() != JsonValue::Kind::number) return std::nullopt;
    const auto text = value.shown();
    Number number{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

[[nodiscard]] std::string pointer_to(const std::string& parent, std::string_view key);  // RFC 6901

}  // namespace nlinit::config
