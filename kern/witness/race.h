// SPDX-License-Identifier: MIT
// Makes races between CPUs happen, and happen again. Under instruction counting the emulator runs
// one CPU at a time, for thousands of instructions; an instruction PAUSE gives the turn to the
// next. Option seed=N puts a PAUSE after some of the operations where the order of CPUs may matter,
// chosen by N: the same number gives the same order in every run.
#pragma once

#include <stdint.h>

#include "config.h"

// 0: no pauses.
extern uint64_t race_seed;

void race_point_slow(void);

// Here the order of CPUs may matter.
static inline void race_point(void) {
    if (CHECKS && race_seed != 0) {
        race_point_slow();
    }
}

// How often the CPU at such a point was another than at the point before.
uint64_t race_alternations(void);
