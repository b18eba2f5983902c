// A lease, its record and the clocks of its boot, for tests of what the next boot makes of it.
#pragma once

#include <random>
#include <string>

#include "dhcp/acks.hpp"
#include "nlinit/dhcp/lease_record.hpp"

namespace nlinit::test {

inline const dhcp::LeaseHolder kHolder{kGuestMac, {1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};
inline constexpr std::int64_t kNow = 1'795'569'949;  // 2026-11-25T01:25:49Z

// Ten seconds into the lease of ack().
inline dhcp::Clocks first_boot() {
    return {"5c3c2a0e-7d0b-4c5e-9c57-0f6f5f8f1d11", kRequestedAt + std::chrono::seconds(10), kNow + 10};
}

inline dhcp::LeaseRecord record_of_ack(const dhcp::Message& message = ack()) {
    return record_of(lease_of(message), kHolder, first_boot());
}

// Any record that can be written, whether or not it makes a lease.
inline dhcp::LeaseRecord random_record(std::mt19937& random) {
    const auto up_to = [&](std::uint64_t highest) {
        return std::uniform_int_distribution<std::uint64_t>(0, highest)(random);
    };
    const auto bytes = [&](std::size_t size) {
        Bytes some(size);
        for (auto& byte : some) byte = static_cast<std::uint8_t>(random());
        return some;
    };
    dhcp::LeaseRecord record;
    MacAddress::Octets mac{};
    for (auto& octet : mac) octet = static_cast<std::uint8_t>(random());
    record.holder = {MacAddress(mac), bytes(1 + up_to(254))};
    record.address = Ipv4Address::from_integer(static_cast<std::uint32_t>(random()));
    record.prefix_length = static_cast<std::uint8_t>(up_to(32));
    record.server = Ipv4Address::from_integer(static_cast<std::uint32_t>(random()));
    record.duration = std::chrono::seconds(up_to(4) == 0 ? 0xffffffff : 1 + up_to(0xfffffffe));
    record.acquired_unix = static_cast<std::int64_t>(up_to(253'402'300'799));
    record.acquired_at =
        TimePoint(std::chrono::seconds(up_to(0xfffffffe)) + std::chrono::nanoseconds(up_to(999'999'999)));
    if (up_to(1) == 0) record.acquired_at = TimePoint(-record.acquired_at.time_since_epoch());
    if (up_to(3) != 0) record.boot_id = first_boot().boot_id;
    for (auto options = up_to(20); options > 0; --options)
        record.options.set(static_cast<dhcp::OptionCode>(1 + up_to(253)), bytes(up_to(300)));
    return record;
}

}  // namespace nlinit::test
