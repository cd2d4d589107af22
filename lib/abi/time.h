// SPDX-License-Identifier: MIT
// Clocks and timers: Linux's numbers.
#pragma once

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_BOOTTIME 7
#define TIMER_ABSTIME 1

#define ITIMER_REAL 0
