// SPDX-License-Identifier: MIT
// Clocks, sleeping, and the alarm: clock_gettime(2), nanosleep(2), setitimer(2) and their like.
#include "sys/time.h"

#include <arch/cpu.h>
#include <stdbool.h>

#include "abi/time.h"
#include "arch/machine.h"
#include "errno.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/task.h"
#include "task/wait.h"

enum { MICROSECONDS = 1000 }; // nanoseconds in one

#define FOREVER UINT64_MAX

static struct timespec span_of(uint64_t cycles) {
    uint64_t rate = cycles_per_second();
    return (struct timespec){(int64_t)(cycles / rate),
                             (int64_t)(cycles % rate * NANOSECONDS_PER_SECOND / rate)};
}

// Rounds up: nobody wakes too early.
static uint64_t cycles_of(const struct timespec *span) {
    uint64_t rate = cycles_per_second();
    if ((uint64_t)span->seconds >= FOREVER / 4 / rate) {
        return FOREVER / 2;
    }
    uint64_t part = (uint64_t)span->nanoseconds * rate + NANOSECONDS_PER_SECOND - 1;
    return (uint64_t)span->seconds * rate + part / NANOSECONDS_PER_SECOND;
}

static bool span_ok(const struct timespec *span) {
    return span->seconds >= 0 && span->nanoseconds >= 0 &&
           span->nanoseconds < NANOSECONDS_PER_SECOND;
}

static int span_from_user(uintptr_t from, struct timespec *span) {
    if (copy_from_user(span, from, sizeof *span) < 0) {
        return -EFAULT;
    }
    return span_ok(span) ? 0 : -EINVAL;
}

int deadline_from_user(uintptr_t from, uint64_t *deadline) {
    struct timespec span;
    *deadline = FOREVER;
    int error = from != 0 ? span_from_user(from, &span) : 0;
    if (from != 0 && error == 0) {
        *deadline = cycle_count() + cycles_of(&span);
    }
    return error;
}

int deadline_rest_to_user(uint64_t deadline, uintptr_t to) {
    uint64_t now = cycle_count();
    struct timespec rest = span_of(deadline > now ? deadline - now : 0);
    return copy_to_user(to, &rest, sizeof rest);
}

int64_t deadline_interrupted(uint64_t deadline) {
    current->restart_deadline = deadline;
    return -ERESTARTNOHAND;
}

uint64_t deadline_resumed(uint64_t deadline) {
    uint64_t before = current->restart_deadline;
    current->restart_deadline = 0;
    return before != 0 ? before : deadline;
}

// ---- Clocks ----------------------------------------------------------------------------------

static bool clock_ok(uint64_t clock) {
    return (int)clock == CLOCK_REALTIME || (int)clock == CLOCK_MONOTONIC ||
           (int)clock == CLOCK_MONOTONIC_RAW || (int)clock == CLOCK_BOOTTIME;
}

// Those that Linux reads at the last tick, and those that go while a task runs, cannot be slept by.
static bool clock_readable(uint64_t clock) {
    return clock_ok(clock) || (int)clock == CLOCK_REALTIME_COARSE ||
           (int)clock == CLOCK_MONOTONIC_COARSE || (int)clock == CLOCK_PROCESS_CPUTIME_ID ||
           (int)clock == CLOCK_THREAD_CPUTIME_ID;
}

// What the clock shows when it shows nothing else.
static int64_t clock_start(uint64_t clock) {
    bool realtime = (int)clock == CLOCK_REALTIME || (int)clock == CLOCK_REALTIME_COARSE;
    return realtime ? REALTIME_AT_BOOT : 0;
}

static struct timespec clock_now(uint64_t clock) {
    if ((int)clock == CLOCK_PROCESS_CPUTIME_ID || (int)clock == CLOCK_THREAD_CPUTIME_ID) {
        return span_of((current->ticks.user + current->ticks.system) *
                       (cycles_per_second() / TIMER_HZ));
    }
    struct timespec now = span_of(cycle_count() - boot_info.entry_cycles);
    now.seconds += clock_start(clock);
    return now;
}

int64_t sys_clock_gettime(struct trapframe *tf) {
    uint64_t clock = trapframe_argument(tf, 0);
    if (!clock_readable(clock)) {
        return -EINVAL;
    }
    struct timespec now = clock_now(clock);
    return copy_to_user(trapframe_argument(tf, 1), &now, sizeof now);
}

int64_t sys_time(struct trapframe *tf) {
    uintptr_t to = trapframe_argument(tf, 0);
    int64_t seconds = clock_now(CLOCK_REALTIME).seconds;
    return to != 0 && copy_to_user(to, &seconds, sizeof seconds) < 0 ? -EFAULT : seconds;
}

// There are no time zones.
int64_t sys_gettimeofday(struct trapframe *tf) {
    static const uint32_t zone[2];
    uintptr_t to = trapframe_argument(tf, 0);
    uintptr_t zone_to = trapframe_argument(tf, 1);
    struct timespec now = clock_now(CLOCK_REALTIME);
    now.nanoseconds /= MICROSECONDS;
    if (to != 0 && copy_to_user(to, &now, sizeof now) < 0) {
        return -EFAULT;
    }
    return zone_to != 0 ? copy_to_user(zone_to, zone, sizeof zone) : 0;
}

