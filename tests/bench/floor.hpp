// SPDX-License-Identifier: Apache-2.0
// The least that a DHCP client can do, and the end of the program where that fails.
#pragma once

// Up, with a lease, its address and its default route. The sockets stay open: their close would be no part of it.
void configure_link(const char* name, bool rapid);
