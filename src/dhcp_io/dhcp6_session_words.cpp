// SPDX-License-Identifier: Apache-2.0
// What a DHCPv6 session says: of its lease, and why there is none yet.
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/dhcp_io/dhcp6_session.hpp"
#include "nlinit/dhcp_io/drops_in_words.hpp"

namespace nlinit::dhcp_io {
namespace {

std::string sent_messages(const dhcp6::MessageCounters& counters) {
    std::string text;
    for (std::size_t type = 0; type < counters.kTypes; ++type) {
        if (counters.sent[type] == 0) continue;
        if (!text.empty()) text += ", ";
        append(text, {std::to_string(counters.sent[type]), " ",
                      name_of(dhcp6::MessageType{static_cast<std::uint8_t>(type)})});
    }
    return text.empty() ? "nothing" : text;
}

std::string in_words(const dhcp6::Refusal& refusal) {
    return concat({"DHCPv6 server ", refusal.server.to_string(), " refuses (", name_of(refusal.code), ")",
                   (refusal.message.empty() ? ", and says nothing of why" : ": \"" + refusal.message + '"')});
}

std::string addresses_of(const dhcp6::Lease& lease) {
    std::string text;
    for (const auto& leased : lease.addresses) text += (text.empty() ? "" : ", ") + leased.address.to_string();
    return text;
}

std::string duration_of(const dhcp6::Lease& lease) {
    if (lease.last_end() == kNever) return "for ever";
    const auto time = std::chrono::round<std::chrono::seconds>(lease.last_end() - lease.acquired_at);
    return concat({"for ", std::to_string(time.count()), " s"});
}

}  // namespace

std::string Dhcp6Session::diagnosis() const {
    const auto& counters = client_.messages();
    std::string text = concat({link_.name, ": ", name_of(client_.state()), ", ", sent_messages(counters), " sent, ",
                               std::to_string(counters.total_received()), " replies received"});
    if (!own_) text += "; there is no link-local address to send from";
    text += in_words(drops());
    if (!conflict_.empty()) text += "; " + conflict_;
    if (const auto* refusal = client_.refusal()) text += "; " + in_words(*refusal);
    return text;
}

void Dhcp6Session::tell_of_refusal() {
    if (const auto* refusal = client_.refusal())
        said_.say(log::Level::warning, "dhcp6", link_.name, in_words(*refusal));
}

void Dhcp6Session::tell_of(const dhcp6::Configuration& configuration) {
    if (configuration.had_odd_lists)
        said_.say(
            log::Level::warning, "dhcp6", link_.name,
            "the server's DNS servers or search domains (options 23, 24) have what is no host's address, no domain "
            "name, or one too many: it is left out");
}

// A renewal is worth a line only to whoever wants to know all.
void Dhcp6Session::tell_of(const dhcp6::Lease& lease) {
    const auto what = concat({addresses_of(lease), " from DHCPv6 server ", lease.server.to_string()});
    const bool is_new = what != std::exchange(leased_, what);
    const auto level = is_new ? log::Level::info : log::Level::debug;
    if (log::enabled(level))
        log::write(level, "dhcp6",
                   {link_.name, (is_new ? ": leased " : ": renewed the lease of "), what, ", ", duration_of(lease)});
}

}  // namespace nlinit::dhcp_io
