#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks that the program that ships has what its build asks for (NLINIT_HARDEN): where the kernel loads it, what of it can
# be written, and what the compiler put into its functions. The latter is counted in PROGRAM.symbols, in nlinit's own
# functions alone: the libraries have theirs from Debian. Of -fsanitize=bounds there is nothing to be counted: no array is
# indexed there by what only the running program knows, and the containers have checks of their own.
#   scripts/check_hardening.sh [PROGRAM]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/architecture.sh"

program=${1:-build/release/nlinit}
symbols=$program.symbols
[[ -f $program && -f $symbols ]] || die "no $program with $symbols: scripts/build.sh release makes both"

missing=0
# holds WHAT COMMAND…: says and counts what does not hold.
holds() {
    local what=$1
    shift
    if "$@"; then
        printf '%-52s yes\n' "$what"
    else
        printf '%-52s NO\n' "$what"
        missing=$((missing + 1))
    fi
}

header=$(readelf --file-header --wide "$program")
segments=$(readelf --program-headers --wide "$program")
dynamic=$(readelf --dynamic --wide "$program")
sections=$(readelf --section-headers --wide "$program")
has() { grep -qE -- "$2" <<<"$1"; }
has_not() { ! has "$@"; }
# is_read_only_or_absent SECTION: LLVM's linker makes one and has it in the segment that becomes read-only.
is_read_only_or_absent() {
    local relro
    has "$sections" " ${1//./\\.} " || return 0
    relro=$(sed -n '/Program Headers/,/mapping/p' <<<"$segments" | awk '/^  [A-Z]/ && !/Type/ { if (/GNU_RELRO/) print n + 0; n++ }')
    [[ -n $relro ]] && grep -qE "^ +$(printf '%02d' "$relro") .*${1//./\\.}( |$)" <<<"$segments"
}

holds 'loaded at any address (static-pie)' has "$header" 'Type: +DYN'
holds 'no dynamic loader' has_not "$segments" 'INTERP'
holds 'no segment both written and executed' has_not "$segments" ' (RWE|WE) '
holds 'no stack that is executed' has "$segments" 'GNU_STACK .* RW +0'
holds 'relocations read-only once made (RELRO)' has "$segments" 'GNU_RELRO'
holds 'and all of them made at the start (BIND_NOW)' has "$dynamic" '(BIND_NOW|Flags:.*NOW)'
holds 'no table of functions that stays writable (.got.plt)' is_read_only_or_absent .got.plt
holds 'no symbols, no debugging' has_not "$sections" ' \.(symtab|debug_info) '

case $header in
    *X86-64*) arch=amd64 canary='%fs:0x28' landing='endbr64' signed='endbr64' trap='ud2' ;;
    *AArch64*) arch=arm64 canary='__stack_chk_guard' landing='bti|paciasp' signed='paciasp' trap='brk' ;;
    *) die "$program is for a machine that this script does not know" ;;
esac

# counts: of nlinit's own functions how many there are, and in how many of them each of the patterns is found.
counts() {
    "$(cross_prefix "$arch")objdump" --disassemble --no-show-raw-insn --demangle "$symbols" |
        awk -v canary="$canary|__stack_chk_fail" -v landing="$landing" -v signed="$signed" \
            -v trap="\t$trap" '
            /^[0-9a-f]+ <.*>:$/ {
                own = /<nlinit::/
                functions += own
                seen_canary = seen_landing = seen_assertion = seen_signed = 0
                next
            }
            !own { next }
            !seen_canary && $0 ~ canary { seen_canary = 1; canaries++ }
            !seen_landing && $0 ~ landing { seen_landing = 1; landings++ }
            !seen_assertion && $0 ~ trap { seen_assertion = 1; assertions++ }
            !seen_signed && $0 ~ signed { seen_signed = 1; signatures++ }
            END { print functions + 0, canaries + 0, landings + 0, assertions + 0, signatures + 0 }'
}
read -r functions canaries landings assertions signatures < <(counts)

# at_least PERCENT COUNT: of nlinit's functions.
at_least() { (($2 * 100 >= functions * $1)) && ((functions > 500)); }
holds "canaries before return addresses ($canaries of $functions)" at_least 25 "$canaries"
holds "landing pads for indirect calls ($landings)" at_least 15 "$landings"
holds "signed return addresses or landing pads ($signatures)" at_least 15 "$signatures"
holds "checked indices of containers ($assertions)" at_least 3 "$assertions"
holds 'checked copies (_FORTIFY_SOURCE)' has "$(nm "$symbols")" ' __(memcpy|memmove|memset|strcpy|read|readlink|recv)[a-z]*_chk$'

((missing == 0)) || die "$program lacks $missing of these"
printf '%s: hardened\n' "$program"
