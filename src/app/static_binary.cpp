// SPDX-License-Identifier: Apache-2.0
// What a static binary need not carry. Each definition takes the place of a library's, so that the linker leaves that
// library's object, and all that it needs, in its archive. nlinit's own code calls none of them: it formats by fmt,
// reads and writes by system calls, and knows one locale.
#include <locale.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "nlinit/base/small_printf.hpp"
#include "nlinit/sys/log/log.hpp"

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
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): glibc's names
int __isoc99_sscanf(const char* /*text*/, const char* /*format*/, ...) {
    return EOF;
}
int __isoc99_fscanf(FILE* /*stream*/, const char* /*format*/, ...) {
    return EOF;
}
// The same as glibc calls them from 2.38 on.
int __isoc23_sscanf(const char* /*text*/, const char* /*format*/, ...) {
    return EOF;
}
int __isoc23_fscanf(FILE* /*stream*/, const char* /*format*/, ...) {
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

// Streams, which libnl has for /proc/net/psched and for its dumps, and malloc(3) for its statistics. They know wide
// characters and so character sets, whose converters are plug-ins: with them comes the dynamic loader. 250 kB, with all
// that follows.
FILE* stderr = nullptr;
FILE* stdout = nullptr;
FILE* fopen(const char* /*path*/, const char* /*mode*/) {
    errno = ENOSYS;
    return nullptr;
}
int fclose(FILE* /*stream*/) {
    return EOF;
}
char* fgets(char* /*line*/, int /*size*/, FILE* /*stream*/) {
    return nullptr;
}
int fputc(int /*character*/, FILE* /*stream*/) {
    return EOF;
}
int _IO_fputs(const char* /*text*/, FILE* /*stream*/) {
    return EOF;
}
int fprintf(FILE* /*stream*/, const char* /*format*/, ...) {
    return EOF;
}
int __fprintf_chk(FILE* /*stream*/, int /*flag*/, const char* /*format*/, ...) {
    return EOF;
}
int __vfprintf_chk(FILE* /*stream*/, int /*flag*/, const char* /*format*/, va_list /*arguments*/) {
    return EOF;
}
int __fxprintf(FILE* /*stream*/, const char* /*format*/, ...) {
    return EOF;
}
int __fxprintf_nocancel(FILE* /*stream*/, const char* /*format*/,
                        ...) {  // getopt(3), which prints nothing here: opterr
    return EOF;
}
std::size_t fwrite(const void* /*data*/, std::size_t /*size*/, std::size_t /*count*/, FILE* /*stream*/) {
    return 0;
}
// The list of open streams, which fork(2) and exit(3) walk: it is empty. 45 kB.
void* _IO_iter_begin() {
    return nullptr;
}
void* _IO_iter_end() {
    return nullptr;
}
void* _IO_iter_next(void* /*at*/) {
    return nullptr;
}
FILE* _IO_iter_file(void* /*at*/) {
    return nullptr;
}
void _IO_list_lock() {}
void _IO_list_unlock() {}
void _IO_list_resetlock() {}
// The list of popen(3), likewise, which fork(2) holds from 2.41 on.
void _IO_proc_file_chain_lock() {}
void _IO_proc_file_chain_unlock() {}
void _IO_proc_file_chain_resetlock() {}

// Locales: getopt(3), strerror(3) and dlerror(3) translate what they say; libnl reads numbers in the one called C,
// which is the one there is.
char* __dcgettext(const char* /*domain*/, const char* text, int /*category*/) noexcept {
    return const_cast<char*>(text);
}
char* dcgettext(const char* domain, const char* text, int category) noexcept {
    return __dcgettext(domain, text, category);
}
locale_t newlocale(int /*mask*/, const char* /*name*/, locale_t /*base*/) noexcept {
    return nullptr;
}
void freelocale(locale_t /*locale*/) noexcept {}
locale_t uselocale(locale_t /*locale*/) noexcept {
    return nullptr;
}
// What a conversion of wide characters would begin with.
extern const char __wcsmbs_gconv_fcts_c;
const char __wcsmbs_gconv_fcts_c = 0;
void __wcsmbs_load_conv(void* /*locale*/) {
    std::abort();
}
void* __wcsmbs_clone_conv(void* /*conversions*/) {
    std::abort();
}
int __wcsmbs_named_conv(void* /*conversions*/, const char* /*name*/) {
    return EOF;
}
void _nl_cleanup_ctype(void* /*locale*/) {}

// Numbers, characters and errors in the language of a locale: with them comes the one called C, with its tables of what
// to write for characters that another set does not have. 65 kB. Of characters only libnl asks, for its dumps.
void __ctype_init() {}
const unsigned short** __ctype_b_loc() noexcept {
    static const unsigned short kinds[384] = {};
    static const unsigned short* table = kinds + 128;
    return &table;
}
unsigned long strtoul(const char* text, char** end, int base) noexcept {
    unsigned long value = 0;
    const char* at = text;
    const bool is_hexadecimal = (base == 0 || base == 16) && at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
    if (is_hexadecimal) at += 2;
    const unsigned long radix = is_hexadecimal ? 16 : base == 0 ? 10 : static_cast<unsigned long>(base);
    for (;; ++at) {
        const auto letter = static_cast<unsigned char>(*at | 0x20);
        const unsigned long digit = *at >= '0' && *at <= '9'         ? static_cast<unsigned long>(*at - '0')
                                    : letter >= 'a' && letter <= 'z' ? static_cast<unsigned long>(letter - 'a' + 10)
                                                                     : radix;
        if (digit >= radix) break;
        value = value * radix + digit;
    }
    if (end != nullptr) *end = const_cast<char*>(at);
    return value;
}
long strtol(const char* text, char** end, int base) noexcept {
    const bool is_negative = *text == '-';
    const auto value = static_cast<long>(strtoul(text + (is_negative ? 1 : 0), end, base));
    return is_negative ? -value : value;
}
char* strerror(int number) noexcept {
    const char* text = strerrordesc_np(number);
    return const_cast<char*>(text != nullptr ? text : "Unknown error");
}
char* strerror_l(int number, locale_t /*locale*/) noexcept {
    return strerror(number);
}

// The paths in which the dynamic loader would look for libraries, and the loader with them. 21 kB.
void _dl_init_paths(const char* /*paths*/, const char* /*source*/, const char* /*prepend*/, const char* /*mask*/) {}
int __stack_prot = 0;
// For programs that are another user's when they run (set-user-ID). 5 kB.
int __unsetenv(const char* /*name*/) noexcept {
    return 0;
}

// spdlog's pattern formatter, which stands back for one of our own. Behind them are time zones, in files.
tm* gmtime_r(const time_t* /*time*/, tm* /*result*/) noexcept {
    return nullptr;
}
tm* localtime_r(const time_t* /*time*/, tm* /*result*/) noexcept {
    return nullptr;
}

// Names that libnl looks for in its own tables. glibc's has a version for each set of the processor's instructions.
int strncasecmp(const char* a, const char* b, std::size_t size) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : static_cast<unsigned char>(c); };
    for (; size > 0; --size, ++a, ++b) {
        const int difference = lower(*a) - lower(*b);
        if (difference != 0 || *a == '\0') return difference;
    }
    return 0;
}
int strcasecmp(const char* a, const char* b) noexcept {
    return strncasecmp(a, b, SIZE_MAX);
}

