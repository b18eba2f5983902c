// SPDX-License-Identifier: Apache-2.0
// Reads JSON (RFC 8259) strictly, for tests of what nlinit writes. A document that breaks its schema (docs/schema)
// fails the test that reads it.
//
//     const auto report = Json::parse(text);
//     ASSERT_TRUE(report) << text;
//     EXPECT_EQ((*report)["lease"]["server"].text(), "192.0.2.1");
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nlinit::test {

class Json {
  public:
    [[nodiscard]] static std::optional<Json> parse(std::string_view text);

    // What is not there is null, and so is all that is in it.
    [[nodiscard]] const Json& operator[](std::string_view key) const;
    [[nodiscard]] const Json& operator[](std::size_t index) const;
    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] std::size_t size() const;  // of an array or object
    [[nodiscard]] bool is_null() const { return value_.index() == 0; }
    [[nodiscard]] bool flag() const;
    [[nodiscard]] std::optional<double> number() const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::vector<std::string> texts() const;  // of an array of strings

  private:
    using Array = std::vector<Json>;
    using Object = std::map<std::string, Json, std::less<>>;
    friend class JsonReader;

    std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

}  // namespace nlinit::test
