// SPDX-License-Identifier: MIT
#pragma once

#include "abi/time.h"

typedef long time_t;
typedef int clockid_t;

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

time_t time(time_t *seconds); // seconds may be NULL
int clock_gettime(clockid_t clock, struct timespec *time);
int clock_getres(clockid_t clock, struct timespec *resolution);
int nanosleep(const struct timespec *span, struct timespec *rest);

// Returns the error's number instead of storing it in errno.
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest);
