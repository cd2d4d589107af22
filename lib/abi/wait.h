// SPDX-License-Identifier: MIT
// Options of wait4 and waitid: Linux's numbers.
#pragma once

#define WNOHANG 1
#define WUNTRACED 2
#define WSTOPPED WUNTRACED
#define WEXITED 4
#define WCONTINUED 8
#define WNOWAIT 0x01000000
#define __WNOTHREAD 0x20000000
#define __WALL 0x40000000
#define __WCLONE 0x80000000

typedef enum { P_ALL, P_PID, P_PGID } idtype_t;
