// SPDX-License-Identifier: MIT
#include "random.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/string.h"
#include "witness/race.h"

static atomic_ullong state;

// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
static uint64_t next(void) {
    uint64_t z = atomic_fetch_add(&state, 0x9e3779b97f4a7c15) + 0x9e3779b97f4a7c15;
    z += race_seed << 32;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

void random_fill(void *to, size_t bytes) {
    for (char *at = to; bytes > 0;) {
        uint64_t value = next();
        size_t part = bytes < sizeof value ? bytes : sizeof value;
        memcpy(at, &value, part);
        at += part;
        bytes -= part;
    }
}