int64_t sys_clock_getres(struct trapframe *tf) {
    struct timespec resolution = {0, 1};
    uintptr_t to = trapframe_argument(tf, 1);
    if (!clock_readable(trapframe_argument(tf, 0))) {
        return -EINVAL;
    }
    return to != 0 ? copy_to_user(to, &resolution, sizeof resolution) : 0;
}

// ---- Sleeping --------------------------------------------------------------------------------

// Returns 0 at the deadline, or -EINTR.
static int sleep_until(uint64_t deadline) {
    struct signal_state *state = &current->signals;
    struct wait_queue nobody_wakes;
    wait_queue_init(&nobody_wakes);
    int error = 0;
    spin_lock(&state->lock);
    while (error == 0 && cycle_count() < deadline) {
        error = wait_sleep_until(&nobody_wakes, &state->lock, deadline);
    }
    spin_unlock(&state->lock);
    return error == -ETIMEDOUT ? 0 : error;
}

// After an interruption what is left goes to user address `rest_to`, unless that is 0.
static int64_t sleep_for(uintptr_t from, uintptr_t rest_to) {
    struct timespec span;
    int error = span_from_user(from, &span);
    if (error < 0) {
        return error;
    }
    uint64_t deadline = deadline_resumed(cycle_count() + cycles_of(&span));
    if (sleep_until(deadline) == 0) {
        return 0;
    }
    if (rest_to != 0 && deadline_rest_to_user(deadline, rest_to) < 0) {
        return -EFAULT;
    }
    return deadline_interrupted(deadline);
}

int64_t sys_nanosleep(struct trapframe *tf) {
    return sleep_for(trapframe_argument(tf, 0), trapframe_argument(tf, 1));
}

int64_t sys_clock_nanosleep(struct trapframe *tf) {
    uint64_t clock = trapframe_argument(tf, 0);
    uintptr_t from = trapframe_argument(tf, 2);
    struct timespec when;
    if (!clock_ok(clock)) {
        return -EINVAL;
    }
    if ((trapframe_argument(tf, 1) & TIMER_ABSTIME) == 0) {
        return sleep_for(from, trapframe_argument(tf, 3));
    }
    int error = span_from_user(from, &when);
    if (error < 0) {
        return error;
    }
    when.seconds -= clock_start(clock);
    if (when.seconds < 0) {
        return 0; // that was before the kernel began
    }
    error = sleep_until(boot_info.entry_cycles + cycles_of(&when));
    return error == -EINTR ? -ERESTARTNOHAND : error;
}

// ---- The alarm -------------------------------------------------------------------------------

// A timer as setitimer takes it: spans of seconds and *micro*seconds.
struct timer_value {
    struct timespec interval;
    struct timespec value;
};

static int64_t timer_to_user(uintptr_t to, uint64_t left, uint64_t interval) {
    struct timer_value timer = {span_of(interval), span_of(left)};
    timer.interval.nanoseconds /= MICROSECONDS;
    timer.value.nanoseconds /= MICROSECONDS;
    if (left != 0 && timer.value.seconds == 0 && timer.value.nanoseconds == 0) {
        timer.value.nanoseconds = 1; // zero would mean: not set
    }
    return copy_to_user(to, &timer, sizeof timer);
}

int64_t sys_getitimer(struct trapframe *tf) {
    if (trapframe_argument(tf, 0) != ITIMER_REAL) {
        return -EINVAL;
    }
    uint64_t interval;
    uint64_t left = alarm_get(&interval);
    return timer_to_user(trapframe_argument(tf, 1), left, interval);
}

static int timer_from_user(uintptr_t from, struct timer_value *timer) {
    if (copy_from_user(timer, from, sizeof *timer) < 0) {
        return -EFAULT;
    }
    if ((uint64_t)timer->value.nanoseconds >= NANOSECONDS_PER_SECOND / MICROSECONDS ||
        (uint64_t)timer->interval.nanoseconds >= NANOSECONDS_PER_SECOND / MICROSECONDS) {
        return -EINVAL;
    }
    timer->value.nanoseconds *= MICROSECONDS;
    timer->interval.nanoseconds *= MICROSECONDS;
    return span_ok(&timer->value) && span_ok(&timer->interval) ? 0 : -EINVAL;
}

int64_t sys_setitimer(struct trapframe *tf) {
    uintptr_t from = trapframe_argument(tf, 1);
    uintptr_t old_to = trapframe_argument(tf, 2);
    struct timer_value timer = {0};
    int error = from != 0 ? timer_from_user(from, &timer) : 0;
    if (error < 0) {
        return error;
    }
    if (trapframe_argument(tf, 0) != ITIMER_REAL) {
        return -EINVAL;
    }
    uint64_t interval = cycles_of(&timer.interval);
    uint64_t left = alarm_set(current, cycles_of(&timer.value), &interval);
    return old_to != 0 ? timer_to_user(old_to, left, interval) : 0;
}

// Answers in whole seconds, rounded, but never 0 for an alarm that was set.
int64_t sys_alarm(struct trapframe *tf) {
    struct timespec after = {(unsigned)trapframe_argument(tf, 0), 0};
    uint64_t interval = 0;
    uint64_t left = alarm_set(current, cycles_of(&after), &interval);
    struct timespec rest = span_of(left);
    bool up = rest.nanoseconds >= NANOSECONDS_PER_SECOND / 2 || (left != 0 && rest.seconds == 0);
    return rest.seconds + (up ? 1 : 0);
}
