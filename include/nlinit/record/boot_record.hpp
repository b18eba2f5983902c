// SPDX-License-Identifier: Apache-2.0
// boot.json as table and timeline want it.
//
// Whoever wrote the file: what is missing is left out, every text is printable, no span ends before it starts, and
// times are microseconds since init was started, within JsonValue's limits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/json_reader.hpp"
#include "nlinit/base/result.hpp"

namespace nlinit::record {

using Moment = std::optional<std::int64_t>;

enum class StepOutcome : std::uint8_t { done, skipped, failed };

struct RecordedStep {
    std::string_view name, error;
    std::int64_t start = 0, end = 0;
    StepOutcome outcome = StepOutcome::done;
};

struct RecordedPhase {
    std::string_view name;
    std::int64_t start = 0, end = 0;
    std::vector<RecordedStep> steps;
};

struct RecordedPacket {
    std::string_view type, peer;
    std::int64_t at = 0;
    bool sent = false;
};

struct RecordedInterface {
    std::string_view name, summary;
    std::vector<std::string> facts;  // a line each: link, name servers, lease, what was dropped, failures
    Moment appeared, up, carrier, configured, ipv6;
    std::vector<RecordedPacket> packets;
};

struct RecordedPayload {
    std::string command;      // empty: there was none
    std::string outcome;      // "runs as process 78", "ended with status 42"
    std::string_view starts;  // "1"
    Moment start, end;        // of the last start
};

struct BootRecord {
    JsonDocument document;  // whose texts the views are of
    std::string title;      // what the boot came to, in one sentence
    std::string origin;     // version, profile, config
    std::int64_t kernel = 0;
    Moment network, payload, end;
    std::string_view end_action;
    std::vector<RecordedPhase> phases;
    std::vector<RecordedInterface> interfaces;
    RecordedPayload program;
    std::vector<std::string_view> warnings;
    std::vector<std::string> failures;  // a sentence for each thing that was asked for and did not come, in boot order
    std::int64_t shown = 0;             // where table and timeline end: a bit after all that belongs to the boot
};

// The error says where the text is no JSON, or that it is no report.
[[nodiscard]] Result<std::unique_ptr<const BootRecord>> read_boot_record(std::string_view text);

// Positions in the order of their keys; of equal keys the first comes first.
[[nodiscard]] std::vector<std::size_t> in_order(const std::vector<std::int64_t>& keys);

[[nodiscard]] std::string milliseconds(std::int64_t microseconds);  // "1234.5"

}  // namespace nlinit::record
