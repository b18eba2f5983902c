# SPDX-License-Identifier: Apache-2.0
# The commands of docs/recipes/debian-services.md: nginx, redis and postgres out of one root, a machine each, which
# answer and end in order. The root is installed once, in build/services.
only amd64 # so is the recipe
slow
RECIPE=debian-services
# shellcheck source=/dev/null
source tests/vm/recipe.sh
limit_of_a_boot=${LIMIT:-150}
LIMIT=900 # packages are fetched and installed

services_root() {
    local made=$PWD/build/services
    if [[ ! -e $made/complete ]]; then
        recipe_run services-root >"$folder/debootstrap.log"
        ((${#wrong[@]} == 0)) || return 0
        rm -rf "$made"
        mkdir -p "$made"
        mv "$RECIPE_FOLDER/services" "$made/services"
        touch "$made/complete"
    fi
    ln -s "$made/services" "$RECIPE_FOLDER/services"
}

# service NAME PORT: its machine, which service_ends() ends; answer is the file for what it says.
service() {
    export SERVICE=$1 GUEST_PORT=$2
    rm -f "$RECIPE_FOLDER/notify"
    recipe_run services-initramfs
    recipe_boot services-boot
    answer="$folder/$1.answer"
}
service_ends() {
    recipe_type services-end
    recipe_end
    recipe_run services-check >"$folder/status"
    expect_in "$folder/status" '^EXIT_STATUS=0$'
    mv "$folder/serial.log" "$folder/$SERVICE.log"
}

recipe_begin
services_root
recipe_run services-disk >/dev/null
LIMIT=$limit_of_a_boot
recipe_file nginx
recipe_file redis
recipe_file postgres
service nginx 80
recipe_run nginx-answer >"$answer"
service_ends
expect_in "$answer" 'Welcome to nginx!'
for visit in 1 2; do
    service redis 6379
    recipe_run redis-answer >"$answer"
    service_ends
    expect_in "$answer" "^$visit\$"
done
service postgres 5432
recipe_run postgres-answer >"$answer"
service_ends
expect_in "$answer" '^ *42$'
cat "$folder"/{nginx,redis,postgres}.log >"$folder/serial.log"
