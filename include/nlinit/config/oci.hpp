// SPDX-License-Identifier: Apache-2.0
// The payload as a container image or a runtime bundle describes it: config.json of the OCI Image Format Specification
// (config.md), and of the OCI Runtime Specification (config.md, config-linux.md). Which of both it is, its content
// tells. It is the layer between the profile and the configuration file: what file or kernel command line say stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

inline constexpr std::size_t kMaxOciSize = 1 << 20;

struct OciRemarks {
    // One sentence each, with the file and the place in it as a JSON pointer (RFC 6901).
    std::vector<std::string> problems;
    std::string not_obeyed;  // a sentence about the fields that ask for what nlinit does not do; empty: there are none
    std::string described;   // about those that ask for nothing
    // Why the payload must not be started: there is no program, or what would confine it was not understood. Empty: it
    // may be.
    std::string fault;
};

// Lays what the text says over the config, where `sources` has no source for the value yet; then that is the file, with
// the place in it. The file's name is for sentences and sources alone.
[[nodiscard]] OciRemarks lay_oci(std::string_view text, const std::string& file, Config& config, Sources& sources);

// All fields of both schemas, as JSON pointers. What is below one is meant with it.
enum class OciSchema : std::uint8_t { image, bundle };
enum class OciUse : std::uint8_t { obeyed, not_obeyed, describes };
struct OciField {
    OciSchema schema;
    OciUse use;
    std::string pointer;
};
[[nodiscard]] std::vector<OciField> oci_fields();

}  // namespace nlinit::config
