#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the packages of the architectures that are named (default: all that this machine can build for) in
# build/packages: nlinit and libnlinit-dev for Debian, and with --rpm an RPM of the same files as nlinit's. They hold what
# `cmake --install` of the release and of the library puts below /usr, and what each system asks of a package besides.
# Nothing is loaded from a network but the packages of scripts/install_deps.sh. The same sources are the same bytes.
# lintian looks at them where it is installed.
#   scripts/package.sh [--rpm] [--only nlinit|libnlinit-dev] [ARCH…]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/lib/architecture.sh"

wants_rpm=
# The build that has a package's files, and which of its components they are.
declare -A build_of=([nlinit]=release [libnlinit-dev]=library)
declare -A component_of=([nlinit]=program [libnlinit-dev]=library)
names=(nlinit libnlinit-dev)
while [[ ${1:-} == --* ]]; do
    case $1 in
        --rpm) wants_rpm=1 ;;
        --only)
            [[ -v "build_of[${2:-}]" ]] || die "--only wants nlinit or libnlinit-dev"
            names=("$2")
            shift
            ;;
        *) die "unknown option $1" ;;
    esac
    shift
done
read -ra architectures <<<"${*:-$(all_architectures)}"
packages=$PWD/build/packages
debian=packaging/debian
revision=$(sed -nE '1s/^nlinit \((.*)\) .*/\1/p' $debian/changelog)
version=${revision%-*}
SOURCE_DATE_EPOCH=$(date -d "$(sed -nE 's/^ -- .*>  //p' $debian/changelog | head -n 1)" +%s)
export SOURCE_DATE_EPOCH
maintainer=$(sed -nE 's/^ -- (.*>)  .*/\1/p' $debian/changelog | head -n 1)
umask 022

# preset NAME ARCH: its folder in build/.
preset() { if [[ $2 == "$(host_architecture)" ]]; then echo "$1"; else echo "$1-$2"; fi; }

# machine ARCH: its name elsewhere than with Debian.
machine() {
    case $1 in
        amd64) echo x86_64 ;;
        arm64) echo aarch64 ;;
    esac
}

# install_files NAME ARCH STAGE: a package's, as they are for every system; but archives are where Debian has those of one
# architecture, so that both can be installed beside each other. The build is left as it was configured.
install_files() {
    local preset
    preset=$(preset "${build_of[$1]}" "$2")
    rm -rf "$3"
    if [[ ${component_of[$1]} == library ]]; then
        logged "libdir_$preset" cmake -D "CMAKE_INSTALL_LIBDIR=lib/$(machine "$2")-linux-gnu" "build/$preset"
    fi
    DESTDIR=$3 logged "install_$preset" cmake --install "build/$preset" --prefix /usr --component "${component_of[$1]}"
    logged "configure_$preset" cmake --preset "$preset"
}

# copyright: of the parts in the program each license's text is in the package, or in every Debian system.
copyright() {
    cat $debian/copyright.head
    local license
    for license in GPL-3 LGPL-2.1; do
        printf '\nLicense: %s\n On Debian systems the text is in /usr/share/common-licenses/%s.\n' "$license" "$license"
    done
    for license in MIT GCC-exception-3.1; do
        printf '\nLicense: %s\n' "$license"
        sed -E 's/^$/./; s/^/ /' "LICENSES/$license.txt"
    done
}

# for_debian STAGE NAME: manuals and changelogs compressed, the copyright, and zsh's completion where its package looks.
for_debian() {
    local doc=$1/usr/share/doc/$2
    mkdir -p "$doc"
    copyright >"$doc/copyright"
    gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
    gzip -9n <$debian/changelog >"$doc/changelog.Debian.gz"
    find "$1/usr/share/man" -type f -exec gzip -9n {} +
    rm -rf "$1/usr/share/licenses" # these are in the copyright
    if [[ -d $1/usr/share/zsh ]]; then mv "$1/usr/share/zsh/site-functions" "$1/usr/share/zsh/vendor-completions"; fi
    if [[ -e $debian/$2.overrides ]]; then
        mkdir -p "$1/usr/share/lintian/overrides"
        cp "$debian/$2.overrides" "$1/usr/share/lintian/overrides/$2"
    fi
    chmod -R u=rwX,go=rX "$1"
}

# make_deb STAGE NAME ARCH
make_deb() {
    local stage=$1 name=$2 arch=$3
    mkdir -p "$stage/DEBIAN"
    (cd "$stage" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
    {
        printf 'Package: %s\nSource: nlinit\nVersion: %s\nArchitecture: %s\n' "$name" "$revision" "$arch"
        printf 'Maintainer: %s\nInstalled-Size: %s\n' "$maintainer" "$(du -k --apparent-size -s "$stage/usr" | cut -f 1)"
        cat "$debian/$name.control"
    } >"$stage/DEBIAN/control"
    logged "deb_${name}_$arch" dpkg-deb --root-owner-group -Zxz --build "$stage" "$packages/${name}_${revision}_$arch.deb"
}

# make_rpm STAGE ARCH: of what cmake installed, for /usr.
make_rpm() {
    local list=$packages/files-$2 machine
    machine=$(machine "$2")
    (cd "$1" && find . -type f -path './usr/share/man/*' -printf '/%P\n' && find . -type f ! -path './usr/share/man/*' -printf '/%P\n') |
        LC_ALL=C sort >"$list"
    logged "rpm_$2" rpmbuild -bb --target "$machine" --define "_topdir $packages/rpm" --define "_rpmdir $packages" \
        --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" --define "stage $1" --define "list $list" \
        --define "version_of_nlinit $version" packaging/nlinit.spec
    rm -rf "$list" "$packages/rpm"
}

make_packages() {
    local arch=$1 name stage
    for name in "${names[@]}"; do
        stage=$packages/stage-$arch/$name
        rm -f "$packages/${name}_"*"_$arch.deb"
        scripts/build.sh --arch "$arch" "${build_of[$name]}"
        stage "$name for $arch"
        install_files "$name" "$arch" "$stage"
        [[ -z $wants_rpm || $name != nlinit ]] || make_rpm "$stage" "$arch"
        for_debian "$stage" "$name"
        make_deb "$stage" "$name" "$arch"
    done
    rm -rf "$packages/stage-$arch"
}

mkdir -p "$packages"
for arch in "${architectures[@]}"; do
    can_make "$arch" || die "no way to build for '$arch' here: $(all_architectures)"
    make_packages "$arch"
    if [[ -n $(command -v lintian) ]]; then
        logged "lintian_$arch" lintian --allow-root --fail-on error,warning "$packages"/*_"$revision"_"$arch".deb
    fi
done
(cd "$packages" && stat -c '%s %n' -- *.deb *.rpm 2>/dev/null | sort -k 2)
