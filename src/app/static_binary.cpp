// What a static binary need not carry. Each definition takes the place of a library's, so that the linker leaves that
// library's object, and all that it needs, in its archive.
#include <netdb.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "nlinit/sys/log.hpp"

// What libnl's archive members want of glibc for functions that nlinit never calls, and so what these answer is that
// nothing was found.
struct nl_cache;
struct rtnl_link;

extern "C" {
// nl_addr_info(), nl_addr_resolve(), nl_str2ip_proto(): a resolver that cannot even work in a static binary, for it
// loads plug-ins. 165 kB.
int getaddrinfo(const char* /*node*/, const char* /*service*/, const addrinfo* /*hints*/, addrinfo** /*result*/) {
    return EAI_FAIL;
}
void freeaddrinfo(addrinfo* /*list*/) noexcept {}
int getnameinfo(const sockaddr* /*address*/, socklen_t /*address_size*/, char* /*host*/, socklen_t /*host_size*/,
                char* /*service*/, socklen_t /*service_size*/, int /*flags*/) {
    return EAI_FAIL;
}
protoent* getprotobyname(const char* /*name*/) {
    return nullptr;
}
protoent* getprotobynumber(int /*number*/) {
    return nullptr;
}

// The names of links in texts that libnl-route makes of addresses and routes, and scopes as it guesses them: the whole
// of its links, with their statistics, SR-IOV and kinds. 42 kB.
rtnl_link* rtnl_link_get(nl_cache* /*links*/, int /*index*/) {
    return nullptr;
}
char* rtnl_link_i2name(nl_cache* /*links*/, int /*index*/, char* /*name*/, std::size_t /*size*/) {
    return nullptr;
}
void rtnl_link_put(rtnl_link* /*link*/) {}

// nl_addr_parse(), nl_us2ticks(), nl_prob2int(), and std::from_chars(long double): conversions in every width of
// floating point and of characters. 95 kB.
// NOLINTBEGIN(bugprone-reserved-identifier): glibc's names
int __isoc99_sscanf(const char* /*text*/, const char* /*format*/, ...) {
    return EOF;
}
int __isoc99_fscanf(FILE* /*stream*/, const char* /*format*/, ...) {
    return EOF;
}
double strtod(const char* text, char** end) noexcept {
    if (end != nullptr) *end = const_cast<char*>(text);
    return 0;
}
long double strtold(const char* text, char** end) noexcept {
    if (end != nullptr) *end = const_cast<char*>(text);
    return 0;
}

// Instead of stdio's sentence in the language of the locale, one in the log, and then what every crash gets.
void __assert_fail(const char* assertion, const char* /*file*/, unsigned int /*line*/,
                   const char* /*function*/) noexcept {
    nlinit::log::emergency(assertion);
    std::abort();
}
}

// The default terminate handler demangles the exception's type: 50 kB. sys/power.cpp installs a better one in PID 1.
namespace __gnu_cxx {
void __verbose_terminate_handler() {
    std::abort();
}
}  // namespace __gnu_cxx
// NOLINTEND(bugprone-reserved-identifier)
