// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/oci.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/json_reader.hpp"
#include "nlinit/base/text.hpp"
#include "oci_values.hpp"

namespace nlinit::config {
namespace {

using std::string_view;
using Kind = JsonValue::Kind;

constexpr std::size_t kMostNamed = 32;

struct Obeyed {
    string_view pointer;
    OciValues::Read read;
};

// Pointers with a space on either side. `describes`: it says something of the image or bundle, and asks for nothing.
struct Schema {
    std::span<const Obeyed> obeyed;
    string_view not_obeyed, describes;
};

// config.md of the image specification; StopTimeout, Tty and what follows it are Docker's.
constexpr std::array<Obeyed, 7> kImageObeyed{{{"/config/Entrypoint", &OciValues::entrypoint},
                                              {"/config/Cmd", &OciValues::arguments},
                                              {"/config/Env", &OciValues::environment},
                                              {"/config/WorkingDir", &OciValues::working_directory},
                                              {"/config/User", &OciValues::user},
                                              {"/config/StopSignal", &OciValues::stop_signal},
                                              {"/config/StopTimeout", &OciValues::stop_timeout}}};
constexpr Schema kImage{
    kImageObeyed,
    " /config/Volumes /config/Healthcheck /config/Memory /config/MemorySwap /config/CpuShares /config/ArgsEscaped"
    " /config/Tty /config/OpenStdin /config/StdinOnce /config/AttachStdin /config/AttachStdout /config/AttachStderr"
    " /config/NetworkDisabled /config/MacAddress /config/Hostname /config/Domainname ",
    " /created /author /architecture /variant /os /os.version /os.features /rootfs /history /config/ExposedPorts"
    " /config/Labels /config/Image /config/OnBuild /config/Shell /id /parent /comment /container /container_config"
    " /docker_version /throwaway /Size "};

// config.md, config-linux.md, and the parts of other platforms of the runtime specification.
constexpr std::array<Obeyed, 16> kBundleObeyed{{{"/process/args", &OciValues::arguments},
                                                {"/process/env", &OciValues::environment},
                                                {"/process/cwd", &OciValues::working_directory},
                                                {"/process/user/uid", &OciValues::user_number},
                                                {"/process/user/gid", &OciValues::group_number},
                                                {"/process/user/additionalGids", &OciValues::more_groups},
                                                {"/process/user/umask", &OciValues::umask},
                                                {"/process/rlimits", &OciValues::rlimits},
                                                {"/process/noNewPrivileges", &OciValues::no_new_privs},
                                                {"/process/capabilities", &OciValues::capabilities},
                                                {"/process/oomScoreAdj", &OciValues::oom_score_adj},
                                                {"/hostname", &OciValues::hostname},
                                                {"/domainname", &OciValues::domain_name},
                                                {"/linux/sysctl", &OciValues::sysctls},
                                                {"/linux/resources/memory/limit", &OciValues::memory_limit},
                                                {"/linux/resources/pids/limit", &OciValues::pids_limit}}};
constexpr Schema kBundle{
    kBundleObeyed,
    " /mounts /hooks /root/readonly /process/terminal /process/consoleSize /process/commandLine /process/user/username"
    " /process/apparmorProfile /process/selinuxLabel /process/ioPriority /process/scheduler /process/execCPUAffinity"
    " /linux/uidMappings /linux/gidMappings /linux/timeOffsets /linux/namespaces /linux/devices /linux/netDevices"
    " /linux/cgroupsPath /linux/rootfsPropagation /linux/seccomp /linux/maskedPaths /linux/readonlyPaths"
    " /linux/mountLabel /linux/intelRdt /linux/memoryPolicy /linux/personality"
    " /linux/resources/devices /linux/resources/cpu /linux/resources/blockIO /linux/resources/hugepageLimits"
    " /linux/resources/network /linux/resources/rdma /linux/resources/unified /linux/resources/memory/reservation"
    " /linux/resources/memory/swap /linux/resources/memory/kernel /linux/resources/memory/kernelTCP"
    " /linux/resources/memory/swappiness /linux/resources/memory/disableOOMKiller"
    " /linux/resources/memory/useHierarchy /linux/resources/memory/checkBeforeUpdate"
    " /solaris /windows /vm /zos /freebsd ",
    " /ociVersion /annotations /root/path "};

bool has(string_view pointers, string_view pointer) {
    std::string whole = " ";
    return pointers.find((whole += pointer) += ' ') != string_view::npos;
}

// Whether fields of the schema are below it.
bool is_inner(const Schema& schema, const std::string& pointer) {
    const auto begin = pointer + '/';
    const auto in_list = " " + begin;
    return std::ranges::any_of(schema.obeyed, [&](const Obeyed& row) { return row.pointer.starts_with(begin); }) ||
           schema.not_obeyed.find(in_list) != string_view::npos || schema.describes.find(in_list) != string_view::npos;
}

// Which an encoder writes where nothing was said.
bool asks_for_nothing(JsonValue value) {
    switch (value.kind()) {
        case Kind::truth:
            return !value.is_true();
        case Kind::number:
            return value.shown() == "0";
        case Kind::text:
            return value.text().empty();
        case Kind::list:
        case Kind::object:
            return value.begin() == value.end();
        default:
            return true;
    }
}

// Names that a log line may hold.
class NameList {
  public:
    void add(const std::string& name) {
        if (++count_ > kMostNamed) return;
        text_.append(text_.empty() ? "" : ", ").append(printable(name, kMaxPrinted));
    }
    [[nodiscard]] std::string sentence(const std::string& begin) const {
        if (count_ == 0) return {};
        const auto more =
            count_ > kMostNamed ? concat({" and ", std::to_string(count_ - kMostNamed), " more"}) : std::string();
        return concat({begin, text_, more});
    }

