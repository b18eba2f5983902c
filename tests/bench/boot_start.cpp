// SPDX-License-Identifier: Apache-2.0
// /init of the boots that are measured: the moment at which the kernel runs init, then the init in question.
#include "boot_stamps.hpp"

int main(int, char** argv) {
    leave_stamp(kStartStamp);
    execv("/measured_init", argv);
    return 1;
}
