// SPDX-License-Identifier: MIT
// Makes all other CPUs stand still between two system calls, so that one can look at everything.
// They stop where they go back to user mode, or in the idle loop: no task that runs holds a lock
// then, or has half done something.
#pragma once

#include <stdbool.h>

// From the return on the others stand, until others_go. The current task holds no spinlock.
void others_stop(void);
void others_go(void);

// For the scheduler: whether this CPU is to stand, and standing. Interrupts are let in meanwhile.
bool park_wanted(void);
void park(void);
