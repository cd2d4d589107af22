// SPDX-License-Identifier: MIT
// Requests to the terminal. Nobody types; and what its output looks like is not changed.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "fuzz.h"

enum { CONSOLE = 2 };

// The current settings with others for input. Never TOSTOP: processes of all groups print.
static char *settings(void) {
    struct termios *termios = (struct termios *)((uintptr_t)good(sizeof *termios) & ~7UL);
    TRY(SYS_ioctl, CONSOLE, TCGETS, termios);
    termios->c_iflag = (unsigned)random_bits();
    termios->c_lflag = (unsigned)random_bits() & ~(unsigned)TOSTOP;
    for (int i = 0; i < NCCS; i++) {
        termios->c_cc[i] = (unsigned char)below(chance(50) ? 4 : 256);
    }
    return (char *)termios;
}

static char *group(void) {
    static const int odd[] = {0, 1, -1, 99999};
    int *memory = (int *)((uintptr_t)good(sizeof(int)) & ~7UL);
    int child = some_child();
    *memory = chance(60) || child == 0 ? getpgrp() : chance(70) ? child : ONE_OF(odd);
    return (char *)memory;
}

static long argument_for(unsigned long request) {
    if (chance(8)) {
        return (long)wild();
    }
    switch (request) {
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return (long)settings();
    case TIOCSPGRP:
        return (long)group();
    case TCFLSH:
    case TIOCSCTTY:
        return below(5);
    default:
        return (long)buffer(64);
    }
}

static long do_ioctl(void) {
    static const unsigned long requests[] = {
        TCGETS,    TCSETS,   TCSETSW,    TCSETSF,    TCSBRK,   TCFLSH,    TIOCSCTTY, TIOCGPGRP,
        TIOCSPGRP, TIOCOUTQ, TIOCGWINSZ, TIOCSWINSZ, FIONREAD, TIOCNOTTY, TIOCGSID};
    unsigned long request = chance(95) ? ONE_OF(requests) : random_bits() & 0xffffffff;
    long argument = argument_for(request);
    return TRY(SYS_ioctl, chance(80) ? CONSOLE : any_fd(), request, argument);
}

const struct call terminal_calls[] = {
    {"ioctl", do_ioctl, 15, 0, NULL},
    {0},
};
