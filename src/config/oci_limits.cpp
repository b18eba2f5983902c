// SPDX-License-Identifier: Apache-2.0
// Those values of an OCI config.json that limit a process, or take rights from it.
#include <algorithm>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/config/capability.hpp"
#include "nlinit/config/layer.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/machine/memory_size.hpp"
#include "nlinit/machine/rlimit.hpp"
#include "oci_values.hpp"

namespace nlinit::config {
namespace {

using std::string_view;
using Kind = JsonValue::Kind;

constexpr std::uint64_t kLeastMemory = 4 << 20;  // as parse_memory() has it
constexpr std::int64_t kMostPids = 4'194'304;    // PID_MAX_LIMIT, include/linux/threads.h

// Of a resource as the specification has it: "RLIMIT_NOFILE".
string_view resource_of(string_view type) {
    constexpr string_view kPrefix = "RLIMIT_";
    if (!type.starts_with(kPrefix)) return {};
    type.remove_prefix(kPrefix.size());
    const auto same = [](char lower, char upper) { return lower - 'a' + 'A' == upper; };
    for (const auto& word : kRlimitWords)
        if (std::ranges::equal(word.text, type, same)) return word.text;
    return {};
}

string_view fault_of_limit(string_view resource, const std::optional<std::uint64_t>& soft,
                           const std::optional<std::uint64_t>& hard) {
    if (resource.empty()) return "there is no resource ";
    if (!soft) return "soft is no whole number";
    if (!hard) return "hard is no whole number";
    return *soft > *hard ? "soft is more than hard" : "";
}

}  // namespace

void OciValues::rlimits(const Field& field) {
    if (field.value.kind() != Kind::list) return refuse(field, "a list of resource limits");
    std::size_t number = 0;
    std::vector<string_view> types;
    for (const auto element : field.value) {
        const auto pointer = pointer_to(field.pointer, std::to_string(number++));
        const auto type = element["type"].text();
        if (std::ranges::find(types, type) != types.end()) {
            add_problem(
                concat({in_quotes(pointer), ": there is a limit of ", in_quotes(type), " already, which stays"}));
        } else if (add_limit({element, pointer})) {
            types.push_back(type);
        }
    }
}

bool OciValues::add_limit(const Field& field) {
    constexpr string_view kWanted =
        R"(an object such as {"type": "RLIMIT_NOFILE", "soft": 1024, "hard": 4096}, soft at most hard)";
    if (field.value.kind() != Kind::object) {
        refuse(field, kWanted);
        return false;
    }
    const auto type = field.value["type"];
    const auto resource = resource_of(type.text());
    const auto soft = number_in<std::uint64_t>(field.value["soft"]),
               hard = number_in<std::uint64_t>(field.value["hard"]);
    if (const auto fault = fault_of_limit(resource, soft, hard); !fault.empty()) {
        add_problem(concat({in_quotes(field.pointer), " must be ", kWanted, ": ", fault,
                            resource.empty() ? shown(type) : std::string()}));
        return false;
    }
    const auto key = concat({"payload.rlimit.", resource});
    if (may_set(key, field.pointer)) put(config_.payload.rlimits, ProcessLimit{std::string(resource), *soft, *hard});
    return true;
}

void OciValues::no_new_privs(const Field& field) {
    constexpr const char* kKey = "payload.no_new_privs";
    if (field.value.kind() != Kind::truth) return refuse(field, "true or false", kKey);
    if (may_set(kKey, field.pointer)) config_.payload.no_new_privs = field.value.is_true();
}

std::vector<std::uint8_t> OciValues::capabilities_of(const Field& field) {
    std::vector<std::uint8_t> capabilities;
    for (const auto& name : texts_of(field, "payload.capabilities").value_or(std::vector<std::string>())) {
        if (const auto capability = parse_capability(name)) {
            capabilities.push_back(*capability);
        } else {
            add_problem(concat({in_quotes(field.pointer), ": there is no capability ", in_quotes(name)}));
        }
    }
    return capabilities;
}

// What a process has after execve(2) follows from two of the five sets: effective and permitted are made of the
// bounding one for root, and of the ambient one for others (capabilities(7)). A set that is left out is an empty one.
void OciValues::capabilities(const Field& field) {
    constexpr const char* kKey = "payload.capabilities";
    if (field.value.kind() != Kind::object) return refuse(field, "an object of lists of capabilities", kKey);
    std::vector<std::uint8_t> bounding, ambient;
    for (const auto set : field.value) {
        const auto pointer = pointer_to(field.pointer, set.key());
        if (set.is_null()) continue;
        auto capabilities = capabilities_of({set, pointer});
        if (set.key() == "bounding")
            bounding = std::move(capabilities);
        else if (set.key() == "ambient")
            ambient = std::move(capabilities);
    }
    if (!may_set(kKey, field.pointer)) return;
    std::erase_if(ambient, [&](auto each) { return std::ranges::find(bounding, each) == bounding.end(); });
    config_.payload.capabilities = std::move(bounding);
    config_.payload.ambient_capabilities = std::move(ambient);
}

void OciValues::oom_score_adj(const Field& field) {
    const auto adjustment = number_in<std::int16_t>(field.value);
    if (!adjustment || *adjustment < -kMaxOomScoreAdj || *adjustment > kMaxOomScoreAdj)
        return refuse(field, "a whole number from -1000 to 1000");
    if (may_set("payload.oom_score_adj", field.pointer)) config_.payload.oom_score_adj = *adjustment;
}

// -1: as much as there is.
void OciValues::memory_limit(const Field& field) {
    const auto bytes = number_in<std::int64_t>(field.value);
    if (bytes == 0) return;  // no limit is asked for
    if (!bytes || (*bytes >= 0 && static_cast<std::uint64_t>(*bytes) < kLeastMemory))
        return refuse(field, "bytes, 4 MiB at the least, or -1 for no limit");
    if (may_set("payload.memory_max", field.pointer))
        config_.payload.memory_max = *bytes < 0 ? kMemoryWithoutLimit : static_cast<std::uint64_t>(*bytes);
}

void OciValues::pids_limit(const Field& field) {
    const auto most = number_in<std::int64_t>(field.value);
    if (!most) return refuse(field, "a whole number");
    if (*most <= 0) return;  // no limit
    if (may_set("payload.pids_max", field.pointer))
        config_.payload.pids_max = static_cast<std::uint32_t>(std::min(*most, kMostPids));
}

}  // namespace nlinit::config
