# SPDX-License-Identifier: Apache-2.0
# Sourced by what builds and boots for more than one architecture, all named as Debian names them.

host_architecture() { dpkg --print-architecture; }

# all_architectures: what this machine can build and test for, its own first.
all_architectures() {
    case $(host_architecture) in
        amd64) echo amd64 arm64 ;;
        *) host_architecture ;;
    esac
}

# can_make ARCH: it is one of them.
can_make() { [[ " $(all_architectures) " == *" $1 "* ]]; }

# cross_prefix ARCH: what the tools of that architecture have before their names; nothing for this machine's own.
cross_prefix() {
    [[ $1 == "$(host_architecture)" ]] || case $1 in
        arm64) echo aarch64-linux-gnu- ;;
    esac
}

# release_program ARCH: where scripts/build.sh puts the binary that ships.
release_program() {
    if [[ $1 == "$(host_architecture)" ]]; then
        echo build/release/nlinit
    else
        echo "build/release-$1/nlinit"
    fi
}
