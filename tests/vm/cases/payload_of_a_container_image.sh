# SPDX-License-Identifier: Apache-2.0
# A root that holds the config of a container image is a machine that runs it: as its user, with its environment, in its
# directory, which the overlay has room for.
once
VM_MODULES+=,overlay
# shellcheck disable=SC2317
vm_more_files() {
    mkdir -p "$1/etc"
    printf 'root:x:0:0::/root:\nnobody:x:65534:65534::/home/nobody:\n' >"$1/etc/passwd"
    printf 'root:x:0:\nmedia:x:44:nobody\n' >"$1/etc/group"
    cat >"$1/config.json" <<'JSON'
{"created": "2026-01-02T03:04:05Z", "architecture": "amd64", "os": "linux",
 "config": {"User": "nobody", "Env": ["PATH=/sbin", "LEVEL=3"], "Entrypoint": ["payload", "--identity"],
            "Cmd": ["--no-share", "--exit", "42"], "WorkingDir": "/srv/app", "Volumes": {"/data": {}}},
 "rootfs": {"type": "layers", "diff_ids": []}}
JSON
}
config <<'TOML'
profile = "minimal"
[root]
overlay = "tmpfs"
[payload]
oci = "/config.json"
[payload.rlimit]
nofile = "unlimited"
TOML
boot "root=/dev/vda rootfstype=erofs ip=off" "${ROOT[@]}"
expect '^identity +user 65534, group 65534, groups 44$'
expect '^identity +directory /srv/app$'
expect '^identity +HOME=/home/nobody LEVEL=3$'
expect 'nlinit: config: /config.json: not obeyed: /config/Volumes'
expect '^payload: exit 42$'
expect 'reboot: Power down'
