// SPDX-License-Identifier: MIT
#pragma once

typedef long clock_t;

// In hundredths of a second.
struct tms {
    clock_t tms_utime;
    clock_t tms_stime;
    clock_t tms_cutime;
    clock_t tms_cstime;
};

clock_t times(struct tms *times);
