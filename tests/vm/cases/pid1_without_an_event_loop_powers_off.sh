# SPDX-License-Identifier: Apache-2.0
# A kernel that never gives what PID 1 cannot do without: it says so and ends the machine, instead of trying for ever.
# tests/vm/faults.sh does this with every system call.
only amd64 # epoll_create1(2) is 291
logged "faults_init_$name" g++ -std=c++20 -Os -Wall -Wextra -static -s -o "$folder/init" tests/vm/faults_init.cpp
nlinit=$VM_NLINIT VM_NLINIT=$folder/init
vm_more_files() { install -D "$nlinit" "$1/sbin/nlinit"; }
boot "loglevel=7 fault=291:24"
expect 'faults: call 291 fails with 24'
expect 'nlinit: loop: make an epoll: Too many open files; it is tried again'
expect 'nlinit: power: there is no event loop, so the machine ends'
expect 'reboot: Power down'
