// SPDX-License-Identifier: MIT
// Terminals as programs see them: Linux's structures.
#pragma once

#include <stdint.h>

#include "abi/ioctl.h"
#include "abi/termios.h"

struct termios {
    uint32_t iflag, oflag, cflag, lflag;
    uint8_t line;
    uint8_t cc[NCCS]; // 0: there is no such character
};
_Static_assert(sizeof(struct termios) == 36, "Linux's struct termios");

struct winsize {
    uint16_t rows, columns;
    uint16_t x_pixels, y_pixels;
};
