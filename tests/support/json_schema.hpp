// SPDX-License-Identifier: Apache-2.0
// The schemas of docs/schema, which say what a reader of nlinit's JSON can rely on.
#pragma once

#include <string>
#include <string_view>

namespace nlinit::test {

// What of a document, netsetup's or boot.json, its schema does not allow; empty where all of it is allowed, or it is of
// another kind. Beyond what the schema says to others, a key that it does not name is a violation.
[[nodiscard]] std::string schema_violation(std::string_view document);

}  // namespace nlinit::test
