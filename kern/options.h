// SPDX-License-Identifier: MIT
// The kernel's command line: `name=value` words separated by spaces. handouts/options.md is the
// page for people; a test holds the two together.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct options {
    const char *init;         // program started as pid 1
    const char *arguments;    // its arguments, what stands behind " -- "; NULL: none
    const char *ktest;        // run these kernel tests instead; NULL: none
    const char *trace;        // classes to record, or "all", "none"
    uint64_t trace_mirror;    // 1: print events on the second serial port too
    uint64_t trace_events;    // room in the trace ring, a power of two
    const char *fail;         // CLASS:N, an allocation that fails once init runs; NULL: none
    uint64_t budget;          // million cycles from kernel entry until a hang; 0: no limit
    bool console_on_debugcon; // console=debugcon
};

extern struct options options;

// Reads boot_info.command_line, which it cuts into words. Unknown words are reported and ignored;
// a bad value ends the machine.
void options_parse(void);
