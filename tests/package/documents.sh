#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Renders the manuals of a build, each without a warning of man, groff and mandoc, and asks its completions in bash, zsh
# and fish for a command, an option, a value and an operand.
#   tests/package/documents.sh [dev|asan|release|library]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

documents=build/${1:-release}/packaging/documents

# silent COMMAND…: succeeds and says nothing.
silent() {
    local said
    said=$("$@" 2>&1 >/dev/null) || die "$*: $said"
    [[ -z $said ]] || die "$*: $said"
}

check_manual() {
    local manual=$1 text
    silent env LC_ALL=C.UTF-8 man --warnings -l "$manual"
    silent groff -man -ww -z "$manual"
    text=$(mandoc -T lint -W warning "$manual") || die "$manual: $text"
    text=$(MANWIDTH=80 LC_ALL=C.UTF-8 man -P cat -l "$manual")
    local section
    for section in NAME SYNOPSIS DESCRIPTION 'SEE ALSO'; do
        grep -qx "$section" <<<"$text" || die "$manual has no $section"
    done
    # Markdown that was not understood.
    ! grep -nE '`|\*\*|\]\((\.\.|#|http|[a-z/-]*\.md)|^ *\|.*\|$' <<<"$text" || die "$manual has Markdown in it"
}

# References to pages of nlinit's are to pages that are there.
check_references() {
    local name
    while IFS= read -r name; do
        [[ -e $documents/man${name: -2:1}/${name%(*}.${name: -2:1} ]] || die "there is no page $name"
    done < <(grep -rhoE 'nlinit(\\-|[.a-z])*(\\fR)? ?\([0-9]\)' "$documents"/man? | sed 's/\\fR//; s/\\-/-/g; s/ //' |
        sort -u)
}

in_bash() {
    bash --norc -c '
        source "$1"
        read -ra COMP_WORDS <<<"$2"
        [[ $2 != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _nlinit nlinit "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$documents/bash/nlinit" "$1" | sort
}
in_zsh() { timeout 30 zsh -f tests/package/completion.zsh "$PWD/$documents/zsh" "$1"; }
in_fish() { fish --no-config -c "source $documents/fish/nlinit.fish; complete -C '$1'" | cut -f 1 | sort; }

# completes LINE WORD…: what each shell offers at its end; of `nlinit ` options may be among them.
completes() {
    local line=$1 shell found
    shift
    for shell in bash zsh fish; do
        found=$("in_$shell" "$line" | grep -vE '^(--version|--help|-h)$' | LC_ALL=C sort | tr '\n' ' ')
        [[ $found == "$* " ]] || die "$shell completes '$line' to '$found', not to '$*'"
        printf '%-4s  %-32s %s\n' "$shell" "$line" "$found"
    done
}

for manual in "$documents"/man?/*; do check_manual "$manual"; done
check_references
completes 'nlinit ' check initramfs netsetup plan report
completes 'nlinit ne' netsetup
completes 'nlinit netsetup --a' --accept-routes --acd --allow-server
completes 'nlinit netsetup --acd ' off optimistic probe
completes 'nlinit netsetup l' lo
completes 'nlinit check --k' --kernel
completes 'nlinit report --s' --svg
completes 'nlinit report --c' --check
completes 'nlinit plan nlinit.p' nlinit.payload= nlinit.poweroff= nlinit.profile=
completes 'nlinit initramfs --output NOTI' NOTICE
echo 'documents: rendered, completed'
