// The lease of the last boot, kept in a file (see dhcp/lease_record). A file that cannot be used is no obstacle: its
// error is for the log, and the client starts with DISCOVER.
#pragma once

#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/lease_record.hpp"

namespace nlinit::dhcp_io {

// What the file says. No file is an error of ENOENT.
[[nodiscard]] Result<std::string> read_lease_file(const std::string& path);

// The lease in what the file at `path` says, for dhcp::Recalled. No record, or a lease that is over or another
// holder's, is an error.
[[nodiscard]] Result<dhcp::Lease> lease_kept_in(const std::string& path, std::string_view text,
                                                const dhcp::LeaseHolder& holder, const dhcp::LeaseRules& rules);

// Replaces the old one by rename(2), as sys::write_file does; makes the directory when it is missing. Not synced: what
// a power cut takes is a round trip of the next boot. For root alone, since vendor options may hold what is not for
// everyone.
[[nodiscard]] Result<> write_lease_file(const std::string& path, const dhcp::Lease& lease,
                                        const dhcp::LeaseHolder& holder);

// After a NAK, a RELEASE or a DECLINE. No file is fine.
[[nodiscard]] Result<> remove_lease_file(const std::string& path);

}  // namespace nlinit::dhcp_io
