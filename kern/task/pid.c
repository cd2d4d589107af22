// SPDX-License-Identifier: MIT
// Free numbers wait in a queue: the one that has been free for longest is taken first, so that a
// number comes back as late as possible, and neither taking nor giving back searches.
#include "task/pid.h"

#include <stdint.h>

#include "errno.h"
#include "kernel.h"

// users[pid]: how many things are called by it. next[pid]: behind it in the queue; 0: the last.
// Numbers from `untouched` on have never been used and are in no queue.
static uint16_t users[PID_MAX + 1];
static uint16_t next[PID_MAX + 1];
static int first_free;
static int last_free;
static int untouched = 1;

int pid_take(void) {
    int pid = untouched;
    if (untouched <= PID_MAX) {
        untouched++;
    } else if (first_free != 0) {
        pid = first_free;
        first_free = next[pid];
        last_free = first_free == 0 ? 0 : last_free;
    } else {
        return -EAGAIN;
    }
    users[pid] = 1;
    return pid;
}

void pid_get(int pid) {
    ASSERT(pid > 0 && pid <= PID_MAX && users[pid] > 0);
    users[pid]++;
}

void pid_put(int pid) {
    ASSERT(pid > 0 && pid <= PID_MAX && users[pid] > 0);
    if (--users[pid] > 0) {
        return;
    }
    next[pid] = 0;
    if (last_free == 0) {
        first_free = pid;
    } else {
        next[last_free] = (uint16_t)pid;
    }
    last_free = pid;
}
