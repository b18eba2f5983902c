#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Holds that the documents' commands are true: every block of code in README.md, CONTRIBUTING.md and docs is held by
# exactly one of these, which the comment in the line before it names.
#   <!-- try: NAME -->      this script runs the block by its function try_NAME or stage_NAME
#   <!-- run: NAME -->      a VM case runs it (docs/recipes alone; scripts/check_docs.sh looks that it does)
#   <!-- FILE -->           it is a part of that file, which is compiled or run (scripts/check_docs.sh)
#   <!-- not run: WHY -->   what keeps it from being run; the list of these is printed
# A block of TOML needs no comment: `nlinit check` reads each. Of commands within a sentence it looks that the options and
# scripts in them are there. What stage_NAME runs is on a stage of its own: namespaces
# of mounts, processes, names and the network, and a root in memory in which /usr and /etc are the host's, read-only. The
# script tries itself first, on violations that it plants. Needs root, the release, and Debian's kernel for its modules.
#   tests/package/commands.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

folder=$PWD/build/commands
documents=(README.md CONTRIBUTING.md docs/*.md docs/manual/*.md docs/recipes/*.md)

# ---- what there is

# each_block FUNCTION DOCUMENT…: calls FUNCTION with place (DOCUMENT:LINE), mark, language and block set. What cannot be
# told to be a block, or not to be one, is told to complain.
each_block() {
    local function=$1 document line before number fence
    shift
    for document in "$@"; do
        number=0 fence='' before='' mark=''
        while IFS= read -r line; do
            number=$((number + 1))
            if [[ -n $fence ]]; then
                if [[ $line == "$fence" ]]; then
                    fence=''
                    "$function" </dev/null
                else
                    block+=${line#"${fence%%\`*}"}$'\n'
                fi
            elif [[ $line =~ ^(\ *\`\`\`)([a-z]*)$ ]]; then
                fence=${BASH_REMATCH[1]} language=${BASH_REMATCH[2]} place=$document:$number mark=$before block=''
            elif [[ $line == '    '[^\ ]* && -z $before ]]; then
                complain "$document:$number" "a block by its indentation: fence it, so that its language is known"
            fi
            before=$line
        done <"$document"
        [[ -z $fence ]] || complain "$place" "this block has no end"
    done
}

complain() { printf '%s: %s\n' "$1" "$2"; }

# names_of PREFIX: the functions PREFIX_NAME of this script.
has_function() { declare -F "try_$1" >/dev/null || declare -F "stage_$1" >/dev/null; }

# look_at_block: complains where nothing holds the block.
# shellcheck disable=SC2154
look_at_block() {
    local document=${place%:*} name
    case $mark in
        '<!-- try: '*' -->')
            name=${mark#'<!-- try: '} name=${name%' -->'}
            has_function "$name" || complain "$place" "there is no try_$name and no stage_$name in ${0##*/}"
            ;;
        '<!-- run: '*' -->')
            [[ $document == *docs/recipes/* ]] || complain "$place" "VM cases run blocks of docs/recipes alone"
            ;;
        '<!-- not run: '?*' -->') ;;
        '<!-- '[^\ ]*' -->')
            name=${mark#'<!-- '} name=${name%' -->'}
            [[ $document == *docs/recipes/* || $document == *docs/manual/* || ! -f $name ]] || return 0
            complain "$place" "scripts/check_docs.sh does not hold this block to '$name'"
            ;;
        *)
            [[ $language == toml ]] ||
                complain "$place" "nothing runs this block: put a comment before it, as the head of ${0##*/} says"
            ;;
    esac
    if [[ $language == toml ]]; then look_at_toml; fi
}

