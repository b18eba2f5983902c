#!/bin/bash
# Runs the VM tests, all or those named: each boots the static nlinit as PID 1 in an emulated QEMU and looks at the
# guest's console. A case is a file of cases/, in the words of case.sh. Two run at a time; each has build/vm/NAME.
# The last line is `N passed, N failed`.
#   tests/vm/run.sh [NAME…]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/vm.sh"

[[ -x $VM_NLINIT ]] || die "no $VM_NLINIT: scripts/build.sh release makes it"
vm_prepare

if (($# > 0)); then
    names=("$@")
else
    names=(tests/vm/cases/*.sh)
fi
results=build/vm/results
rm -rf "$results"
mkdir -p "$results"

# Each case is a process of its own, so that none can disturb another.
printf '%s\n' "${names[@]}" | xargs -P 2 -I NAME bash tests/vm/case.sh NAME "$results" || true

passed=$(find "$results" -name '*.passed' | wc -l)
printf '%d passed, %d failed\n' "$passed" $((${#names[@]} - passed))
((passed == ${#names[@]}))
