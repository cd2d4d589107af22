// SPDX-License-Identifier: MIT
// Terminals as programs see them: the numbers, bits and structures of Linux's ABI (asm-generic/termbits.h,
// ioctls.h). Only what Tine acts upon has a name; other bits are kept as they are set.
#pragma once

#include <stdint.h>

// Indices of cc: characters that mean something, and VMIN and VTIME, which are numbers.
enum {
    VINTR,
    VQUIT,
    VERASE,
    VKILL,
    VEOF,
    VTIME,
    VMIN,
    VSUSP = 10,
    VEOL,
    VREPRINT,
    VWERASE = 14,
    VLNEXT,
    VEOL2,
    CONTROL_CHARS = 19,
};

struct termios {
    uint32_t iflag, oflag, cflag, lflag;
    uint8_t line;
    uint8_t cc[CONTROL_CHARS]; // 0: there is no such character
};
_Static_assert(sizeof(struct termios) == 36, "Linux's struct termios");

// iflag: what is done to what comes in
#define INLCR 0000100u
#define IGNCR 0000200u
#define ICRNL 0000400u
#define IUTF8 0040000u

// oflag: and to what goes out
#define OPOST 0000001u
#define ONLCR 0000004u

// cflag: the line itself, which Tine leaves as it is
#define B38400 0000017u
#define CS8 0000060u
#define CREAD 0000200u

// lflag: the discipline
#define ISIG 0000001u
#define ICANON 0000002u
#define ECHO 0000010u
#define ECHOE 0000020u
#define ECHOK 0000040u
#define ECHONL 0000100u
#define NOFLSH 0000200u
#define TOSTOP 0000400u
#define ECHOCTL 0001000u
#define ECHOKE 0004000u
#define IEXTEN 0100000u

struct winsize {
    uint16_t rows, columns;
    uint16_t x_pixels, y_pixels;
};

// Requests of ioctl.
enum {
    TCGETS = 0x5401,
    TCSETS,
    TCSETSW,
    TCSETSF,
    TCSBRK = 0x5409,
    TCFLSH = 0x540b,
    TIOCSCTTY = 0x540e,
    TIOCGPGRP,
    TIOCSPGRP,
    TIOCOUTQ,
    TIOCGWINSZ = 0x5413,
    TIOCSWINSZ,
    FIONREAD = 0x541b,
    TIOCNOTTY = 0x5422,
    TIOCGSID = 0x5429,
};

enum { TCIFLUSH, TCOFLUSH, TCIOFLUSH }; // of TCFLSH