// Strings of a few characters, likewise: 75 kB for the versions of each.
int strncmp(const char* a, const char* b, std::size_t size) noexcept {
    for (; size > 0; --size, ++a, ++b) {
        if (*a != *b) return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
        if (*a == '\0') return 0;
    }
    return 0;
}
int strcmp(const char* a, const char* b) noexcept {
    return strncmp(a, b, SIZE_MAX);
}
char* stpcpy(char* to, const char* from) noexcept {
    while ((*to = *from) != '\0') ++to, ++from;
    return to;
}
char* __stpcpy(char* to, const char* from) noexcept {
    return stpcpy(to, from);
}
char* strcpy(char* to, const char* from) noexcept {
    stpcpy(to, from);
    return to;
}
char* strncpy(char* to, const char* from, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        to[i] = *from;
        if (*from != '\0') ++from;
    }
    return to;
}
char* strncat(char* to, const char* from, std::size_t size) noexcept {
    char* end = to;
    while (*end != '\0') ++end;
    for (; size > 0 && *from != '\0'; --size) *end++ = *from++;
    *end = '\0';
    return to;
}

// strerror(3) of a number that has no name, dlerror(3), and libnl.
int vsnprintf(char* buffer, std::size_t size, const char* format, va_list arguments) noexcept {
    return nlinit::SmallPrintf(buffer, size).print(format, arguments);
}
int vasprintf(char** text, const char* format, va_list arguments) noexcept {
    const auto size = static_cast<std::size_t>(vsnprintf(nullptr, 0, format, arguments)) + 1;
    *text = static_cast<char*>(std::malloc(size));
    return *text == nullptr ? -1 : vsnprintf(*text, size, format, arguments);
}
int __vasprintf_chk(char** text, int /*flag*/, const char* format, va_list arguments) noexcept {
    return vasprintf(text, format, arguments);
}

