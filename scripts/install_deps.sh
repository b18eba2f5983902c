#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that a purpose needs: build, cross (build, and boot, for another architecture), netns
# (the demo in network namespaces), demo (the one in a VM), docker (the one with Docker), documents (manuals rendered,
# completions asked in each shell, their commands run), package (packages made and looked at), unit (the unit tests and
# the checks of text) or test (everything, the default). Asks dpkg first, so that a run with nothing to do takes no time
# and no network.
#   scripts/install_deps.sh [build|cross|netns|demo|docker|documents|package|unit|test]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

build=(g++ cmake ninja-build pkg-config libnl-3-dev libnl-route-3-dev libspdlog-dev libfmt-dev libtomlplusplus-dev
    rapidjson-dev)
netns=(dnsmasq-base iproute2)
# For tests, which start them in namespaces of their own.
servers=(isc-dhcp-server isc-dhcp-relay kea-dhcp4-server kea-dhcp6-server radvd)
vm=(erofs-utils kmod cpio)
roots=(e2fsprogs fdisk squashfs-tools xfsprogs btrfs-progs) # for tests of other filesystems, and their roots in VMs
unit=(libgtest-dev libgmock-dev clang lld clang-format shellcheck)
checks=(busybox-static strace curl clang-tidy libasio-dev make)

documents=(man-db groff mandoc zsh fish zstd kmod cpio)
packages=(lintian rpm debootstrap jq)

# Until Debian 12 it is a part of QEMU's packages.
debian=$(source /etc/os-release && printf '%s' "${VERSION_ID:-99}") # testing has no number
((debian < 13)) || vm+=(virtiofsd)

# clang_runtime: the package with what sanitizers and fuzzers link, named by the version of the clang that is installed,
# or else would be. False if that is not known yet.
clang_runtime() {
    local depends
    depends=$(dpkg-query -W -f '${Depends}' clang 2>/dev/null || apt-cache depends clang 2>/dev/null)
    [[ $depends =~ clang-([0-9]+) ]] && printf 'libclang-rt-%s-dev' "${BASH_REMATCH[1]}"
}

case $(dpkg --print-architecture) in
    amd64)
        vm+=(qemu-system-x86)
        cross=(g++-aarch64-linux-gnu lld qemu-system-arm) # libraries: scripts/fetch_sysroot.sh
        ;;
    arm64)
        vm+=(qemu-system-arm)
        build+=(lld)
        cross=()
        ;;
    *) die "nlinit is built on amd64 and arm64" ;;
esac

case ${1:-test} in
    build) wanted=("${build[@]}") ;;
    cross) wanted=("${build[@]}" "${vm[@]}" "${cross[@]}") ;;
    netns) wanted=("${build[@]}" "${netns[@]}") ;;
    demo) wanted=("${build[@]}" "${vm[@]}") ;;
    docker) wanted=("${build[@]}" "${vm[@]}" debootstrap e2fsprogs) ;;
    documents) wanted=("${netns[@]}" "${documents[@]}") ;;
    package) wanted=("${build[@]}" "${cross[@]}" "${packages[@]}") ;;
    unit) wanted=("${build[@]}" "${unit[@]}") ;;
    test)
        wanted=("${build[@]}" "${unit[@]}" "${netns[@]}" "${servers[@]}" "${vm[@]}" "${cross[@]}" "${roots[@]}"
            "${checks[@]}" "${documents[@]}" "${packages[@]}")
        ;;
    *) die "unknown purpose '$1': build, cross, netns, demo, docker, documents, package, unit or test" ;;
esac

if [[ " ${wanted[*]} " == *' clang '* ]] && runtime=$(clang_runtime); then
    wanted+=("$runtime")
fi
missing=()
for package in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

new_servers=()
for package in "${servers[@]}"; do
    [[ " ${missing[*]} " != *" $package "* ]] || new_servers+=("$package")
done

# forbid_services: until this script ends, none is started by its installation: a DHCP server would answer on the host's
# own network. A policy that is there already must say so itself (invoke-rc.d(8): 101 is "no").
forbid_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [[ -e $policy ]]; then
        "$policy" "${new_servers[0]}" start >/dev/null 2>&1 || status=$?
        ((status == 101)) || die "$policy would let servers start; install these yourself: ${new_servers[*]}"
        return
    fi
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
}

# disable_services: nor are they started by the next boot of this host.
disable_services() {
    local package
    for package in "${new_servers[@]}"; do
        logged disable_services update-rc.d "$package" disable
    done
}

((EUID == 0)) || die "not root; install these first: ${missing[*]}"
stage "installing ${missing[*]}"
((${#new_servers[@]} == 0)) || forbid_services
export DEBIAN_FRONTEND=noninteractive
logged apt_update timeout -s KILL 180 apt-get update
# With a new index clang may be another, or be known at all.
if [[ " ${missing[*]} " == *' clang '* ]]; then
    runtime=$(clang_runtime) || die "apt-cache does not know which version clang has"
    missing+=("$runtime")
fi
logged apt_install timeout -s KILL 600 apt-get install -y --no-install-recommends "${missing[@]}"
((${#new_servers[@]} == 0)) || disable_services
