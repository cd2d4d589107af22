// SPDX-License-Identifier: MIT
// One timer for each task, which sends it SIGALRM: setitimer(ITIMER_REAL) and alarm.
#pragma once

#include <stdint.h>

#include "base/list.h"

struct task;

// Times are in cycles. Guarded by a lock of their own, alarm_lock (task/signal.h has the order).
struct alarm {
    struct list link;  // among those that are set
    uint64_t due;      // cycle_count() then; 0: not set
    uint64_t interval; // how long after that again; 0: never
};

void alarm_init(struct alarm *alarm);

// Sets a task's alarm, replacing what it was: due in `after` cycles (0: never). Returns how far
// away the old one was, 0 if it was not set; *interval is exchanged.
uint64_t alarm_set(struct task *task, uint64_t after, uint64_t *interval);

// How far away the current task's alarm is, 0 if it is not set, and its interval.
uint64_t alarm_get(uint64_t *interval);

// Called by the timer: sends what is due.
void alarm_tick(void);
