// SPDX-License-Identifier: MIT
// Clocks and timers: Linux's numbers.
#pragma once

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7
#define TIMER_ABSTIME 1

// Nanoseconds, for utimensat, that mean something else.
#define UTIME_NOW 0x3fffffff
#define UTIME_OMIT 0x3ffffffe

#define ITIMER_REAL 0
