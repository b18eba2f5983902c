// SPDX-License-Identifier: Apache-2.0
// Where options stand: without an end, spread over the file and sname fields (RFC 2132 9.3), in parts (RFC 3396).
#include "hostile/effect_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::Effect;
using test::joined;
using test::option_bytes;
using test::RawAnswer;
using ::testing::ValuesIn;

const Bytes kFileDns = option_bytes(OptionCode::name_server, Bytes{192, 0, 2, 61});
const Bytes kSnameDns = option_bytes(OptionCode::name_server, Bytes{192, 0, 2, 62});

Bytes area(std::size_t size, std::initializer_list<Bytes> parts) {
    Bytes bytes = joined(parts);
    bytes.push_back(255);
    bytes.resize(size);
    return bytes;
}

// Another DNS server in each of the two fields, so that it shows which were read and how often.
test::Spoil overloaded(Bytes overload, Bytes more_in_file = {}, Bytes more_in_sname = {}) {
    return [=](RawAnswer& answer) {
        answer.add(OptionCode::overload, overload);
        answer.file = area(128, {more_in_file, kFileDns});
        answer.sname = area(64, {more_in_sname, kSnameDns});
    };
}

const std::string kBoth = "nameserver 192.0.2.53\nnameserver 192.0.2.61\nnameserver 192.0.2.62\n";
const std::string kFile = "nameserver 192.0.2.53\nnameserver 192.0.2.61\n";
const std::string kSname = "nameserver 192.0.2.53\nnameserver 192.0.2.62\n";
const Bytes kOverload3 = option_bytes(OptionCode::overload, Bytes{3});

const std::vector<Effect> kOverloads{
    {.name = "none_and_options_in_file_and_sname",
     .make = [](auto& a) { a.file = area(128, {kFileDns}), a.sname = area(64, {kSnameDns}); }},
    {.name = "0", .make = overloaded({0})},
    {.name = "1", .make = overloaded({1}), .resolv_conf = kFile},
    {.name = "2", .make = overloaded({2}), .resolv_conf = kSname},
    {.name = "3", .make = overloaded({3}), .resolv_conf = kBoth},
    {.name = "4", .make = overloaded({4})},
    {.name = "255", .make = overloaded({255})},
    {.name = "of_0_bytes", .make = overloaded({})},
    {.name = "of_2_bytes", .make = overloaded({3, 3})},
    {.name = "again_in_the_file_field", .make = overloaded({1}, kOverload3), .resolv_conf = kFile},
    {.name = "again_in_the_sname_field", .make = overloaded({2}, {}, kOverload3), .resolv_conf = kSname},
    {.name = "in_both_fields_again", .make = overloaded({3}, kOverload3, kOverload3), .resolv_conf = kBoth},
    {.name = "twice_the_same",
     .make =
         [](auto& a) {
             overloaded({3})(a);
             a.add(OptionCode::overload, {3});
         },
     .resolv_conf = kBoth},
    {.name = "twice_and_the_first_counts",
     .make =
         [](auto& a) {
             overloaded({1})(a);
             a.add(OptionCode::overload, {3});
         },
     .resolv_conf = kFile},
    {.name = "fields_full_and_without_an_end",
     .make =
         [](auto& a) {
             a.add(OptionCode::overload, {3});
             a.file = Bytes(128 - kFileDns.size()), a.file.insert(a.file.end(), kFileDns.begin(), kFileDns.end());
             a.sname = Bytes(64 - kSnameDns.size()), a.sname.insert(a.sname.end(), kSnameDns.begin(), kSnameDns.end());
         },
     .resolv_conf = kBoth},
};

// One byte in each part.
void in_single_bytes(RawAnswer& answer, OptionCode code, const Bytes& value) {
    answer.remove(code);
    for (const auto byte : value) answer.add(code, {byte});
}

const std::vector<Effect> kParts{
    {.name = "no_end", .make = [](auto& a) { a.end = {}, a.padded_to = 0; }},
    {.name = "options_behind_the_end",
     .make =
         [](auto& a) {
             a.end = joined({{255}, option_bytes(OptionCode::name_server, Bytes{9, 9, 9, 9})});
         }},
    {.name = "pads_between_all",
     .make =
         [](auto& a) {
             Bytes spread;
             for (const auto& option : a.options)
                 spread = joined({spread, Bytes(9), option_bytes(option.code, option.value)});
             a.options.clear();
             a.end = joined({spread, {255}});
         }},
    {.name = "type_last",
     .make = [](auto& a) { std::rotate(a.options.begin(), a.options.begin() + 1, a.options.end()); }},
    {.name = "type_twice_the_same", .make = [](auto& a) { a.options.push_back(a.options.front()); }},
    {.name = "router_in_single_bytes",
     .make =
         [](auto& a) {
             in_single_bytes(a, OptionCode::router, {192, 0, 2, 1});
         }},
    {.name = "dns_in_single_bytes_with_empty_parts",
     .make =
         [](auto& a) {
             in_single_bytes(a, OptionCode::name_server, {192, 0, 2, 53});
             for (int i = 0; i < 400; ++i) a.add(OptionCode::name_server, {});
         }},
    {.name = "host_name_of_1100_bytes_in_parts", .make = test::with(OptionCode::host_name, Bytes(1100, 'h'))},
    {.name = "five_hundred_options_of_no_length",
     .make =
         [](auto& a) {
             for (unsigned i = 0; i < 500; ++i) a.add(OptionCode{static_cast<std::uint8_t>(128 + i % 120)}, {});
         }},
};

class OptionLayout : public test::EffectTest {};
TEST_P(OptionLayout, IsReadOnce) {
    exchange_and_expect();
}
INSTANTIATE_TEST_SUITE_P(Overload, OptionLayout, ValuesIn(kOverloads), test::kByName);
INSTANTIATE_TEST_SUITE_P(Parts, OptionLayout, ValuesIn(kParts), test::kByName);

}  // namespace
}  // namespace nlinit
