// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/mount_types.hpp"

#include <algorithm>

#include "nlinit/base/text.hpp"
#include "nlinit/machine/device_name.hpp"

namespace nlinit {
namespace {

using std::string_view;

bool is_open(string_view type) noexcept {
    return type.empty() || type == "auto";
}

// Each type once.
void add(std::string& types, string_view type) {
    if (type.empty() || has_field(types, ',', type)) return;
    if (!types.empty()) types += ',';
    types += type;
}

}  // namespace

bool is_on_device(const MountRow& row) {
    return !reuses_mount(row) && parse_device_name(row.source, row.type).has_value();
}

bool leaves_type_open(const MountRow& row) {
    if (reuses_mount(row) || is_only_propagation(row)) return false;
    string_view types = row.type;
    do {
        if (is_open(take_field(types, ','))) return true;
    } while (!types.empty());
    return false;
}

std::string types_to_try(const MountRow& row, string_view seen, string_view known_filesystems) {
    if (!leaves_type_open(row)) return row.type;
    std::string types;
    string_view wanted = row.type;
    do {
        const auto type = take_field(wanted, ',');
        if (!is_open(type)) {
            add(types, type);
        } else if (!is_on_device(row)) {
            add(types, "virtiofs");
            add(types, "9p");
        } else {
            add(types, seen);
            for (auto rest = known_filesystems; !rest.empty();) {
                auto line = take_field(rest, '\n');
                if (line.starts_with('\t')) add(types, line.substr(1));  // others have "nodev" before the tab
            }
        }
    } while (!wanted.empty());
    return types;
}

MountRow with_type(const MountRow& row, string_view type) {
    MountRow one = row;
    one.type = type;
    if (type == "9p" && (',' + one.data).find(",trans=") == std::string::npos)
        one.data += one.data.empty() ? "trans=virtio" : ",trans=virtio";
    return one;
}

}  // namespace nlinit
