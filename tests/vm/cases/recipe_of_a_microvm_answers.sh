# SPDX-License-Identifier: Apache-2.0
# The machine of docs/recipes/other-vmms.md, which is closest to Firecracker: virtio-mmio without PCI, a static address, and a
# reboot as its end. Its root and initramfs are those of docs/recipes/container-image.md.
only amd64 # so is the recipe
# shellcheck source=/dev/null
source tests/vm/recipe.sh
LIMIT=${LIMIT:-150}
export ACCEL="-accel tcg,thread=single -icount shift=0" CLOCK="no_timer_check tsc_early_khz=1000000"
recipe_image
recipe_run erofs >/dev/null
recipe_run initramfs
RECIPE=other-vmms
recipe_boot microvm-boot
RECIPE=container-image
recipe_run answer >"$folder/answer"
RECIPE=other-vmms
# Once more where nobody heard it, as the document says.
press() {
    recipe_type microvm-end
    wait_until 10 grep -q STOPPING=1 "$RECIPE_FOLDER/notify"
}
for _ in {1..12}; do
    if press; then break; fi
done
recipe_end 'reboot: Restarting system'
RECIPE=container-image
recipe_run status >"$folder/status"
expect_in "$folder/answer" '^hello from nginx$'
expect_in "$folder/status" '^EXIT_STATUS=0$'
