// SPDX-License-Identifier: MIT
// The end of a task, and how its parent learns of it.
#pragma once

#include <stdint.h>

#include "abi/wait.h"
#include "task/task.h"

struct wait_result {
    int pid;                 // 0: nobody yet (WNOHANG)
    unsigned uid;            // who started the child
    int status;              // as wait4 stores it
    struct task_ticks ticks; // the child's, and those of children that it has collected
};

// Waits until a child that `which` asks for (as wait_select does) has ended (WEXITED), stopped
// (WSTOPPED), or gone on (WCONTINUED). Collects it if it has ended, and tells of the others only
// once, unless WNOWAIT says to leave everything as it is. Returns 0, -ECHILD (there is none) or
// -ERESTARTSYS.
int do_wait(int which, unsigned options, struct wait_result *result);