// What each of the functions with "..." does: CALL is made with its arguments as a list.
#define NLINIT_PASS_ON(CALL)     \
    va_list arguments;           \
    va_start(arguments, format); \
    const int length = CALL;     \
    va_end(arguments);           \
    return length

int snprintf(char* buffer, std::size_t size, const char* format, ...) noexcept {
    NLINIT_PASS_ON(vsnprintf(buffer, size, format, arguments));
}
int __snprintf(char* buffer, std::size_t size, const char* format, ...) noexcept {
    NLINIT_PASS_ON(vsnprintf(buffer, size, format, arguments));
}
int __snprintf_chk(char* buffer, std::size_t size, int /*flag*/, std::size_t /*room*/, const char* format,
                   ...) noexcept {
    NLINIT_PASS_ON(vsnprintf(buffer, size, format, arguments));
}
int sprintf(char* buffer, const char* format, ...) noexcept {
    NLINIT_PASS_ON(vsnprintf(buffer, INT_MAX, format, arguments));
}
// From 2.38 on inet_ntop(3) has it.
int __sprintf_chk(char* buffer, int /*flag*/, std::size_t room, const char* format, ...) noexcept {
    NLINIT_PASS_ON(vsnprintf(buffer, room, format, arguments));
}
int __asprintf(char** text, const char* format, ...) noexcept {
    NLINIT_PASS_ON(vasprintf(text, format, arguments));
}
#undef NLINIT_PASS_ON

// Instead of stdio's sentence in the language of the locale, one in the log, and then what every crash gets.
void __assert_fail(const char* assertion, const char* /*file*/, unsigned int /*line*/,
                   const char* /*function*/) noexcept {
    nlinit::log::emergency(assertion);
    std::abort();
}
// An assertion of glibc's own, from 2.38 on.
void __libc_assert_fail(const char* assertion, const char* file, unsigned int line, const char* function) noexcept {
    __assert_fail(assertion, file, line, function);
}
}

// toml++ reads streams too, which is never asked of it: with their objects come locales. A member of the library's
// template cannot be defined under its own name once that is declared extern, and so these are std::istream::peek() and
// std::istream::read().
[[noreturn]] void peek_into_stream() asm("_ZNSi4peekEv");
void peek_into_stream() {
    std::abort();
}
[[noreturn]] void read_from_stream() asm("_ZNSi4readEPcl");
void read_from_stream() {
    std::abort();
}

// Numbers with a fraction, which toml++ reads and no key takes: they are somewhere between their ends, and that is all
// that is asked of them. 24 kB.
namespace std {
from_chars_result from_chars(const char* /*first*/, const char* last, double& value, chars_format /*format*/) noexcept {
    value = 0;
    return {last, errc{}};
}
}  // namespace std

// The default terminate handler demangles the exception's type: 50 kB. sys/power.cpp installs a better one in PID 1.
namespace __gnu_cxx {
void __verbose_terminate_handler() {
    std::abort();
}
}  // namespace __gnu_cxx
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
