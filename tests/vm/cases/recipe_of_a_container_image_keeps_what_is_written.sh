# SPDX-License-Identifier: Apache-2.0
# The commands of docs/recipes/container-image.md for a root that keeps what is written: after a reboot it is there.
only amd64 # so is the recipe
# shellcheck source=/dev/null
source tests/vm/recipe.sh
LIMIT=150
recipe_image
recipe_run ext4 >/dev/null
recipe_run initramfs
recipe_boot boot-ext4
recipe_run answer >"$folder/answer.1"
recipe_type reboot
recipe_ready 2
recipe_run answer >"$folder/answer.2"
recipe_type power-off
recipe_end
recipe_run written >"$folder/access.log"
for visit in 1 2; do expect_in "$folder/answer.$visit" '^hello from nginx$'; done
(($(grep -c 'GET / .*curl' "$folder/access.log") >= 2)) || wrong+=("the second boot did not keep the log of the first")
expect 'reboot: Restarting system'
expect_clean recipe/root
