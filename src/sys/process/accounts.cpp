// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/accounts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/number.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::sys {
namespace {

using std::string_view;

constexpr std::size_t kMaxFile = 1 << 20;

using Fields = std::array<string_view, 6>;  // name, password, number, then what the file has

// The first line that matches: of a file with two of them getpwnam(3) takes that, too.
template <class Matches>
std::optional<Fields> find_line(string_view text, const Matches& matches) {
    while (!text.empty()) {
        string_view line = take_field(text, '\n');
        Fields fields;
        for (auto& field : fields) field = take_field(line, ':');
        if (matches(fields)) return fields;
    }
    return std::nullopt;
}

constexpr std::uint32_t kNoId = ~std::uint32_t{0};  // which stands for "no change" (setresuid(2))

std::optional<std::uint32_t> number_of(string_view text) {
    const auto number = parse_number<std::uint32_t>(text);
    return number == kNoId ? std::nullopt : number;
}

// By name, or by number where the text is one: a line in which the number can be read.
std::optional<Fields> find(string_view text, string_view wanted) {
    const auto number = number_of(wanted);
    return find_line(text, [&](const Fields& fields) {
        const auto of_line = number_of(fields[2]);
        return of_line && (fields[0] == wanted || (number && of_line == number));
    });
}

// A file that others may write to is refused, and does not count as missing: by the rules for a missing file a user
// could get more rights than the file gives.
bool is_refused(const Result<std::string>& text) {
    return !text.ok() && text.error().code == 0;
}

Error nobody(string_view kind, const std::string& name, const std::string& file, const Result<std::string>& text) {
    if (is_refused(text)) return text.error();
    if (parse_number<std::uint32_t>(name) == kNoId)
        return Error{0, concat({kind, " ", name, " cannot be: the number stands for \"no change\" (setresuid(2))"})};
    const std::string sentence = concat({kind, " ", in_quotes(name), " is not in ", file});
    return text.ok() ? Error{0, sentence} : Error{text.error().code, sentence};
}

string_view text_of(const Result<std::string>& text) {
    return text.ok() ? string_view(*text) : string_view();
}

Result<gid_t> find_group(const std::string& name, const std::string& file, const Result<std::string>& text) {
    if (const auto number = number_of(name)) return gid_t{*number};
    const auto line = find(text_of(text), name);
    if (!line) return nobody("group", name, file, text);
    return gid_t{*number_of((*line)[2])};
}

void add(std::vector<gid_t>& groups, gid_t group) {
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
}

// Those whose list of members has the user.
void add_memberships(std::vector<gid_t>& groups, string_view user, string_view text) {
    find_line(text, [&](const Fields& fields) {
        const auto number = number_of(fields[2]);
        if (number && has_field(fields[3], ',', user)) add(groups, *number);
        return false;
    });
}

Result<std::string> read_accounts(const std::string& path) {
    auto text = read_file_of_root(path, kMaxFile);
    // A caller that needs the file for more than the home directory gets an error.
    if (!text.ok() && text.error().code != ENOENT) log::debug("process", to_string(text.error()));
    return text;
}

// What the line of the user says; a number need not have one.
Result<Identity> find_user(const std::string& user, const AccountFiles& files, const Result<std::string>& users,
                           const Result<std::string>& groups) {
    const auto with_group = split_pair(user, ':');
    const std::string name(user.empty() ? "0" : first_field(user, ':'));
    const auto number = number_of(name);
    const bool says_all = user.empty() || (number && with_group);
    if (is_refused(users) && !says_all)
        return number ? Error{0, concat({users.error().what, "; it is not needed for a number with its group, as in \"",
                                         name, ":", name, "\""})}
                      : users.error();
    Identity identity;
    if (const auto line = find(text_of(users), name)) {
        identity.user = *number_of((*line)[2]);
        const auto group = number_of((*line)[3]);
        if (!group && !with_group && !user.empty())
            return Error{0, concat({"user ", in_quotes(name), " has no group in ", files.users, ", where ",
                                    in_quotes((*line)[3]), " stands for its number"})};
        identity.group = group.value_or(0);
        if (const auto home = (*line)[5]; home.starts_with('/')) identity.home = home;
        if (with_group || user.empty()) return identity;
        if (is_refused(groups)) return groups.error();
        add_memberships(identity.groups, (*line)[0], text_of(groups));
    } else if (number) {
        identity.user = *number;
    } else {
        return nobody("user", name, files.users, users);
    }
    return identity;
}

}  // namespace

Result<Identity> find_identity(const std::string& user, const std::vector<std::string>& more_groups,
                               const AccountFiles& files) {
    const auto users = read_accounts(files.users);
    const auto groups = read_accounts(files.groups);
    auto identity = find_user(user, files, users, groups);
    if (!identity.ok()) return identity;
    if (const auto with_group = split_pair(user, ':')) {
        const auto group = find_group(std::string(with_group->second), files.groups, groups);
        if (!group.ok()) return group.error();
        identity->group = *group;
    }
    for (const auto& more : more_groups) {
        const auto group = find_group(more, files.groups, groups);
        if (!group.ok()) return group.error();
        add(identity->groups, *group);
    }
    return identity;
}

// "1000 100 27,44 /home/www"
std::string to_text(const Identity& identity) {
    std::string groups;
    for (const gid_t group : identity.groups) groups.append(groups.empty() ? "" : ",").append(std::to_string(group));
    return concat(
        {std::to_string(identity.user), " ", std::to_string(identity.group), " ", groups, " ", identity.home});
}

Identity identity_in(string_view text) {
    Identity identity;
    identity.user = number_of(take_field(text, ' ')).value_or(0);
    identity.group = number_of(take_field(text, ' ')).value_or(0);
    for (auto groups = take_field(text, ' '); !groups.empty();) {
        if (const auto group = number_of(take_field(groups, ','))) identity.groups.push_back(*group);
    }
    identity.home = text;
    return identity;
}

}  // namespace nlinit::sys
