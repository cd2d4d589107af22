// SPDX-License-Identifier: MIT
// What the build decides. These are constants, not macros to test with #ifdef: both sides of a
// decision are compiled, and the one that cannot happen is dropped.
#pragma once

#include <stdbool.h>

// A checking build traces, audits, poisons and asserts; without it only the kernel is left.
enum { CHECKS = TINE_CHECKS };

#define TINE_VERSION "0.1"
