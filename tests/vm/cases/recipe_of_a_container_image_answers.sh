# SPDX-License-Identifier: Apache-2.0
# The commands of docs/recipes/container-image.md make a machine of a container image, which answers over HTTP and whose
# payload's status is seen outside.
only amd64 # so is the recipe
# shellcheck source=/dev/null
source tests/vm/recipe.sh
LIMIT=150
recipe_image
recipe_run erofs >/dev/null
recipe_run initramfs
recipe_boot boot-erofs
recipe_run answer >"$folder/answer"
recipe_type power-off
recipe_end
recipe_run status >"$folder/status"
expect_in "$folder/answer" '^hello from nginx$'
expect_in "$folder/status" '^EXIT_STATUS=0$'
