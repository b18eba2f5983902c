// SPDX-License-Identifier: Apache-2.0
// netsetup, the real program, on a link where what is hostile comes right before what is good. Each question of the
// client is answered once and never again, so a client that has its lease took that one good answer.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "app/netsetup/netsetup_fixture.hpp"
#include "nlinit/wire/drop_reason.hpp"
#include "support/json.hpp"
#include "support/leak.hpp"
#include "support/raw_answer.hpp"
#include "support/raw_link.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::test {

using dhcp::MessageType;
using dhcp::OptionCode;
using Spoil = std::function<void(RawAnswer&)>;
using Drops = std::map<std::string, std::uint64_t>;  // "bad_udp_checksum" → 1

// Hostile frames have this many seconds in option 51, so that a lease made of one shows.
inline constexpr std::uint32_t kPoisonedLease = 7777;

// Of the processor, for a client that is in no loop: a few times what an exchange takes.
#ifdef NLINIT_ADDRESS_SANITIZER
inline constexpr Duration kMostCpu = std::chrono::milliseconds(600);
#else
inline constexpr Duration kMostCpu = std::chrono::milliseconds(60);
#endif

std::string without_remarks(const std::string& errors);

class HostileFixture : public NetsetupFixture {
  protected:
    HostileFixture();

    // What is sent for the first DISCOVER, and for the first REQUEST. Changeable until then.
    std::function<void(const DhcpServer::Request&)> on_discover_ = [this](const auto& request) { offer(request); };
    std::function<void(const DhcpServer::Request&)> on_request_ = [this](const auto& request) { acknowledge(request); };
    void offer(const DhcpServer::Request& request) { send(RawAnswer::to(request.message, MessageType::offer)); }
    void acknowledge(const DhcpServer::Request& request) { send(RawAnswer::to(request.message, MessageType::ack)); }
    void send(const RawAnswer& answer) { send(answer.frame()); }
    void send(const Bytes& frame);

    // `netsetup eth0 --json` and what else is wanted, to its end.
    const Finished& run(std::vector<std::string> arguments = {});
    [[nodiscard]] const Finished& finished() const { return finished_; }
    [[nodiscard]] const Json& report() const { return report_; }
    [[nodiscard]] Drops drops() const;

    // What it asked, resends left out: a busy machine can be late with the answer.
    [[nodiscard]] std::vector<std::string> questions();
    // It ended by itself with its lease and in time, said nothing else, and slept in between.
    void expect_success();
    // The same, and the kernel has just what the good answers say.
    void expect_good_lease();
    void expect_no_busy_loop(unsigned packets_more = 0) const;
    // Answers every question of the exchange with what `make` makes of a good answer.
    void answer_with(const Spoil& make);

    RawLink link_{cable_.server, "srv0"};

  private:
    Finished finished_;
    Json report_;
};

// A frame that must not count.
struct Dropped {
    std::string name;
    Spoil spoil;
    std::optional<DropReason> reason;  // none: the filter of the socket keeps it from waking the client
};
inline std::ostream& operator<<(std::ostream& out, const Dropped& hostile) {
    return out << hostile.name;
}

inline constexpr auto kByName = [](const auto& info) { return info.param.name; };

// Sends the hostile frame in place of the OFFER, or of the ACK, and the good one right behind it.
class BeforeTheOffer : public HostileFixture, public ::testing::WithParamInterface<Dropped> {
  protected:
    void send_before_the_good_one(std::vector<std::string> arguments = {});
};
class BeforeTheAck : public HostileFixture, public ::testing::WithParamInterface<Dropped> {
  protected:
    void send_before_the_good_one(std::vector<std::string> arguments = {});
};

// What is odd and to be taken all the same.
struct Odd {
    std::string name;
    Spoil make;
};
inline std::ostream& operator<<(std::ostream& out, const Odd& odd) {
    return out << odd.name;
}

class OddExchange : public HostileFixture, public ::testing::WithParamInterface<Odd> {
  protected:
    // OFFER and ACK are both that odd, and there are no others.
    void answer_oddly(std::vector<std::string> arguments = {});
};

}  // namespace nlinit::test
