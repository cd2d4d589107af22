// SPDX-License-Identifier: MIT
// The end of a task, and how its parent learns of it.
#pragma once

#include <stdint.h>

// Options of wait4 and waitid, Linux's numbers.
#define WNOHANG 0x00000001u
#define WUNTRACED 0x00000002u
#define WSTOPPED WUNTRACED
#define WEXITED 0x00000004u
#define WCONTINUED 0x00000008u
#define WNOWAIT 0x01000000u
#define WNOTHREAD 0x20000000u
#define WALL 0x40000000u
#define WCLONE 0x80000000u

struct wait_result {
    int pid;    // 0: nobody yet (WNOHANG)
    int status; // as wait4 stores it
};

// Waits for a child that `which` asks for (as wait_select does) to end, and collects it, unless WNOWAIT
// says to leave it. Returns 0, -ECHILD (there is none) or -EINTR.
int do_wait(int which, unsigned options, struct wait_result *result);
