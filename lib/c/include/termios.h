// SPDX-License-Identifier: MIT
// Terminals (POSIX); the structure is that of Linux's kernel.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "abi/termios.h"

typedef uint32_t tcflag_t;
typedef uint8_t cc_t;
typedef uint32_t speed_t;

struct termios {
    tcflag_t c_iflag, c_oflag, c_cflag, c_lflag;
    cc_t c_line;
    cc_t c_cc[NCCS];
};

int tcgetattr(int fd, struct termios *termios);
int tcsetattr(int fd, int when, const struct termios *termios);
int tcflush(int fd, int which);
int tcdrain(int fd);
pid_t tcgetsid(int fd);
void cfmakeraw(struct termios *termios);
