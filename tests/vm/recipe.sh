# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by cases that do what a document of docs/recipes says, RECIPE, in a directory of their own with a kernel in it.
# A block of the document below the comment <!-- run: NAME --> is done as it stands. Needs the words of case.sh.
# shellcheck source=/dev/null
source tests/vm/nginx.sh

RECIPE=${RECIPE:-container-image}
# shellcheck disable=SC2154
RECIPE_FOLDER=$PWD/$folder/recipe
export PORT=$NGINX_PORT ACCEL=tcg
PATH=$PWD/$folder/bin:$PATH

# recipe_block NAME: what stands in it.
recipe_block() {
    awk -v mark="<!-- run: $1 -->" '
        $0 == mark { found = 1; next }
        found && /^```/ { if (inside) exit; inside = 1; next }
        inside' "docs/recipes/$RECIPE.md" | grep . || die "docs/recipes/$RECIPE.md has no block '$1'"
}

# recipe_begin: nlinit in the PATH, and kernel/.
recipe_begin() {
    mkdir -p "$folder/bin" "$RECIPE_FOLDER"
    ln -s "$(realpath "$VM_NLINIT")" "$folder/bin/nlinit"
    ln -s "$(realpath "$VM_KERNEL")" "$RECIPE_FOLDER/kernel"
}

# recipe_image: that, and bundle/, as skopeo and umoci make it, here of Debian's packages of nginx.
recipe_image() {
    recipe_begin
    mkdir "$RECIPE_FOLDER/bundle"
    nginx_tree "$folder"
    rm "$folder/root/sbin/nlinit" # an image has none
    mv "$folder/root" "$RECIPE_FOLDER/bundle/rootfs"
    cat >"$RECIPE_FOLDER/bundle/rootfs/config.json" <<'JSON'
{"created": "2026-01-02T03:04:05Z", "architecture": "amd64", "os": "linux",
 "config": {"ExposedPorts": {"80/tcp": {}}, "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            "Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGQUIT"},
 "rootfs": {"type": "layers", "diff_ids": []}}
JSON
}

# recipe_run NAME: its errors go to $folder/recipe.log.
recipe_run() {
    local block
    block=$(recipe_block "$1")
    (cd "$RECIPE_FOLDER" && timeout -s KILL "${LIMIT:-60}" bash -euo pipefail -c "$block") 2>>"$folder/recipe.log" ||
        wrong+=("block '$1' ended with status $?: $(tail -n 1 "$folder/recipe.log")")
}

# recipe_file NAME: a block that is a file of that name, NAME.toml.
recipe_file() { recipe_block "$1" >"$RECIPE_FOLDER/$1.toml"; }

# recipe_boot NAME: a block that starts a guest, in the background. recipe_type NAME: what the reader types into the
# monitor, where the first of these goes by ctrl-a c.
recipe_boot() {
    local block
    block=$(recipe_block "$1")
    [[ -e $folder/keyboard ]] || mkfifo "$folder/keyboard"
    exec {RECIPE_KEYBOARD}<>"$folder/keyboard"
    RECIPE_WAY=$'\001c'
    (cd "$RECIPE_FOLDER" && exec timeout -s KILL "${LIMIT:-60}" bash -euo pipefail -c "$block") \
        <&"$RECIPE_KEYBOARD" >"$folder/terminal" 2>&1 &
    RECIPE_GUEST=$!
    VM_JOBS+=("$RECIPE_GUEST")
}
recipe_type() {
    local words
    words=$(recipe_block "$1")
    printf '%s%s\n' "$RECIPE_WAY" "$words" >&"$RECIPE_KEYBOARD"
    RECIPE_WAY=
}

# recipe_ready BOOTS: waits until the guest has said as often that it is ready.
recipe_has_been_ready() { (($(grep -c '^READY=1$' "$RECIPE_FOLDER/notify") >= $1)); }
recipe_ready() {
    wait_until "${LIMIT:-60}" recipe_has_been_ready "$1" || wrong+=("the guest was not ready $1 times")
}

# recipe_end [LINE]: the guest has ended by itself, and in order; its console is in serial.log.
recipe_end() {
    local status=0
    wait "$RECIPE_GUEST" || status=$?
    ((status == 0)) || wrong+=("the guest ended with status $status")
    console_lines <"$folder/terminal" >"$folder/serial.log"
    expect "${1:-reboot: Power down}"
    refuse 'Kernel panic'
    refuse 'nlinit: '
}
