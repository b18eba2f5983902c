# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts that take files out of Debian packages of this or another architecture, without installing them.
# Needs lib/common.sh.

# apt_of ARCH: makes APT the options with which apt is about ARCH. A foreign architecture has an index of its own in
# build/apt-ARCH: dpkg --add-architecture would be simpler and change the host, where each apt-get update would load
# more from then on, and where a package of two architectures can only be upgraded once both are out.
apt_of() {
    APT=(-o APT::Sandbox::User=root) # apt's own user may not write to build/, and says so at length
    [[ $1 != "$(dpkg --print-architecture)" ]] || return 0
    local folder=$PWD/build/apt-$1
    mkdir -p "$folder"/{lists,cache/archives}/partial
    APT+=(-o "APT::Architecture=$1" -o "APT::Architectures=$1" -o Dir::State::status=/dev/null
        -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o Acquire::Languages=none)
}

# newest_dependency ARCH PACKAGE PATTERN: the first package that PACKAGE depends on and that PATTERN matches.
newest_dependency() {
    local APT
    apt_of "$1"
    apt-cache "${APT[@]}" depends "$2" 2>/dev/null |
        awk -v pattern="$3" '$1 == "Depends:" && $2 ~ pattern {print $2; exit}'
}

# update_index ARCH
update_index() {
    local APT
    apt_of "$1"
    logged "apt_update_$1" timeout -s KILL 180 apt-get "${APT[@]}" update
}

# unpack_packages ARCH FOLDER PACKAGE…: their files below FOLDER, which is made. FOLDER/packages says of each package which
# files it has (NAME.list), and its version and source (NAME.version).
unpack_packages() {
    local arch=$1 folder=$2 APT deb
    shift 2
    apt_of "$arch"
    mkdir -p "$folder/packages"
    (cd "$folder" && timeout -s KILL 300 apt-get "${APT[@]}" download -qq "$@") || return
    for deb in "$folder"/*.deb; do
        dpkg -x "$deb" "$folder" || return
        note_package "$deb" "$folder/packages" || return
        rm "$deb"
    done
}

# note_package DEB FOLDER
note_package() {
    local name version source
    name=$(dpkg-deb -f "$1" Package) && version=$(dpkg-deb -f "$1" Version) && source=$(dpkg-deb -f "$1" Source) || return
    dpkg-deb --fsys-tarfile "$1" | tar -t >"$2/$name.list" || return
    printf '%s %s\n' "$version" "$(cut -d ' ' -f 1 <<<"${source:-$name}")" >"$2/$name.version"
}

# fetch_packages ARCH FOLDER PACKAGE…: the same, once: a FOLDER that is complete and of the same packages is kept. False
# with what apt says, if its index, made anew, does not help either. One at a time: beside one update apt refuses another.
fetch_packages() (
    arch=$1 folder=$2 complete=$2/complete # made last: whatever was interrupted before is done again
    shift 2
    mkdir -p build
    exec 9>build/apt.lock
    flock 9
    [[ ! -d $folder/packages || $(cat "$complete" 2>/dev/null) != "$*" ]] || exit 0
    rm -rf "$folder"
    unpack_packages "$arch" "$folder" "$@" 2>/dev/null ||
        { rm -rf "$folder" && update_index "$arch" >&2 && unpack_packages "$arch" "$folder" "$@"; } || exit
    echo "$*" >"$complete"
)

# link_modules ROOT: /lib/modules of a kernel that was unpacked there. From Debian 13 on its package has it in /usr/lib,
# since in a system /lib is a link to that; modprobe -d and depmod -b look in /lib.
link_modules() {
    [[ -d $1/usr/lib/modules && ! -e $1/lib/modules ]] || return 0
    mkdir -p "$1/lib"
    ln -s ../usr/lib/modules "$1/lib/modules"
}
