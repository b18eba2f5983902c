#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the VM tests, all or those named: each boots the static nlinit as PID 1 in an emulated QEMU and looks at the
# guest's console. A case is a file of cases/, in the words of case.sh. A case in which nothing depends on the
# architecture runs on the first one only, and a slow one only where it is named. As many run at a time as there are
# processors, and one more, for they also wait; each has build/vm/ARCH/NAME.
# The last line is `N passed, N failed`.
#   tests/vm/run.sh [--arch ARCH]… [NAME…]      default: for this machine's architecture
# KERNEL=DIRECTORY is another kernel than Debian's cloud kernel of this release: its package, unpacked, with the index of
# its modules that depmod(8) makes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/architecture.sh"

architectures=()
while [[ ${1:-} == --arch ]]; do
    can_make "${2:-}" || die "no guests of architecture '${2:-}' here: $(all_architectures)"
    architectures+=("$2")
    shift 2
done
((${#architectures[@]} > 0)) || architectures=("$(host_architecture)")
if (($# > 0)); then
    names=("$@")
else
    mapfile -t names < <(grep -Lx slow tests/vm/cases/*.sh)
fi

# In a subshell: what the library knows is about one architecture.
prepare() (
    source scripts/lib/vm.sh
    [[ -x $VM_NLINIT ]] || die "no $VM_NLINIT: scripts/build.sh --arch $VM_ARCH makes it"
    [[ -x $VM_TOOL ]] || die "no $VM_TOOL, which makes the images: scripts/build.sh"
    vm_prepare
    vm_fetch_busybox
)
for arch in "${architectures[@]}"; do
    VM_ARCH=$arch prepare
done
results=build/vm/results
rm -rf "$results"
mkdir -p "$results"

# applies NAME ARCH: not if the case says `only` of others, or `once` and ARCH is not the first.
applies() {
    local case only
    case=tests/vm/cases/$(basename "$1" .sh).sh
    [[ -f $case ]] || return 0 # case.sh says so
    ! grep -qx once "$case" || [[ $2 == "${architectures[0]}" ]] || return 1
    only=$(sed -n 's/^only \([^#]*\).*/\1/p' "$case")
    [[ -z $only || " $only " == *" $2 "* ]]
}

all=()
for name in "${names[@]}"; do
    for arch in "${architectures[@]}"; do
        ! applies "$name" "$arch" || all+=("$name $arch")
    done
done
((${#all[@]} > 0)) || die "none of these is a case for ${architectures[*]}: ${names[*]}"

# Each case is a process of its own, so that none can disturb another.
printf '%s\n' "${all[@]}" | xargs -P $(($(nproc) + 1)) -L 1 bash tests/vm/case.sh "$results" || true

passed=$(find "$results" -name '*.passed' | wc -l)
printf '%d passed, %d failed\n' "$passed" $((${#all[@]} - passed))
((passed == ${#all[@]}))
