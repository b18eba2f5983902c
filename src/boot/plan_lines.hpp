// The lines of plan_text(): what, and from where.
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::boot {

class PlanLines {
  public:
    PlanLines(const config::Sources& sources, std::string_view profile)
        : sources_(sources), unset_("profile " + std::string(profile)) {}

    // Printed before the next item, if there is one.
    void heading(std::string_view text) { heading_ = text; }
    // keys: the first that has a source says where the item is from; without one it is the profile's.
    void item(std::string text, std::initializer_list<std::string> keys);
    // Only when somebody set the key: what holds otherwise needs no words.
    void item_if_set(std::string text, const std::string& key);
    void item_from(std::string text, std::string source);

    // The keys that are set and of which no item spoke, but for those of rows, which are whole items.
    [[nodiscard]] std::vector<std::string> unspoken() const;
    [[nodiscard]] std::string text() const;

  private:
    struct Line {
        std::string text;
        std::string source;  // empty: a heading
    };
    const config::Sources& sources_;
    std::string unset_;
    std::string heading_;
    std::vector<Line> lines_;
    std::set<std::string> spoken_;
};

void add_network(const config::Network& network, PlanLines& lines);

}  // namespace nlinit::boot
