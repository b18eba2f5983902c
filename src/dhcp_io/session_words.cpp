// SPDX-License-Identifier: Apache-2.0
// What a session says: of its lease, and why there is none yet.
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/dhcp_io/drops_in_words.hpp"
#include "nlinit/dhcp_io/session.hpp"

namespace nlinit::dhcp_io {
namespace {

std::string count_of(std::uint64_t count, std::string_view what) {
    return concat({std::to_string(count), " ", what});
}

std::string sent_messages(const dhcp::MessageCounters& counters) {
    std::string text;
    for (const auto type : {dhcp::MessageType::discover, dhcp::MessageType::request, dhcp::MessageType::decline}) {
        const auto count = counters.sent[static_cast<std::size_t>(type)];
        if (count == 0) continue;
        if (!text.empty()) text += ", ";
        text += count_of(count, name_of(type));
    }
    return text.empty() ? "nothing" : text;
}

std::string in_words(const dhcp::Refusal& refusal) {
    return concat({"DHCP server ", refusal.server.to_string(), " refuses ", refusal.address.to_string(), " (NAK)",
                   (refusal.message.empty() ? ", and says nothing of why" : ": \"" + refusal.message + '"')});
}

}  // namespace

std::string Session::diagnosis() const {
    const auto& counters = client_.messages();
    std::string text = concat({link_.name, ": ", name_of(client_.state()), ", ", sent_messages(counters), " sent, ",
                               count_of(counters.total_received(), "replies received")});
    text += in_words(drops());
    if (from_other_ports_ > 0)
        append(text, {"; ", std::to_string(from_other_ports_), " came from another UDP port than 67"});
    if (!conflict_.empty()) text += "; " + conflict_;
    if (const auto* refusal = client_.refusal()) text += "; " + in_words(*refusal);
    return text;
}

void Session::tell_of_refusal() {
    if (const auto* refusal = client_.refusal()) say_once(log::Level::warning, in_words(*refusal));
}

// A renewal is worth a line only to whoever wants to know all.
void Session::tell_of(const dhcp::Lease& lease) {
    const auto what = concat({lease.address.to_string(), "/", std::to_string(lease.prefix_length), " from DHCP server ",
                              lease.server.to_string()});
    const bool is_new = what != std::exchange(leased_, what);
    const auto level = is_new ? log::Level::info : log::Level::debug;
    if (log::enabled(level))
        log::write(level, "dhcp",
                   {link_.name, (is_new ? ": leased " : ": renewed the lease of "), what, ", ",
                    (lease.is_infinite() ? "for ever" : "for " + std::to_string(lease.duration.count()) + " s")});
    tell_remarks_on(lease);
}

void Session::tell_remarks_on(const dhcp::Lease& lease) {
    for (const auto& remark : remarks_on(lease, settings_.routes)) say_once(log::Level::warning, remark);
}

void Session::say_once(log::Level level, const std::string& what) {
    said_.say(level, "dhcp", link_.name, what);
}

}  // namespace nlinit::dhcp_io
