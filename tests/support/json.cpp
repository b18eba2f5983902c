// SPDX-License-Identifier: Apache-2.0
#include "support/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "support/json_schema.hpp"

namespace nlinit::test {

// One token ahead; `fine_` falls once and for all.
class JsonReader {
  public:
    explicit JsonReader(std::string_view text) : rest_(text) {}

    std::optional<Json> read() {
        Json json = value();
        skip_space();
        if (!fine_ || !rest_.empty()) return std::nullopt;
        return json;
    }

  private:
    Json value() {
        skip_space();
        Json json;
        if (take('{')) {
            json.value_ = object();
        } else if (take('[')) {
            json.value_ = array();
        } else if (take('"')) {
            json.value_ = string();
        } else if (take_word("true")) {
            json.value_ = true;
        } else if (take_word("false")) {
            json.value_ = false;
        } else if (!take_word("null")) {
            json.value_ = number();
        }
        return json;
    }

    Json::Object object() {
        Json::Object members;
        if (take('}')) return members;
        do {
            skip_space();
            expect('"');
            auto key = string();
            expect(':');
            const bool is_new = members.emplace(std::move(key), value()).second;
            fine_ = fine_ && is_new;
        } while (fine_ && take(','));
        expect('}');
        return members;
    }

    Json::Array array() {
        Json::Array elements;
        if (take(']')) return elements;
        do {
            elements.push_back(value());
        } while (fine_ && take(','));
        expect(']');
        return elements;
    }

    std::string string() {
        std::string text;
        while (fine_) {
            if (rest_.empty() || static_cast<unsigned char>(rest_.front()) < 0x20) {
                fine_ = false;
                break;
            }
            const char next = rest_.front();
            rest_.remove_prefix(1);
            if (next == '"') break;
            if (next == '\\') {
                escape(text);
            } else {
                text += next;
            }
        }
        return text;
    }

    // A \u escape is kept as it is written: nothing here needs more.
    void escape(std::string& text) {
        constexpr std::string_view kLetters = "\"\\/bfnrtu", kMeanings = "\"\\/\b\f\n\r\tu";
        const auto at = rest_.empty() ? std::string_view::npos : kLetters.find(rest_.front());
        if (at == std::string_view::npos) {
            fine_ = false;
            return;
        }
        if (rest_.front() == 'u') text += '\\';
        text += kMeanings[at];
        rest_.remove_prefix(1);
    }

    double number() {
        double result = 0;
        const bool is_number =
            !rest_.empty() && (rest_.front() == '-' || (rest_.front() >= '0' && rest_.front() <= '9'));
        const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), result);
        fine_ = fine_ && is_number && fault == std::errc{};
        if (fine_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return result;
    }

    void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
    bool take(char wanted) {
        skip_space();
        const bool there = fine_ && rest_.starts_with(wanted);
        if (there) rest_.remove_prefix(1);
        return there;
    }
    void expect(char wanted) {
        if (!take(wanted)) fine_ = false;
    }
    bool take_word(std::string_view wanted) {
        const bool there = rest_.starts_with(wanted);
        if (there) rest_.remove_prefix(wanted.size());
        return there;
    }

    std::string_view rest_;
    bool fine_ = true;
};

namespace {
const Json kNull;
}

std::optional<Json> Json::parse(std::string_view text) {
    auto json = JsonReader(text).read();
    if (!json) return json;
    if (const auto violation = schema_violation(text); !violation.empty()) ADD_FAILURE() << violation << ": " << text;
    return json;
}

const Json& Json::operator[](std::string_view key) const {
    const auto* object = std::get_if<Object>(&value_);
    if (object == nullptr) return kNull;
    const auto found = object->find(key);
    return found == object->end() ? kNull : found->second;
}

const Json& Json::operator[](std::size_t index) const {
    const auto* array = std::get_if<Array>(&value_);
    return array != nullptr && index < array->size() ? (*array)[index] : kNull;
}

bool Json::has(std::string_view key) const {
    const auto* object = std::get_if<Object>(&value_);
    return object != nullptr && object->contains(key);
}

std::size_t Json::size() const {
    if (const auto* array = std::get_if<Array>(&value_)) return array->size();
    if (const auto* object = std::get_if<Object>(&value_)) return object->size();
    return 0;
}

bool Json::flag() const {
    const auto* flag = std::get_if<bool>(&value_);
    return flag != nullptr && *flag;
}

std::optional<double> Json::number() const {
    const auto* number = std::get_if<double>(&value_);
    return number != nullptr ? std::optional(*number) : std::nullopt;
}

std::string Json::text() const {
    const auto* text = std::get_if<std::string>(&value_);
    return text != nullptr ? *text : "";
}

std::vector<std::string> Json::texts() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < size(); ++i) all.push_back((*this)[i].text());
    return all;
}

}  // namespace nlinit::test
