#!/bin/bash
# Installs the Debian packages that a purpose needs: build, netns (the demo in network namespaces), demo (the one in a
# VM) or test (everything, the default). Asks dpkg first, so that a run with nothing to do takes no time and no network.
#   scripts/install_deps.sh [build|netns|demo|test]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

build=(g++ cmake ninja-build pkg-config libnl-3-dev libnl-route-3-dev libspdlog-dev libfmt-dev libtomlplusplus-dev)
netns=(dnsmasq-base iproute2)
vm=(qemu-system-x86 erofs-utils kmod cpio)
checks=(libgtest-dev libgmock-dev busybox-static strace clang libclang-rt-14-dev clang-format clang-tidy shellcheck)

case ${1:-test} in
    build) wanted=("${build[@]}") ;;
    netns) wanted=("${build[@]}" "${netns[@]}") ;;
    demo) wanted=("${build[@]}" "${vm[@]}") ;;
    test) wanted=("${build[@]}" "${netns[@]}" "${vm[@]}" "${checks[@]}") ;;
    *) die "unknown purpose '$1': build, netns, demo or test" ;;
esac

missing=()
for package in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

((EUID == 0)) || die "not root; install these first: ${missing[*]}"
stage "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
logged apt_update timeout -s KILL 180 apt-get update
logged apt_install timeout -s KILL 600 apt-get install -y --no-install-recommends "${missing[@]}"
