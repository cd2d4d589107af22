// SPDX-License-Identifier: MIT
#pragma once

#include "abi/poll.h"

typedef unsigned long nfds_t;

struct pollfd {
    int fd;
    short events;
    short revents;
};

int poll(struct pollfd *files, nfds_t count, int timeout_ms); // below 0: for ever
