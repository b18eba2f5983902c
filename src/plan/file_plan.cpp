// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/file_plan.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace nlinit::plan {
namespace {

using std::string_view;

constexpr string_view kLocalhost = "localhost";
constexpr string_view kOwnAddress = "127.0.1.1";
constexpr string_view kUnset = "(none)";  // UTS_NODENAME, include/linux/uts.h
constexpr string_view kBlanks = " \t\r";

string_view next_word(string_view& line) {
    string_view word;
    while (word.empty() && !line.empty()) word = take_field(line, kBlanks);
    return word;
}

bool same_name(string_view a, string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

struct HostsLine {
    string_view address;
    std::size_t names = 0;
    bool has_name = false, has_localhost = false;
};

HostsLine read_hosts_line(string_view line, string_view hostname) {
    line = first_field(line, '#');
    HostsLine read{.address = next_word(line)};
    for (auto name = next_word(line); !name.empty(); name = next_word(line)) {
        ++read.names;
        read.has_name |= same_name(name, hostname);
        read.has_localhost |= same_name(name, kLocalhost);
    }
    return read;
}

std::string own_line(string_view hostname) {
    return std::string(kOwnAddress).append("\t").append(hostname).append("\n");
}

}  // namespace

std::string hosts_content(std::string_view hostname) {
    return hosts_content(hostname, {});
}

std::string hosts_content(std::string_view hostname, std::string_view there) {
    if (hostname.empty() || hostname == kUnset) hostname = kLocalhost;
    std::string content;
    bool has_name = false, has_localhost = false;
    while (!there.empty()) {
        const auto line = take_field(there, "\n");
        const auto read = read_hosts_line(line, hostname);
        if (read.address == kOwnAddress && read.names == 1 && !read.has_name) continue;
        has_name |= read.has_name;
        has_localhost |= read.has_localhost;
        content.append(line).append("\n");
    }
    if (!has_localhost) content += "127.0.0.1\tlocalhost\n::1\t\tlocalhost\n";
    if (!has_name && !same_name(hostname, kLocalhost)) content += own_line(hostname);
    return content;
}

Result<std::string> hostname_of(std::string_view content) {
    while (!content.empty()) {
        auto line = take_field(content, "\n");
        line = first_field(line, '#');
        line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
        line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
        if (line.empty()) continue;
        if (auto name = config::parse_hostname(line)) return *std::move(name);
        return Error{0, concat({kHostnamePath, ": ", in_quotes(line),
                                " is no host name of at most 64 letters, digits, '-' and '.'"})};
    }
    return std::string();
}

std::string resolv_conf_content(const std::vector<NameServer>& name_servers,
                                const std::vector<std::string>& search_domains) {
    std::string content;
    for (const auto& domain : search_domains) content += (content.empty() ? "search " : " ") + domain;
    if (!content.empty()) content += '\n';
    for (const auto& server : name_servers) append(content, {"nameserver ", server.to_string(), "\n"});
    return content;
}

std::vector<NameServer> name_servers_in(std::string_view resolv_conf) {
    std::vector<NameServer> servers;
    while (!resolv_conf.empty()) {
        auto line = take_field(resolv_conf, "\n");
        if (take_field(line, kBlanks) != "nameserver") continue;
        line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
        if (auto server = NameServer::parse(take_field(line, kBlanks))) servers.push_back(*std::move(server));
    }
    return servers;
}

std::string unread_name_servers(const std::vector<NameServer>& name_servers) {
    constexpr std::size_t kMostRead = 3;
    std::string list;
    for (std::size_t i = kMostRead; i < name_servers.size(); ++i)
        list += (list.empty() ? "" : ", ") + name_servers[i].to_string();
    if (list.empty()) return {};
    return "glibc reads the first three name servers of resolv.conf, and so not " + list;
}

}  // namespace nlinit::plan
