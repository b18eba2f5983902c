// SPDX-License-Identifier: Apache-2.0
// The lease of the last boot, kept in a file (see dhcp/lease_record). A file that cannot be used stops nothing: the
// caller logs the error, and the client starts with DISCOVER.
#pragma once

#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/lease_record.hpp"

namespace nlinit::dhcp_io {

// The file's text. A missing file gives an error of code ENOENT.
[[nodiscard]] Result<std::string> read_lease_file(const std::string& path);

// Reads the lease from `text`, the content of the file at `path`, for dhcp::Recalled. Fails when the text is no record,
// when the lease has ended, and when it is the lease of another holder.
[[nodiscard]] Result<dhcp::Lease> lease_kept_in(const std::string& path, std::string_view text,
                                                const dhcp::LeaseHolder& holder, const dhcp::LeaseRules& rules);

// Replaces the old one by rename(2), as sys::write_file does; makes the directory when it is missing. The file is not
// synced: when a power cut destroys it, the next boot needs one more round trip. Only root can read it, since vendor
// options may hold secrets.
[[nodiscard]] Result<> write_lease_file(const std::string& path, const dhcp::Lease& lease,
                                        const dhcp::LeaseHolder& holder);

// Called after a NAK, a RELEASE or a DECLINE. A missing file is no error.
[[nodiscard]] Result<> remove_lease_file(const std::string& path);

}  // namespace nlinit::dhcp_io
