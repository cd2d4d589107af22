// SPDX-License-Identifier: MIT
// Calls about clocks, sleeping and timers. Sleeps are short, or the supervisor ends them.
#include <limits.h>

#include "fuzz.h"

enum { NANOSECONDS_MS = 1000000 };

// A span of time in memory: seconds, and billionths or millionths of one.
static long *span(long parts_limit) {
    static const long odd[] = {-1, 1000000, 1000000000, LONG_MAX, LONG_MIN};
    long *memory = (long *)((uintptr_t)good(16) & ~7UL);
    memory[0] = chance(97) ? 0 : chance(50) ? 10 : ONE_OF(odd);
    memory[1] = chance(95) ? (long)below((unsigned)parts_limit) : ONE_OF(odd);
    return chance(95) ? memory : (long *)wild();
}

static int clock_id(void) {
    static const int clocks[] = {0, 1, 4, 7};
    static const int odd[] = {99, -1, INT_MAX};
    return chance(90) ? ONE_OF(clocks) : ONE_OF(odd);
}

static long do_nanosleep(void) {
    return TRY(SYS_nanosleep, span(2 * NANOSECONDS_MS), chance(70) ? NULL : buffer(16));
}

static long do_clock_nanosleep(void) {
    return TRY(SYS_clock_nanosleep, clock_id(), chance(90) ? (int)below(2) : (int)random_bits(),
               span(2 * NANOSECONDS_MS), chance(70) ? NULL : buffer(16));
}

static long do_clock_gettime(void) {
    return TRY(SYS_clock_gettime, clock_id(), buffer(16));
}

static long do_clock_getres(void) {
    return TRY(SYS_clock_getres, clock_id(), chance(70) ? buffer(16) : NULL);
}

static int timer_id(void) {
    return chance(92) ? 0 : (int)below(8);
}

static long do_getitimer(void) {
    return TRY(SYS_getitimer, timer_id(), buffer(32));
}

static long do_setitimer(void) {
    static const long odd[] = {-1, 1000000, LONG_MAX, LONG_MIN};
    long *timer = (long *)((uintptr_t)good(32) & ~7UL);
    timer[0] = timer[2] = 0;
    timer[1] = chance(80) ? 0 : (long)below(3000) + 500;
    timer[3] = chance(30) ? 0 : (long)below(3000);
    if (chance(5)) {
        timer[below(4)] = ONE_OF(odd);
    }
    timer = chance(92) ? timer : chance(70) ? NULL : (long *)wild();
    return TRY(SYS_setitimer, timer_id(), timer, chance(70) ? NULL : buffer(32));
}

static long do_alarm(void) {
    return TRY(SYS_alarm, chance(60) ? 0 : chance(80) ? below(3) : (unsigned)random_bits());
}

static long do_gettimeofday(void) {
    char *time = chance(80) ? buffer(16) : NULL;
    return TRY(SYS_gettimeofday, time, chance(30) ? buffer(8) : NULL);
}

static long do_time(void) {
    return TRY(SYS_time, chance(50) ? buffer(8) : NULL);
}

static long do_times(void) {
    return TRY(SYS_times, chance(80) ? buffer(32) : NULL);
}

const struct call time_calls[] = {
    {"nanosleep", do_nanosleep, 4, 0, NULL},
    {"clock_nanosleep", do_clock_nanosleep, 4, 0, NULL},
    {"clock_gettime", do_clock_gettime, 4, ALONE, NULL},
    {"clock_getres", do_clock_getres, 3, ALONE, NULL},
    {"getitimer", do_getitimer, 3, 0, NULL},
    {"setitimer", do_setitimer, 6, 0, NULL},
    {"alarm", do_alarm, 3, 0, NULL},
    {"gettimeofday", do_gettimeofday, 3, ALONE, NULL},
    {"time", do_time, 3, ALONE, NULL},
    {"times", do_times, 3, ALONE | VAGUE, NULL},
    {0},
};
