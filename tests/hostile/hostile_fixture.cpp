// SPDX-License-Identifier: Apache-2.0
#include "hostile/hostile_fixture.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <sstream>
#include <string_view>

namespace nlinit::test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

using namespace std::chrono_literals;

// On a busy machine. An answer is taken at once or never, for there is only one; without one it would be 6 s.
constexpr Duration kMostTime = 3s;
constexpr long kMostSleeps = 200;  // mostly waits for locks of a busy kernel; a loop without end has thousands

// Not to take the machine's other work for slowness of the client.
void ask_for_the_processor() {
    constexpr int kNice = -10;
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNice));  // without the right to it: as it is
}

Drops drops_in(const Json& report) {
    Drops drops;
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
        const std::string name(name_of(static_cast<DropReason>(i)));
        if (const auto count = report["dhcp"]["dropped"][name].number())
            drops[name] = static_cast<std::uint64_t>(*count);
    }
    return drops;
}

Drops expected_drops(const Dropped& hostile) {
    if (!hostile.reason) return {};
    return {{std::string(name_of(*hostile.reason)), 1}};
}

RawAnswer spoiled(const DhcpServer::Request& request, MessageType type, const Spoil& spoil) {
    auto answer = RawAnswer::to(request.message, type);
    answer.set(OptionCode::lease_time, bytes_of(kPoisonedLease));
    spoil(answer);
    return answer;
}

}  // namespace

HostileFixture::HostileFixture() {
    ask_for_the_processor();
    // The kernel notices a carrier late when others keep it busy; a question that is asked twice is then not the
    // client's fault.
    set_link_up("eth0", cable_.client);
    server_.await_running();
    server_.script = [this](DhcpServer& server, const DhcpServer::Request& request) {
        const auto type = request.message.type;
        if (server.count(type) > 1) return;
        if (type == MessageType::discover) on_discover_(request);
        if (type == MessageType::request) on_request_(request);
    };
}

// What is said of options that are not obeyed, or of a resolv.conf for which none is left, is no failure.
std::string without_remarks(const std::string& errors) {
    std::string rest;
    std::istringstream lines(errors);
    for (std::string line; std::getline(lines, line);) {
        const bool is_remark = line.find("eth0: DHCP option ") != std::string::npos ||
                               line.ends_with("resolv.conf stays as it is: the network has named no name server");
        if (!is_remark) rest += line + '\n';
    }
    return rest;
}

void HostileFixture::send(const Bytes& frame) {
    server_.await_running();
    link_.send(frame);
}

const Finished& HostileFixture::run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"eth0", "--json"});
    finished_ = netsetup(std::move(arguments));
    report_ = Json::parse(finished_.output).value_or(Json{});
    return finished_;
}

Drops HostileFixture::drops() const {
    return drops_in(report_);
}

void HostileFixture::expect_success() {
    EXPECT_EQ(finished_.exit_code, 0);
    EXPECT_EQ(finished_.signal, 0);
    EXPECT_THAT(without_remarks(finished_.errors), IsEmpty());
    EXPECT_LT(finished_.took, kMostTime);
    expect_no_busy_loop();
}

void HostileFixture::expect_good_lease() {
    expect_success();
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    EXPECT_EQ(report_["dhcp"]["lease"]["seconds"].number(), 3600);
    EXPECT_THAT(questions(),
                ElementsAre("broadcast DISCOVER", "broadcast REQUEST requested=192.0.2.50 server=192.0.2.1"));
}

std::vector<std::string> HostileFixture::questions() {
    constexpr std::string_view kRapid = " rapid";  // not in what is sent again
    auto lines = server_.heard();
    for (auto& line : lines) {
        if (line.ends_with(kRapid)) line.resize(line.size() - kRapid.size());
    }
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    return lines;
}

void HostileFixture::expect_no_busy_loop(unsigned packets_more) const {
    EXPECT_LE(finished_.cpu, kMostCpu + packets_more * 50us);
    EXPECT_LE(finished_.sleeps, kMostSleeps + packets_more);
}

void HostileFixture::answer_with(const Spoil& make) {
    const auto answering = [this, make](MessageType type) {
        return [this, make, type](const DhcpServer::Request& request) {
            auto answer = RawAnswer::to(request.message, type);
            make(answer);
            send(answer);
        };
    };
    on_discover_ = answering(MessageType::offer);
    on_request_ = answering(MessageType::ack);
}

void BeforeTheOffer::send_before_the_good_one(std::vector<std::string> arguments) {
    on_discover_ = [this](const auto& request) {
        send(spoiled(request, MessageType::offer, GetParam().spoil));
        offer(request);
    };
    run(std::move(arguments));
    EXPECT_EQ(drops(), expected_drops(GetParam()));
}

void BeforeTheAck::send_before_the_good_one(std::vector<std::string> arguments) {
    on_request_ = [this](const auto& request) {
        send(spoiled(request, MessageType::ack, GetParam().spoil));
        acknowledge(request);
    };
    run(std::move(arguments));
    EXPECT_EQ(drops(), expected_drops(GetParam()));
}

void OddExchange::answer_oddly(std::vector<std::string> arguments) {
    answer_with(GetParam().make);
    run(std::move(arguments));
}

}  // namespace nlinit::test
