// SPDX-License-Identifier: Apache-2.0
// Names: what has brought shells and resolvers to do other people's will (RFC 1035, RFC 3397).
#include "hostile/effect_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::bytes_of;
using test::Effect;
using test::joined;
using test::kNameServer;
using test::with;
using ::testing::ValuesIn;

Effect domain(std::string name, Bytes value, const std::string& search = {}) {
    return {.name = std::move(name),
            .make = with(OptionCode::domain_name, std::move(value)),
            .resolv_conf = (search.empty() ? "" : "search " + search + '\n') + kNameServer};
}

Effect domain(std::string name, std::string_view value, const std::string& search = {}) {
    return domain(std::move(name), bytes_of(value), search);
}

std::string labels(std::size_t count, std::size_t size) {
    std::string name;
    for (std::size_t i = 0; i < count; ++i) name += std::string(size, 'a') + '.';
    return name + "example";
}

std::vector<Effect> domains() {
    using namespace std::string_view_literals;
    return {
        domain("good", "example.org", "example.org"),
        domain("with_a_root_dot", "example.org.", "example.org"),
        domain("with_a_nul_behind", "example.org\0"sv, "example.org"),
        domain("empty", ""),
        domain("nul_alone", "\0"sv),
        domain("nul_inside", "example\0.org"sv),
        domain("newline_and_a_directive", "example.org\nnameserver 6.6.6.6"),
        domain("carriage_return", "example.org\rx"),
        domain("tab", "example\torg", "example org"),
        domain("space", "example.org other.example", "example.org other.example"),
        domain("space_behind", "example.org ", "example.org"),
        domain("comma", "a,b"),
        domain("single_quote", "example'org"),
        domain("double_quote", "example\"org"),
        domain("shell_command", "$(reboot).org"),
        domain("shellshock", "() { :;}; reboot"),
        domain("semicolon", "example.org;reboot"),
        domain("backtick", "`reboot`"),
        domain("pipe", "a|b"),
        domain("slash", "../../etc/passwd"),
        domain("percent", "%s%n"),
        domain("backslash", "a\\b"),
        domain("escape", "\x1b[2J"),
        domain("delete", "a\x7f"),
        domain("utf_8", "ex\xc3\xa4mple.org"),
        domain("byte_ff", "\xff\xfe"),
        domain("leading_hyphen", "-v.example.org"),
        domain("label_with_a_leading_hyphen", "a.-b"),
        domain("dot_alone", "."),
        domain("two_dots", "example..org"),
        domain("leading_dot", ".example.org", "example.org"),
        domain("label_of_63", labels(1, 63), labels(1, 63)),
        domain("label_of_64", labels(1, 64)),
        domain("name_of_255_bytes", Bytes(255, 'a')),
        domain("name_of_over_253_in_labels", labels(4, 62)),
    };
}

Effect search(std::string name, Bytes value, const std::string& names = {}) {
    return {.name = std::move(name),
            .make = with(OptionCode::domain_search, std::move(value)),
            .resolv_conf = (names.empty() ? "" : "search " + names + '\n') + kNameServer};
}

const Bytes kGood{1, 'a', 1, 'b', 0};  // "a.b", 5 bytes

// "z" and jumps backwards to it, each by the one before.
Bytes nested(std::uint8_t jumps) {
    Bytes value{1, 'z', 0};
    for (std::uint8_t i = 0; i < jumps; ++i) {
        const std::uint8_t before = i == 0 ? 0 : static_cast<std::uint8_t>(3 + 4 * (i - 1));
        value = joined({value, {1, 'y', 0xc0, before}});
    }
    return value;
}

std::vector<Effect> searches() {
    return {
        search("good", kGood, "a.b"),
        search("empty", {}),
        search("root_alone", {0}),
        search("pointer_backwards", joined({kGood, {1, 'c', 0xc0, 2}}), "a.b c.b"),
        search("pointer_to_itself", joined({kGood, {0xc0, 5}}), "a.b"),
        search("pointer_loop", joined({kGood, {1, 'c', 0xc0, 5}}), "a.b"),
        search("pointers_at_each_other", joined({kGood, {0xc0, 7, 0xc0, 5}}), "a.b"),
        search("pointer_forward", joined({kGood, {1, 'c', 0xc0, 9, 1, 'd', 0}}), "a.b"),
        search("pointer_outside", joined({kGood, {0xff, 0xff}}), "a.b"),
        search("pointer_cut_short", joined({kGood, {0xc0}}), "a.b"),
        search("pointer_alone", {0xc0, 0}),
        search("label_type_40", joined({kGood, {0x41, 'c', 0}}), "a.b"),
        search("label_type_80", joined({kGood, {0x81, 'c', 0}}), "a.b"),
        search("label_beyond_the_end", joined({kGood, {9, 'c'}}), "a.b"),
        search("root_missing", joined({kGood, {1, 'c'}}), "a.b"),
        search(
            "name_of_over_255",
            joined(
                {kGood, {63}, Bytes(63, 'x'), {63}, Bytes(63, 'x'), {63}, Bytes(63, 'x'), {63}, Bytes(63, 'x'), {0}}),
            "a.b"),
        search("newline_in_a_label", joined({{3, 'c', '\n', 'd', 0}, kGood}), "a.b"),
        search("space_in_a_label", joined({{3, 'c', ' ', 'd', 0}, kGood}), "a.b"),
        search("dot_in_a_label", joined({{3, 'c', ' ', '.', 0}, kGood}), "a.b"),
        search("nul_in_a_label", joined({{2, 'c', 0, 0}, kGood}), "a.b"),
    };
}

class NameOption : public test::EffectTest {};
TEST_P(NameOption, IsWrittenOnlyIfFit) {
    exchange_and_expect();
}
INSTANTIATE_TEST_SUITE_P(Domain, NameOption, ValuesIn(domains()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Search, NameOption, ValuesIn(searches()), test::kByName);

class LongNames : public test::EffectFixture {};

// Every jump reads the whole chain again: without a bound that is quadratic.
TEST_F(LongNames, OfFortyNestedPointersEndSomewhere) {
    exchange(with(OptionCode::domain_search, nested(40)));
    expect_success();
    EXPECT_THAT(resolv_conf(), ::testing::StartsWith("search z y.z y.y.z "));
    EXPECT_THAT(resolv_conf(), ::testing::EndsWith('\n' + kNameServer));
}

TEST_F(LongNames, InManyPartsAreReadInLinearTime) {
    exchange([](auto& answer) {
        for (int i = 0; i < 80; ++i) answer.add(OptionCode::domain_search, joined({kGood, {1, 'c', 0xc0, 0}}));
    });
    expect_success();
}

class HostNameOption : public test::EffectFixture {};

TEST_F(HostNameOption, IsReportedOnlyIfFit) {
    exchange(with(OptionCode::host_name, bytes_of("guest\n$(reboot)")));
    expect_success();
    EXPECT_FALSE(lease().has("host_name"));
}

TEST_F(HostNameOption, ThatIsGoodIsReported) {
    exchange(with(OptionCode::host_name, bytes_of("guest-1")));
    expect_success();
    EXPECT_EQ(lease()["host_name"].text(), "guest-1");
}

}  // namespace
}  // namespace nlinit
