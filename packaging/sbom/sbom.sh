#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Lists what a static program was linked from, as SPDX 2.3 in JSON: the packages of the archives that the linker's map
# names as used, and those of the headers that have code of their own. Versions are dpkg's; where there is no dpkg the
# build makes no list. A package whose licence is not known here is a failure: it is to be in NOTICE and in LICENSES as well.
#   packaging/sbom/sbom.sh PROGRAM VERSION DATE MAP SYSROOT OUTPUT [HEADER…]
# DATE is the release's, for the same sources are to be the same bytes. SYSROOT is empty, or where a cross build has its
# libraries (scripts/fetch_sysroot.sh).
set -euo pipefail

program=$1 version=$2 date=$3 map=$4 sysroot=$5 output=$6
shift 6

die() {
    printf 'sbom.sh: %s\n' "$*" >&2
    exit 1
}

# The archives and objects of start-up code; the program's own are relative paths, and those of link-time optimisation
# are in a directory for files that do not stay.
linked_files() {
    {
        sed -nE '/^Archive member/,/^(Discarded|Memory|Merging)/s,^(/[^ (]+)\(.*,\1,p' "$map"
        sed -nE 's,^LOAD (/.*/crt[^/]*\.o)$,\1,p' "$map"
    } | xargs -r -d '\n' realpath -e -- | grep -vF "$PWD/lib" | sort -u
}

# "PACKAGE VERSION SOURCE" of a file.
package_of() {
    local file=$1 inner list name
    if [[ -n $sysroot && $file == "$sysroot"/* ]]; then
        inner=${file#"$sysroot"}
        for list in "$sysroot"/packages/*.list; do
            grep -qxF ".$inner" "$list" || continue
            name=${list##*/}
            printf '%s %s\n' "${name%.list}" "$(<"${list%.list}.version")"
            return
        done
        die "no package of $sysroot has $inner"
    fi
    [[ -n $(command -v dpkg-query) ]] || die "no dpkg"
    name=$(dpkg-query -S "$file" 2>/dev/null || dpkg-query -S "${file#/usr}") || die "no package has $file"
    name=${name%%: *}
    dpkg-query -W -f '${Package} ${Version} ${source:Package}\n' "${name%%,*}"
}

license_of() {
    case $1 in
        libnl-3-dev | libnl-route-3-dev) echo LGPL-2.1-only ;;
        libc6-dev | libc6-dev-*-cross) echo LGPL-2.1-or-later ;;
        libstdc++-*-dev* | libgcc-*-dev*) echo GPL-3.0-or-later WITH GCC-exception-3.1 ;;
        libspdlog-dev | libfmt-dev | libtomlplusplus-dev | rapidjson-dev) echo MIT ;;
        *) die "$1 is linked in, and its licence is not known" ;;
    esac
}

# json_package ID NAME VERSION LICENCE MORE
json_package() {
    printf '    {"SPDXID": "SPDXRef-%s", "name": "%s", "versionInfo": "%s", "licenseConcluded": "%s", ' "$1" "$2" "$3" "$4"
    printf '"licenseDeclared": "%s", "copyrightText": "NOASSERTION", "downloadLocation": "NOASSERTION", ' "$4"
    printf '"filesAnalyzed": false%s}' "$5"
}

packages=$({ linked_files && printf '%s\n' "$@"; } | while IFS= read -r file; do package_of "$file"; done | sort -u)
[[ -n $packages ]] || die "$map names no archive"
checksum=$(sha256sum "$program")
checksum=${checksum%% *}
{
    printf '{\n  "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",\n'
    printf '  "name": "nlinit-%s", "documentNamespace": "urn:sha256:%s",\n' "$version" "$checksum"
    printf '  "creationInfo": {"created": "%s", "creators": ["Tool: nlinit-sbom-%s"]},\n' "${date}T00:00:00Z" "$version"
    printf '  "packages": [\n'
    json_package nlinit nlinit "$version" Apache-2.0 \
        ", \"checksums\": [{\"algorithm\": \"SHA256\", \"checksumValue\": \"$checksum\"}]"
    while read -r name number source; do
        license=$(license_of "$name")
        printf ',\n'
        json_package "${name//+/-plus}" "$name" "$number" "$license" \
            ", \"sourceInfo\": \"Debian source package $source\", \"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", \"referenceLocator\": \"pkg:deb/debian/${name//+/%2B}@${number//+/%2B}\"}]"
    done <<<"$packages"
    printf '\n  ],\n  "relationships": [\n'
    printf '    {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-nlinit"}'
    while read -r name _; do
        printf ',\n    {"spdxElementId": "SPDXRef-nlinit", "relationshipType": "STATIC_LINK", "relatedSpdxElement": "SPDXRef-%s"}' \
            "${name//+/-plus}"
    done <<<"$packages"
    printf '\n  ]\n}\n'
} >"$output.new"
mv "$output.new" "$output"
