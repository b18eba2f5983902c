// SPDX-License-Identifier: Apache-2.0
// The lines of plan_text(): what, and from where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::plan {

class PlanLines {
  public:
    PlanLines(const config::Sources& sources, std::string_view profile)
        : sources_(sources), unset_("profile " + std::string(profile)) {}

    // Printed before the next item, if there is one.
    void heading(std::string_view text) { heading_ = text; }
    // What follows belongs to this row: further in, its keys are the row's, and from where the row is if not known
    // better. Empty: to none.
    void row(std::string_view key) { row_ = key; }

    // From where the source of the key is, or else that of the other; without both it is the profile's.
    void item(std::string_view label, std::string_view value, std::string_view key, std::string_view otherwise = {});
    // Only when somebody set the key: what holds otherwise needs no words.
    void item_if_set(std::string_view label, std::string_view value, std::string_view key);
    void item_from(std::string_view text, std::string source);

    // The keys that are set and of which no item spoke, but for those of rows, which are whole items.
    [[nodiscard]] std::vector<std::string> unspoken() const;
    [[nodiscard]] std::string text() const;

  private:
    struct Line {
        std::string text;
        std::string source;  // empty: a heading
    };
    [[nodiscard]] std::string whole_key(std::string_view key) const;

    const config::Sources& sources_;
    std::string unset_;
    std::string heading_;
    std::string row_;
    std::vector<Line> lines_;
    std::vector<std::string> spoken_;
};

[[nodiscard]] std::string list_of_texts(const std::vector<std::string>& texts);  // with commas between them

void add_network(const config::Network& network, PlanLines& lines);

}  // namespace nlinit::plan
