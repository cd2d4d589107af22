// SPDX-License-Identifier: MIT
#pragma once

typedef long time_t;
typedef int clockid_t;

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define TIMER_ABSTIME 1

int clock_gettime(clockid_t clock, struct timespec *time);
int clock_getres(clockid_t clock, struct timespec *resolution);
int nanosleep(const struct timespec *span, struct timespec *rest);

// Returns the error's number instead of storing it in errno.
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest);
