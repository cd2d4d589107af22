// SPDX-License-Identifier: MIT
#pragma once

#include "abi/ioctl.h"

struct winsize {
    unsigned short ws_row, ws_col;
    unsigned short ws_xpixel, ws_ypixel;
};

int ioctl(int fd, unsigned long request, ...);