# look_at_sentences DOCUMENT…: complains about an option or a script that is named in a sentence and is not there.
look_at_sentences() {
    local place words word command help
    while IFS=: read -r document line words; do
        place=$document:$line
        read -ra words <<<"${words//\`/}"
        if [[ ${words[0]} == scripts/*.sh || ${words[0]} == tests/*.sh ]]; then
            [[ -f ${words[0]} ]] || complain "$place" "there is no ${words[0]}"
            continue
        fi
        command=${words[1]}
        help=$(nlinit "$command" --help 2>/dev/null) || continue # "nlinit is", "nlinit.toml"
        for word in "${words[@]:2}"; do
            [[ $word != -- ]] || break
            [[ $word != --* || $word == --help ]] || grep -qE -- "(^| |\[)${word%%[=,]*}( |\]|,|$)" <<<"$help" ||
                complain "$place" "nlinit $command has no option $word"
        done
    done < <(grep -noE '`(nlinit (netsetup|plan|check|report|initramfs)( [^`]*)?|(scripts|tests)/[a-z_/]+\.sh[^`]*)`' \
        /dev/null "$@")
}

look_at_toml() {
    local said
    printf '%s' "$block" >"$folder/block.toml"
    said=$("$folder/bin/nlinit" check "$folder/block.toml" 2>&1) ||
        complain "$place" "${said//"$folder/block.toml"/nlinit check}"
}

# ---- what is done in the repository

# Kernel command lines: each word is one that nlinit knows, or leaves to others.
try_parameters() {
    local line said
    while IFS= read -r line; do
        said=$(nlinit plan "$line" 2>&1 >/dev/null) || die "nlinit plan '$line': $said"
        [[ -z $said ]] || die "nlinit plan '$line': $said"
    done <<<"${block%$'\n'}"
}

try_demo() {
    bash -euo pipefail -c "$block" >"$folder/demo" 2>&1 || die "$(tail -n 5 "$folder/demo")"
    grep -q 'done: the second run changed nothing' "$folder/demo" || die "$(tail -n 5 "$folder/demo")"
}

# ---- what is done on the stage

# stage: makes it, and a place to work in. What is needed of the repository comes along.
stage() {
    local entry
    mount -t tmpfs stage "$folder/stage"
    cd "$folder/stage"
    mkdir -p etc usr proc sys dev run/netns tmp lib/modules opt/nlinit srv var/lib work
    for entry in bin sbin lib32 lib64 libx32; do
        if [[ -L /$entry ]]; then cp -a "/$entry" "$entry"; fi
    done
    for entry in /usr/lib/*; do # the loader of shared libraries, and those
        if [[ $entry != */modules ]]; then ln -s "$entry" lib/; fi
    done
    for entry in etc usr; do
        mount --bind "/$entry" "$entry"
        mount -o remount,bind,ro "$entry"
    done
    mount -t proc proc proc
    mount -t sysfs sysfs sys
    mount --rbind /dev dev
    cp "$folder/bin/nlinit" opt/nlinit/
    cp "$folder/boot.json" opt/
    mount --bind "$folder/modules" lib/modules
    printf 'console=ttyS0 quiet root=/dev/vda ro\n' >opt/cmdline
    mount --bind opt/cmdline proc/cmdline
    pivot_root . .
    umount -l .
    cd /work
    export PATH=/opt/nlinit:$PATH HOME=/work
    ip link set lo up
}

# say COMMAND: what it printed is in output and errors; its status has to be 0.
say() {
    bash -euo pipefail -c "$1" >output 2>errors </dev/null || die "'$1' ended with status $?: $(<errors)"
}

each_line() {
    local line
    while IFS= read -r line; do
        "$1" "$line" || return
    done <<<"${block%$'\n'}"
}

# A server's namespace, to which eth0 and eth1, and the eth0 of the namespace guest, have a cable each.
plug() {
    ip link add "$1" ${3:+netns "$3"} type veth peer name "$2" netns server
    ip -n server link set "$2" master switch up
}
start_server() {
    ip netns add server
    ip netns add guest
    ip -n server link add switch type bridge
    ip -n server address add 192.0.2.1/24 dev switch
    ip -n server link set switch up
    plug eth0 port0
    plug eth1 port1
    plug eth0 port2 guest
    ip netns exec server dnsmasq --no-daemon --conf-file=/dev/null --user=root --port=0 --interface=switch \
        --bind-interfaces --no-ping --log-dhcp --pid-file= --dhcp-leasefile=/run/leases \
        --dhcp-range=192.0.2.50,192.0.2.99,1h --dhcp-option=option:dns-server,192.0.2.53 >server.log 2>&1 </dev/null &
    wait_until 5 grep -q 'DHCP, sockets bound' server.log || die "dnsmasq did not start: $(<server.log)"
}

addresses() { ip "${network[@]}" -brief address show dev "$interface" scope global | awk '{ for (i = 3; i <= NF; ++i) print $i }'; }
has_address() { [[ -n $(addresses) ]]; }
is_acknowledged() { (($(grep -c 'DHCPACK' server.log) > $1)); }

