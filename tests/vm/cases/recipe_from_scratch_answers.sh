# SPDX-License-Identifier: Apache-2.0
# The commands of docs/recipes/from-scratch.md: a root of two files boots, answers and ends in order.
only amd64 # so is the recipe
RECIPE=from-scratch
# shellcheck source=/dev/null
source tests/vm/recipe.sh
LIMIT=${LIMIT:-150}
recipe_begin
ln -s "$(realpath "$VM_BUSYBOX")" "$folder/bin/busybox"
recipe_run scratch-tree
recipe_run scratch-root >/dev/null
recipe_boot scratch-boot
recipe_run scratch-answer >"$folder/answer"
recipe_type scratch-end
recipe_end
expect_in "$folder/answer" '^hello from scratch$'
