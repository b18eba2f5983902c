// What a static binary need not carry. Both definitions take the place of a library's, so that the linker leaves that
// library's object, and all that it needs, in its archive.
#include <netdb.h>

#include <cstdlib>

// libnl's nl_addr_info() and nl_str2ip_proto() use glibc's resolver, 30 kB that cannot even work in a static binary
// (it loads plug-ins). nlinit calls neither.
extern "C" {
int getaddrinfo(const char* /*node*/, const char* /*service*/, const addrinfo* /*hints*/, addrinfo** /*result*/) {
    return EAI_FAIL;
}
void freeaddrinfo(addrinfo* /*list*/) noexcept {}
protoent* getprotobyname(const char* /*name*/) {
    return nullptr;
}
protoent* getprotobynumber(int /*number*/) {
    return nullptr;
}
}

// The default terminate handler demangles the exception's type: 50 kB. sys/power.cpp installs a better one in PID 1.
namespace __gnu_cxx {
// NOLINTNEXTLINE(bugprone-reserved-identifier): the name is libstdc++'s
void __verbose_terminate_handler() {
    std::abort();
}
}  // namespace __gnu_cxx
