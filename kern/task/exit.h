// SPDX-License-Identifier: MIT
// The end of a task, and how its parent learns of it.
#pragma once

#include <stdint.h>

#include "abi/wait.h"

struct wait_result {
    int pid;    // 0: nobody yet (WNOHANG)
    int status; // as wait4 stores it
};

// Waits for a child that `which` asks for (as wait_select does) to end, and collects it, unless WNOWAIT
// says to leave it. Returns 0, -ECHILD (there is none) or -EINTR.
int do_wait(int which, unsigned options, struct wait_result *result);
