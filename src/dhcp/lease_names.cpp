// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/lease_names.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/dhcp/domain_search.hpp"
#include "nlinit/net/domain_name.hpp"

namespace nlinit::dhcp {
namespace {

constexpr std::size_t kMaxHostNameSize = 64;  // HOST_NAME_MAX (gethostname(2))
constexpr std::size_t kMaxDomainNames = 32;
constexpr std::size_t kMaxMessageSize = 128;  // enough for a sentence
constexpr std::size_t kMaxQuoted = 48;

std::string_view text_in(const Options& options, OptionCode code) {
    const auto value = options.find(code);
    if (!value) return {};
    return {reinterpret_cast<const char*>(value->data()), value->size()};
}

std::string quoted(std::string_view text) {
    return in_quotes(text, kMaxQuoted, '"');
}

std::string_view trimmed(std::string_view text, std::string_view front, std::string_view back) {
    text.remove_prefix(std::min(text.find_first_not_of(front), text.size()));
    return text.substr(0, text.find_last_not_of(back) + 1);
}

// What surrounds a name in the field: blanks, dots, the NULs that RFC 2132 2 warns of, the end of a text file's line.
std::string_view trimmed(std::string_view text) {
    using namespace std::string_view_literals;
    return trimmed(text, " \t."sv, "\0 \t.\r\n"sv);
}

// A line break could begin a directive of resolv.conf, and what is of a shell was meant for one (CVE-2014-6271): no
// part of such a value is taken.
bool is_honest(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); }) &&
           text.find_first_of("(){}<>[]$`;|&\\\"'*?!#~") == std::string_view::npos;
}

}  // namespace

std::string host_name_in(const Options& options, Remarks& remarks) {
    constexpr auto kCode = OptionCode::host_name;
    const auto text = text_in(options, kCode);
    auto name = parse_domain_name(trimmed(text));
    if (!name) {
        if (options.has(kCode)) remark(remarks, kCode, quoted(text) + " is no host name: it is ignored");
        return {};
    }
    if (name->size() > kMaxHostNameSize) {
        name->resize(std::min(first_field(*name, '.').size(), kMaxHostNameSize));
        remark(remarks, kCode, "is longer than 64 bytes: only its first label is taken");
    }
    return *std::move(name);
}

std::vector<std::string> domain_names_in(const Options& options, Remarks& remarks) {
    constexpr auto kCode = OptionCode::domain_name;
    std::vector<std::string> names;
    const auto text = text_in(options, kCode);
    std::string_view rest = trimmed(text);
    if (!is_honest(rest)) rest = {};
    if (rest.empty() && options.has(kCode)) remark(remarks, kCode, quoted(text) + " is no domain name: it is ignored");
    std::string left_out;
    while (!rest.empty()) {
        const auto part = first_field(rest, " \t");
        rest = trimmed(rest.substr(part.size()), " \t", "");
        auto name = parse_domain_name(trimmed(part, ".", "."));
        if (!name || names.size() == kMaxDomainNames) {
            if (left_out.empty()) left_out = quoted(part);
        } else if (std::ranges::find(names, *name) == names.end()) {
            names.push_back(*std::move(name));
        }
    }
    if (!left_out.empty())
        remark(remarks, kCode, {"has ", left_out, ", which is no domain name or one too many: it is left out"});
    return names;
}

std::string message_in(const Options& options) {
    return printable(first_characters(trimmed(text_in(options, OptionCode::message)), kMaxMessageSize));
}

std::vector<std::string> search_domains_in(const Options& options, Remarks& remarks) {
    constexpr auto kCode = OptionCode::domain_search;
    const auto value = options.find(kCode);
    if (!value) return {};
    bool complete = true;
    auto names = parse_domain_search(*value, &complete);
    if (!complete)
        remark(remarks, kCode,
               "has what are no domain names in the form of RFC 1035, or more than 32 of them: left out");
    return names;
}

}  // namespace nlinit::dhcp
