// SPDX-License-Identifier: MIT
// Makes the nth allocation from now on fail, once, so that the way back can be tested. Nothing else
// is changed: whoever asked gets the answer it would get if memory were used up.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/probe.h"
#include "config.h"

// The nth allocation of a class by the current task fails, or, if the first program has not started
// yet, by anybody; 1 is the next one. INJECT_NONE or 0: none. Returns how many of those asked for
// before were still to come: 0 if the failure has happened.
uint64_t inject_arm(enum inject_class class, uint64_t n);

// Reads `CLASS:N` as in option fail=. Returns false if it is not that.
bool inject_parse(const char *text, enum inject_class *class, uint64_t *n);

// Asked at each allocation: shall it fail?
bool inject_check(enum inject_class class);

static inline bool inject_failure(enum inject_class class) {
    return CHECKS && inject_check(class);
}
