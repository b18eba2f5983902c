// SPDX-License-Identifier: Apache-2.0
// A server's reply as bytes, written from RFC 2131 figure 1 and not with serialize(), so that tests can put anything
// anywhere.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp/option.hpp"

namespace nlinit::test {

class ReplyBytes {
  public:
    static constexpr std::size_t kSnameAt = 44, kFileAt = 108, kCookieAt = 236, kOptionsAt = 240;
    static constexpr std::size_t kSnameSize = 64, kFileSize = 128;

    // An OFFER of 10.0.2.15 to 52:54:00:12:34:56 with the xid 0x12345678, and no option yet.
    ReplyBytes() : bytes_(kOptionsAt) {
        at(0, {2, 1, 6, 0, 0x12, 0x34, 0x56, 0x78});
        at(16, {10, 0, 2, 15});
        at(28, {0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
        at(kCookieAt, {0x63, 0x82, 0x53, 0x63});
    }

    ReplyBytes& at(std::size_t offset, const Bytes& values) {
        std::copy(values.begin(), values.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
        return *this;
    }
    ReplyBytes& sname(const Bytes& values) { return at(kSnameAt, values); }
    ReplyBytes& file(const Bytes& values) { return at(kFileAt, values); }

    ReplyBytes& raw(const Bytes& values) {
        bytes_.insert(bytes_.end(), values.begin(), values.end());
        return *this;
    }
    ReplyBytes& option(int code, const Bytes& value) { return raw(encoded(code, value)); }
    ReplyBytes& type(std::uint8_t value) { return option(53, {value}); }
    ReplyBytes& end() { return raw({255}); }

    static Bytes encoded(int code, const Bytes& value) {
        Bytes bytes{static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(value.size())};
        bytes.insert(bytes.end(), value.begin(), value.end());
        return bytes;
    }

    operator const Bytes&() const { return bytes_; }  // NOLINT(google-explicit-constructor)
    operator ByteView() const { return bytes_; }      // NOLINT(google-explicit-constructor)
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  private:
    Bytes bytes_;
};

}  // namespace nlinit::test
