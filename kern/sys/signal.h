// SPDX-License-Identifier: MIT
// Signal numbers of Linux on the x86-64.
#pragma once

enum {
    SIGILL = 4,
    SIGTRAP = 5,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGSEGV = 11,
    SIGCHLD = 17,
};

// For messages: "SIGSEGV".
const char *signal_name(int signal);
