// SPDX-License-Identifier: MIT
// What the parts of the audit share.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel.h"

struct frame;

// Counts and traces a finding. `frame` may be NULL.
void audit_finding(const char *what, const struct frame *frame, uint64_t count, uint64_t recount);

bool audit_may_print(void);

// Prints a finding, but not a thousand of them.
#define REPORT(...)                        \
    do {                                   \
        if (audit_may_print()) {           \
            printk("audit: " __VA_ARGS__); \
        }                                  \
    } while (0)

// Recounts who owns open files and inodes. If `all_ended`, no call is under way that might own one
// for a while: every count must be exact, and no file may be open.
void audit_files(bool all_ended);
