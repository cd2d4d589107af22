// SPDX-License-Identifier: MIT
#pragma once

#include <sys/time.h>

#include "abi/resource.h"

typedef unsigned long rlim_t;

struct rlimit {
    rlim_t rlim_cur;
    rlim_t rlim_max;
};

// As Linux lays it out; Tine fills in the first three.
struct rusage {
    struct timeval ru_utime;
    struct timeval ru_stime;
    long ru_maxrss; // KiB
    long not_counted[13];
};

int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);
int getrusage(int who, struct rusage *usage);
