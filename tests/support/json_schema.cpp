// SPDX-License-Identifier: Apache-2.0
#include "support/json_schema.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>

namespace nlinit::test {
namespace {

using rapidjson::Document;
using rapidjson::SchemaDocument;
using rapidjson::Value;

Document read(std::string_view text, const std::string& name) {
    Document document;
    document.Parse(text.data(), text.size());
    if (document.HasParseError())
        throw std::runtime_error(name + ": " + rapidjson::GetParseError_En(document.GetParseError()));
    return document;
}

// An object whose members are listed has no others.
void close_objects(Value& value, Document& document) {
    if (value.IsArray()) {
        for (auto& each : value.GetArray()) close_objects(each, document);
    }
    if (!value.IsObject()) return;
    // By index: comparing this library's iterators is ambiguous in C++20.
    const auto members = value.MemberBegin();
    for (int i = 0; i < static_cast<int>(value.MemberCount()); ++i) close_objects(members[i].value, document);
    const bool lists_members = value.HasMember("properties") && value["properties"].IsObject() &&
                               value.HasMember("type") && value["type"] == "object";
    if (lists_members) value.AddMember("additionalProperties", false, document.GetAllocator());
}

const SchemaDocument& schema(const std::string& name) {
    static std::map<std::string, std::unique_ptr<SchemaDocument>> schemas;
    auto& known = schemas[name];
    if (known) return *known;
    const auto path = std::string(NLINIT_DOCS) + "/schema/" + name;
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + " is not there");
    auto document = read(std::string(std::istreambuf_iterator<char>(file), {}), path);
    close_objects(document, document);
    known = std::make_unique<SchemaDocument>(document);
    return *known;
}

std::string text_of(const rapidjson::GenericPointer<Value>& pointer) {
    rapidjson::StringBuffer text;
    pointer.Stringify(text);
    return text.GetString();
}

}  // namespace

std::string schema_violation(std::string_view text) {
    const auto document = read(text, "document");
    const bool is_object = document.IsObject();
    const char* name = is_object && document.HasMember("nlinit")      ? "boot.json"
                       : is_object && document.HasMember("interface") ? "netsetup.json"
                                                                      : nullptr;
    if (name == nullptr) return {};
    rapidjson::SchemaValidator validator(schema(name));
    if (document.Accept(validator)) return {};
    return std::string(name) + ": " + text_of(validator.GetInvalidDocumentPointer()) + " breaks '" +
           validator.GetInvalidSchemaKeyword() + "' of " + text_of(validator.GetInvalidSchemaPointer());
}

}  // namespace nlinit::test