  private:
    std::string text_;
    std::size_t count_ = 0;
};

struct Walk {
    const Schema& schema;
    OciValues& values;
    NameList not_obeyed = {}, described = {}, unknown = {};

    void object(JsonValue value, const std::string& place) {
        for (const auto member : value) {
            const auto pointer = pointer_to(place, member.key());
            if (!member.is_null()) field({member, pointer});  // null: not there, as for a decoder of Go
        }
    }

    void field(const OciValues::Field& field) {
        const auto row = std::ranges::find(schema.obeyed, string_view(field.pointer), &Obeyed::pointer);
        if (row != schema.obeyed.end()) {
            (values.*row->read)(field);
        } else if (has(schema.not_obeyed, field.pointer)) {
            if (!asks_for_nothing(field.value)) not_obeyed.add(field.pointer);
        } else if (has(schema.describes, field.pointer)) {
            described.add(field.pointer);
        } else if (!is_inner(schema, field.pointer)) {
            unknown.add(field.pointer);
        } else if (field.value.kind() == Kind::object) {
            object(field.value, field.pointer);
        } else {
            // Whoever is to be confined by what is in it must not run without.
            values.refuse(field, "an object", "payload.user");
        }
    }
};

// Of what has been taken for such a file.
string_view why_not_one(JsonValue root) {
    if (root.kind() != Kind::object) return "is JSON, but no object, and so no config of an image or a bundle";
    if (!root["schemaVersion"].is_null())
        return "is a manifest or an index of images: what is wanted is the blob that its \"config\" names";
    return {};
}

bool is_bundle(JsonValue root) {
    return !root["ociVersion"].is_null() || !root["process"].is_null();
}

bool is_image(JsonValue root) {
    return !root["config"].is_null() || !root["rootfs"].is_null();
}

OciRemarks refused(const std::string& file, string_view why) {
    OciRemarks remarks;
    remarks.fault = file;
    remarks.fault.append(" ").append(why);
    return remarks;
}

void add_fields(OciSchema name, const Schema& schema, std::vector<OciField>& fields) {
    for (const auto& row : schema.obeyed) fields.push_back({name, OciUse::obeyed, std::string(row.pointer)});
    for (const auto pointer : split(schema.not_obeyed, ' '))
        fields.push_back({name, OciUse::not_obeyed, std::string(pointer)});
    for (const auto pointer : split(schema.describes, ' '))
        fields.push_back({name, OciUse::describes, std::string(pointer)});
}

}  // namespace

OciRemarks lay_oci(string_view text, const std::string& file, Config& config, Sources& sources) {
    if (text.size() > kMaxOciSize) return refused(file, "is longer than 1 MiB, and is not read");
    const auto document = JsonDocument::parse(text, JsonDocument::Texts::as_they_are);
    if (!document.ok()) return refused(file, "is no JSON: " + to_string(document.error()));
    const auto root = document->root();
    if (const auto why = why_not_one(root); !why.empty()) return refused(file, why);
    if (!is_bundle(root) && !is_image(root))
        return refused(file,
                       "is neither the config of an image, with \"config\", nor that of a bundle, with \"process\"");
    OciValues values(file, config, sources);
    Walk walk{is_bundle(root) ? kBundle : kImage, values};
    walk.object(root, "");
    values.finish();
    if (auto unknown = walk.unknown.sentence("no fields of the specification, and not obeyed: "); !unknown.empty())
        values.add_problem(std::move(unknown));
    return {.problems = values.take_problems(),
            .not_obeyed = walk.not_obeyed.sentence(file + ": not obeyed: "),
            .described = walk.described.sentence(file + ": describes the image, and asks for nothing: "),
            .fault = values.take_fault()};
}

std::vector<OciField> oci_fields() {
    std::vector<OciField> fields;
    add_fields(OciSchema::image, kImage, fields);
    add_fields(OciSchema::bundle, kBundle, fields);
    return fields;
}

}  // namespace nlinit::config
