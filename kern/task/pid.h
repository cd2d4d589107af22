// SPDX-License-Identifier: MIT
// Process numbers. A number stays taken as long as anything is called by it: a task, a process
// group, a session. tree_lock is held in every call.
#pragma once

enum { PID_MAX = 30000 };

// Takes a number that nothing is called by, for a task. Returns it, or -EAGAIN.
int pid_take(void);

// One thing more, or less, is called by `pid`.
void pid_get(int pid);
void pid_put(int pid);
