// SPDX-License-Identifier: MIT
#include "witness/race.h"

#include <arch/cpu.h>
#include <stdatomic.h>

uint64_t race_seed;

static uint64_t states[MAX_CPUS]; // of each CPU's generator; 0: not begun
static atomic_uint last_cpu;
static _Atomic uint64_t alternations;

// Marsaglia, "Xorshift RNGs" (2003).
static uint64_t next_number(unsigned cpu) {
    uint64_t x = states[cpu];
    if (x == 0) {
        x = race_seed * 0x9e3779b97f4a7c15UL + cpu + 1;
    }
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    states[cpu] = x;
    return x;
}

// Most pauses last for one turn of the others. In a long one they come through several such points:
// enough for what takes more than one step.
void race_point_slow(void) {
    enum { ONE_IN = 3, LONG_ONE_IN = 32, LONGEST_SHIFT = 6 };
    unsigned cpu = this_cpu()->id;
    if (atomic_exchange_explicit(&last_cpu, cpu, memory_order_relaxed) != cpu) {
        atomic_fetch_add_explicit(&alternations, 1, memory_order_relaxed);
    }
    uint64_t number = next_number(cpu) >> 32;
    unsigned turns = 0;
    if (number % LONG_ONE_IN == 0) {
        turns = 1u << (number >> 8) % LONGEST_SHIFT;
    } else if (number % ONE_IN == 0) {
        turns = 1;
    }
    while (turns-- > 0) {
        cpu_relax();
    }
}

uint64_t race_alternations(void) {
    return alternations;
}
