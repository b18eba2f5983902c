// SPDX-License-Identifier: Apache-2.0
// Whether a text is well-formed XML, of the part of XML that nlinit writes: elements, attributes in single quotes,
// text, and nothing else.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/text.hpp"

namespace nlinit::record::test {

class XmlCheck {
  public:
    // Empty when it is; else what is wrong, and before what.
    [[nodiscard]] static std::string fault(std::string_view text) { return XmlCheck(text).run(); }

  private:
    explicit XmlCheck(std::string_view text) : rest_(text) {}

    std::string run() {
        while (fault_.empty() && !rest_.empty()) {
            if (take("</")) {
                close();
            } else if (take("<")) {
                open();
            } else {
                character("<");
            }
        }
        if (fault_.empty() && !open_.empty()) refuse("not closed: " + open_.back());
        if (fault_.empty() && elements_ == 0) refuse("no element");
        return fault_;
    }

    void open() {
        const auto name = this->name();
        if (open_.empty() && elements_ > 0) return refuse("a second root");
        ++elements_;
        std::vector<std::string> attributes;
        while (fault_.empty() && take(" ")) {
            const auto attribute = this->name();
            if (std::find(attributes.begin(), attributes.end(), attribute) != attributes.end())
                refuse("twice: " + attribute);
            attributes.push_back(attribute);
            if (!take("='")) return refuse("no value");
            while (fault_.empty() && !take("'")) character("<'");
        }
        if (take("/>")) return;
        if (!take(">")) return refuse("the tag does not end");
        open_.push_back(name);
    }

    void close() {
        const auto name = this->name();
        if (open_.empty() || open_.back() != name) return refuse("closes what is not open: " + name);
        open_.pop_back();
        if (!take(">")) refuse("the tag does not end");
    }

    std::string name() {
        const auto size = std::min(rest_.find_first_of(" =/>'<&\n"), rest_.size());
        if (size == 0) refuse("no name");
        std::string name(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return name;
    }

    void character(std::string_view forbidden) {
        if (rest_.empty()) return refuse("it ends");
        if (take("&")) {
            for (const char* entity : {"amp;", "lt;", "gt;", "#39;", "#34;"}) {
                if (take(entity)) return;
            }
            return refuse("an entity");
        }
        const auto length = utf8_length(rest_);
        const auto first = rest_.substr(0, length);
        if (length == 0 || forbidden.find(first) != std::string_view::npos) return refuse("a character");
        if (first != "\n" && printable(first) != first) return refuse("a control character");
        rest_.remove_prefix(length);
    }

    bool take(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(wanted.size());
        return true;
    }
    void refuse(const std::string& what) {
        if (fault_.empty()) fault_ = what + " before \"" + std::string(rest_.substr(0, 60)) + '"';
    }

    std::string_view rest_;
    std::vector<std::string> open_;
    std::size_t elements_ = 0;
    std::string fault_;
};

}  // namespace nlinit::record::test
