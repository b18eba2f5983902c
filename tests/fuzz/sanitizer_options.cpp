// SPDX-License-Identifier: Apache-2.0
// What AddressSanitizer does for each allocation of a fuzzer. Its defaults are for programs that run once: 256 MB of
// freed memory are kept from being used again, so that a run always touches fresh pages, and 30 frames are noted of who
// allocated and who freed. A run holds far less than 16 MB. The frames of an allocation serve nobody until something is
// found, and take a fifth of a run of the clients: what is found is a file, and is run again with
// ASAN_OPTIONS=malloc_context_size=30.
extern "C" const char* __asan_default_options() {
    return "quarantine_size_mb=16:malloc_context_size=2";
}