# keep COMMAND: one that stays until it is told to end; then the address goes with it.
keep() {
    local pid before
    bash -c "exec $1" >output 2>errors </dev/null &
    pid=$!
    wait_until 5 has_address || die "'$1': no address in time: $(<errors)"
    before=$(grep -c 'DHCPACK' server.log)
    kill -USR1 "$pid"
    wait_until 5 is_acknowledged "$before" || die "'$1': SIGUSR1 renewed nothing"
    kill -TERM "$pid"
    wait "$pid" || die "'$1' ended with status $?: $(<errors)"
    ! has_address || die "'$1' left $(addresses)"
    [[ $1 != *--release* ]] || wait_until 5 grep -q DHCPRELEASE server.log || die "'$1' gave no lease back"
}

set_up() {
    local line=$1 words path
    local interface=eth0 network=()
    [[ $line != *'netsetup eth1'* ]] || interface=eth1
    [[ $line != *'--netns guest'* ]] || network=(-n guest)
    if [[ $line == *--keep* ]]; then
        keep "$line"
    else
        say "$line"
        has_address || die "'$line' ended with status 0, and $interface has no address"
        [[ $line != *--json* ]] || grep -q '"exit_status": 0' output || die "'$line' printed $(<output)"
        [[ $line != *--static* ]] || [[ $line == *"$(addresses | head -n 1)"* ]] ||
            die "'$line' left $(addresses | head -n 1)"
    fi
    read -ra words <<<"${line%%#*}"
    for path in "${words[@]}"; do
        path=${path//%i/$interface}
        [[ $path != /* || -s $path ]] || die "'$line' did not write $path"
    done
    ip "${network[@]}" address flush dev "$interface" scope global
}
stage_netsetup() {
    start_server
    each_line set_up
}

stage_namespace() {
    local before
    before=$(ip address show)
    say "$block"
    grep -q '^default via 192\.0\.2\.1 dev eth0' output || die "it printed $(<output)"
    [[ $(ip address show) == "$before" ]] || die "it changed the namespace around its own"
}

# A root with a payload, whose init is nlinit itself; a configuration; modules of one kernel.
make_root() {
    mkdir -p rootfs/{etc,sbin,usr/bin,proc,sys,dev,run,tmp,var,lib/modules}
    cp "$(command -v nlinit)" rootfs/sbin/nlinit
    cp rootfs/sbin/nlinit rootfs/usr/bin/server
    cp rootfs/sbin/nlinit server
    printf 'profile = "minimal"\n[payload]\ncommand = ["/usr/bin/server"]\n' | tee nlinit.toml >rootfs/etc/nlinit.toml
    mount --bind /lib/modules rootfs/lib/modules
}

# As if the kernel that runs here were the one whose modules there are.
name_kernel() {
    ls /lib/modules >/opt/release
    printf '#!/bin/sh\n[ "$*" = -r ] && cat /opt/release\n' >/opt/nlinit/uname
    chmod +x /opt/nlinit/uname
}

stage_initramfs() {
    local image
    name_kernel
    make_root
    say "$block"
    zstd -dq initramfs.cpio.zst -o unpacked.cpio # the manual has an initramfs.cpio beside it
    for image in *.cpio; do
        cpio -t --quiet <"$image" >"$image.names" || die "cpio cannot read $image"
        { grep -qx init "$image.names" && grep -q '/virtio_net\.ko' "$image.names"; } ||
            die "$image lacks init or a module"
    done
    [[ $block != *--add* ]] || grep -qx usr/bin/server ./*.names || die "no image has what --add adds"
}

fine() {
    say "$1"
    grep -q ': fine$' output || die "'$1' printed $(<output)"
}
planned() {
    say "$1"
    [[ ! -s errors ]] || die "'$1': $(<errors)"
    grep -q '# from ' output || die "'$1' printed $(<output)"
}
stage_check() {
    make_root
    each_line fine
}
stage_plan() {
    make_root
    each_line planned
}
planned_and_fine() {
    if [[ $1 == 'nlinit plan '* ]]; then planned "$1"; else fine "$1"; fi
}
stage_plan_and_check() {
    make_root
    each_line planned_and_fine
}

stage_report() {
    local place
    for place in /run/nlinit /srv/share share; do
        mkdir -p "$place"
        cp /opt/boot.json "$place/"
    done
    each_line say
    [[ ! -s output ]] || grep -q 'the kernel took' output || die "the report is $(<output)"
    [[ $block != *boot.svg* ]] || grep -q '^<svg ' boot.svg || die "boot.svg is no picture"
}

# ---- all of it

# on_stage NAME: runs the function stage_NAME with the block there. All processes end with the first.
on_stage() {
    printf '%s' "$block" >"$folder/block"
    unshare --mount --net --uts --ipc --pid --fork --kill-child "$BASH" "$0" --on-stage "$1"
}

run_block() {
    local name
    [[ $mark == '<!-- try: '*' -->' ]] || return 0
    name=${mark#'<!-- try: '} name=${name%' -->'}
    if declare -F "stage_$name" >/dev/null; then
        on_stage "$name"
    else
        ("try_$name")
    fi >"$folder/said" 2>&1 || {
        complain "$place" "$(tail -n 5 "$folder/said")"
        return 0
    }
    printf '%s\n' "$place ($name)" >>"$folder/ran"
}

list_not_run() {
    [[ $mark != '<!-- not run: '* ]] || printf '%s: %s\n' "$place" "${mark:14: -4}"
}

# finds LINE…: what is planted at the end of a README that is fine is complained about.
finds() {
    printf '%s\n' "$@" >"$folder/planted.md"
    [[ -n $(each_block look_at_block "$folder/planted.md") ]] || die "does not find a planted '$*'"
}

# fails NAME LINE WORDS: a block that is wrong is no success, and what is said of it has these words.
fails() {
    local said
    place=planted mark="<!-- try: $1 -->" block=$2$'\n'
    said=$(run_block)
    [[ $said == *"$3"* ]] || die "of a wrong '$2' it says '$said'"
}

try_itself() {
    finds '```sh' 'nlinit --version' '```'
    finds '```' 'nlinit --version' '```'
    finds '<!-- try: nothing_here -->' '```sh' 'nlinit --version' '```'
    finds '<!-- not run:  -->' '```sh' 'nlinit --version' '```'
    finds '<!-- run: erofs -->' '```sh' 'nlinit --version' '```'
    finds '<!-- tests/no/such.cpp -->' '```cpp' 'int x;' '```'
    finds '<!-- try: plan -->' '' '```sh' 'nlinit plan' '```'
    finds '<!-- try: plan -->' '```sh' 'nlinit plan'
    finds 'Text:' '' '    nlinit --version'
    finds '```toml' '[payload]' 'comand = ["/bin/x"]' '```'
    printf 'Type `nlinit report --colour`.\n' >"$folder/planted.md"
    [[ -n $(look_at_sentences "$folder/planted.md") ]] || die "does not find an option that is not there"
    printf 'Type `scripts/nothing.sh --help`.\n' >"$folder/planted.md"
    [[ -n $(look_at_sentences "$folder/planted.md") ]] || die "does not find a script that is not there"
    fails parameters 'root=/dev/vda nlinit.colour=red' colour
    fails netsetup 'nlinit netsetup eth0 --dns 10.0.0.53' --resolv-conf
    fails netsetup 'nlinit netsetup eth7 --timeout 100ms' 'no interface eth7'
    fails netsetup 'nlinit netsetup eth0 --keep --static 10.0.0.2/24' 'means nothing with --static'
    fails check 'nlinit check --root rootfs --cmdline "root=/dev/vda -- /usr/bin/nobody"' /usr/bin/nobody
    fails plan 'nlinit plan --confg nlinit.toml' 'no option --confg'
    fails report 'nlinit report --check /srv/share/none.json' 'No such file'
    fails initramfs 'nlinit initramfs --modules-from / --kernel 0.0 >initramfs.cpio' 0.0
}

if [[ ${1:-} == --on-stage ]]; then
    block=$(<"$folder/block")$'\n'
    stage
    "stage_$2"
    exit
fi
((EUID == 0)) || die "needs root"
program=${NLINIT:-build/release/nlinit}
[[ -s $program ]] || die "no $program: scripts/build.sh makes it"
rm -rf "$folder"
mkdir -p "$folder"/{bin,stage}
cp "$program" "$folder/bin/nlinit"
export PATH=$folder/bin:$PATH
cp tests/fuzz/corpus/boot_record/whole "$folder/boot.json"
modules=$(scripts/fetch_kernel.sh | tail -n 1)
ln -s "$(realpath "$(dirname "$modules")")" "$folder/modules"
try_itself
: >"$folder/ran"
wrong=$(
    each_block look_at_block "${documents[@]}"
    look_at_sentences "${documents[@]}"
    each_block run_block "${documents[@]}"
)
printf 'run here:\n'
cat "$folder/ran"
printf 'not run:\n'
each_block list_not_run "${documents[@]}"
[[ -z $wrong ]] || {
    printf '%s\n' "$wrong"
    die "a document has commands that are wrong, or that nothing runs"
}
printf 'commands: %d blocks run here, %d not run, the others by VM cases or as parts of files\n' \
    "$(wc -l <"$folder/ran")" "$(each_block list_not_run "${documents[@]}" | wc -l)"
