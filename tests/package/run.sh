#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs nlinit below build/, and builds and runs a project that embeds it from there: the pure client by itself, the
# client with a socket of its own and the keepers of leases in a network namespace beside dnsmasq in another. Needs root
# and a build, dev's unless another is named. What is sanitized is embedded by clang, as it was built.
#   tests/package/run.sh [dev|asan|library]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

built=build/${1:-dev}
folder=build/package
prefix=$PWD/$folder/prefix
package=$prefix/lib/cmake/nlinit
guest=nlinit-package-guest-$$
server=nlinit-package-server-$$
dnsmasq=
client=
compiler=g++
sanitizer=
if [[ ${1:-} == asan ]]; then
    compiler=clang++
    sanitizer=-fsanitize=address,undefined
fi

end() {
    if [[ -n $client ]]; then kill -KILL "$client" 2>/dev/null || true; fi
    if [[ -n $dnsmasq ]]; then kill "$dnsmasq" 2>/dev/null || true; fi
    ip netns delete "$guest" 2>/dev/null || true
    ip netns delete "$server" 2>/dev/null || true
}

# without_libnl COMMAND…: on a machine where pkg-config finds nothing.
without_libnl() { PKG_CONFIG_LIBDIR='' PKG_CONFIG_PATH='' "$@"; }

# configure NAME ARGUMENT…: the embedding project, in a folder of this name.
configure() {
    local name=$1
    shift
    cmake -G Ninja -S tests/package -B "$folder/$name" -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_COMPILER="$compiler" \
        -D CMAKE_CXX_FLAGS="$sanitizer" "$@"
}

check_installed() {
    [[ -f $prefix/include/nlinit/dhcp/client.hpp && -f $prefix/share/man/man7/nlinit-embedding.7 ]] ||
        die "the prefix lacks something"
    [[ ! -e $prefix/sbin/nlinit ]] || die "a program that is not static is installed"
    [[ ! -e $prefix/share/man/man8 && ! -e $prefix/share/bash-completion && ! -e $prefix/share/doc ]] ||
        die "what belongs to the program is installed without it"
    [[ ! -e $prefix/include/nlinit/app ]] || die "headers of the program are installed"
    ! grep -rniE 'toml|spdlog|fmt' "$package" || die "the package names what is private to nlinit"
    ! grep -rnF "$PWD" "$package" || die "the package names the folder that it was built in"
}

# refused ARGUMENTS SENTENCE: find_package(nlinit ARGUMENTS) fails, and says so.
refused() {
    mkdir -p "$folder/refused"
    printf 'cmake_minimum_required(VERSION 3.25)\nproject(refused LANGUAGES NONE)\nfind_package(nlinit %s)\n' "$1" \
        >"$folder/refused/CMakeLists.txt"
    ! cmake -S "$folder/refused" -B "$folder/refused" -D CMAKE_PREFIX_PATH="$prefix" >"$folder/refused/log" 2>&1 ||
        die "find_package(nlinit $1) was satisfied"
    # CMake breaks long lines.
    tr -s ' \n' ' ' <"$folder/refused/log" | grep -qF "$2" || die "no '$2' in $folder/refused/log"
}

# Each header finds all that it includes, in the prefix.
check_headers() {
    (cd "$prefix/include" && find nlinit -name '*.hpp' -printf '#include <%p>\n') |
        g++ -std=c++20 -fsyntax-only -I "$prefix/include" -x c++ -
}

# Without CMake.
check_make() {
    mkdir -p "$folder/make"
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig CXX=$compiler CXXFLAGS=$sanitizer LDFLAGS=$sanitizer \
        make -C "$folder/make" -f "$PWD/tests/package/Makefile"
    ! ldd "$folder/make/pure_client" | grep libnl || die "nlinit-core.pc links libnl"
    check_pure_program "$folder/make/pure_client"
}

# check_pure_program PROGRAM: a lease without a network.
check_pure_program() {
    diff - <("$1") <<'LEASE' || die "$1 said something else"
broadcast DISCOVER
broadcast REQUEST
probe 192.0.2.50
bind 192.0.2.50/24, 192.0.2.0/24, default via 192.0.2.1 for 3600 s
unicast REQUEST
bind 192.0.2.50/24, 192.0.2.0/24, default via 192.0.2.1 for 3600 s
unbind 192.0.2.50
LEASE
}

check_pure_client() {
    local deps
    without_libnl configure core -D CMAKE_PREFIX_PATH="$prefix"
    [[ ! -e $folder/core/CMakeFiles/lease_keeper.dir ]] || die "nlinit::linux is there without libnl"
    cmake --build "$folder/core"
    deps=$(ninja -C "$folder/core" -t deps)
    [[ $deps == *"/nlinit/dhcp/client.hpp"* ]] || die "no headers of nlinit were used"
    ! grep -E 'toml\+\+|spdlog|/fmt/|netlink' <<<"$deps" || die "a header of another library was used"
    ! ninja -C "$folder/core" -t commands | grep -E 'libnl-|-lnl|nlinit_linux' || die "more than core is linked"
    ! ldd "$folder/core/pure_client" | grep libnl || die "libnl is loaded"
    check_pure_program "$folder/core/pure_client"
}

