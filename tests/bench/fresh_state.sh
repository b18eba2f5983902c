#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs a client with its state in memory, empty and its own: a DUID and a secret for addresses must be written, and what
# an earlier run has learned is not there.
#   tests/bench/fresh_state.sh DIRECTORY COMMAND…
set -euo pipefail
mount -t tmpfs state "$1"
shift
exec "$@"