start_server() {
    ip netns add "$guest"
    ip netns add "$server"
    ip -n "$server" link add srv0 type veth peer name eth0 netns "$guest"
    ip -n "$server" address add 192.0.2.1/24 dev srv0
    ip -n "$server" address add 2001:db8::1/64 dev srv0 nodad
    ip -n "$server" link set srv0 up
    : >"$folder/dnsmasq.log"
    nsenter --net="/run/netns/$server" dnsmasq --no-daemon --conf-file=/dev/null --user=root --port=0 \
        --interface=srv0 --bind-interfaces --no-ping --log-dhcp --pid-file= --dhcp-leasefile="$folder/dnsmasq.leases" \
        --dhcp-range=192.0.2.50,192.0.2.50,1h --dhcp-range=2001:db8::50,2001:db8::50,64,1h \
        >>"$folder/dnsmasq.log" 2>&1 </dev/null &
    dnsmasq=$!
    wait_until 5 grep -q 'DHCP, sockets bound' "$folder/dnsmasq.log" || die "dnsmasq did not start"
}

# Those of either family; of IPv6 that lead beyond the link.
addresses() { ip -n "$guest" -brief address show dev eth0 scope global | awk '{ print $3 }'; }

# check_keeper PROGRAM ADDRESS RELEASED: the program is one below the folder, the last dnsmasq's word.
check_keeper() {
    local line
    : >"$folder/dnsmasq.log"
    exec 3< <(exec nsenter --net="/run/netns/$guest" "$folder/$1" eth0 2>&1)
    client=$!
    read -r -t 15 line <&3 || die "$1: no lease in time"
    [[ $line == "bound $2" ]] || die "$1 said '$line'"
    [[ $(addresses) == "$2" ]] || die "$1: the interface has '$(addresses)'"
    kill -TERM "$client"
    wait "$client" || die "$1 ended with status $?"
    client=
    [[ -z $(addresses) ]] || die "$1: the interface still has '$(addresses)'"
    wait_until 5 grep -q "$3" "$folder/dnsmasq.log" || die "$1: the lease was not given back"
}

check_poll_client() {
    ip -n "$guest" link set eth0 up
    diff - <(timeout 15 nsenter --net="/run/netns/$guest" "$folder/core/poll_client" eth0 2>&1) <<'LEASE' ||
bound 192.0.2.50/24
unbound 192.0.2.50
LEASE
        die "the client with a socket of its own said something else"
    wait_until 5 grep -q 'DHCPRELEASE(srv0) 192.0.2.50' "$folder/dnsmasq.log" || die "its lease was not given back"
    ip -n "$guest" link set eth0 down
}

check_keepers() {
    configure full -D CMAKE_PREFIX_PATH="$prefix"
    cmake --build "$folder/full" --target lease_keeper asio_keeper dhcp6_keeper
    check_keeper full/lease_keeper 192.0.2.50/24 'DHCPRELEASE(srv0) 192.0.2.50'
    check_keeper make/lease_keeper 192.0.2.50/24 'DHCPRELEASE(srv0) 192.0.2.50'
    check_keeper full/asio_keeper 192.0.2.50/24 'DHCPRELEASE(srv0) 192.0.2.50'
    check_keeper full/dhcp6_keeper 2001:db8::50/128 'DHCPRELEASE(srv0) 00:0[34]:'
}

# As FetchContent does it. Only one file is compiled: what nlinit's own files need is known from its own build.
check_subdirectory() {
    local targets
    configure part -D NLINIT_SOURCE="$PWD"
    targets=$(ninja -C "$folder/part" -t targets all)
    [[ $targets == *libnlinit_linux.a* && $targets == *lease_keeper* ]] || die "nlinit is no part of the build"
    [[ $targets != *unit_tests* ]] || die "its tests are a part of the build"
    ! grep -q sbin "$folder/part/nlinit/cmake_install.cmake" || die "it would be installed with the whole"
    ninja -C "$folder/part" CMakeFiles/pure_client.dir/pure_client.cpp.o
}

((EUID == 0)) || die "needs root"
[[ -f $built/libnlinit_linux.a ]] || die "no $built: scripts/build.sh ${1:-dev} makes it"
trap end EXIT
trap 'exit 130' INT TERM
rm -rf "$folder"
mkdir -p "$folder"
cmake --install "$built" --prefix "$prefix"
check_installed
refused '0.3 REQUIRED' 'compatible with requested version "0.3"'
refused '0.2 REQUIRED COMPONENTS windows' 'nlinit_FOUND to FALSE'
without_libnl refused '0.2 REQUIRED COMPONENTS linux' 'component linux needs libnl-3'
check_headers
check_make
check_pure_client
start_server
check_poll_client
check_keepers
check_subdirectory
echo 'package: installed, found, embedded'
