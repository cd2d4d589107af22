// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>
#include <sys/time.h>

#define FD_SETSIZE 1024

typedef struct {
    unsigned long bits[FD_SETSIZE / 64];
} fd_set;

#define FD_ZERO(set) ((void)(*(set) = (fd_set){{0}}))
#define FD_SET(fd, set) ((void)((set)->bits[(fd) / 64] |= 1UL << (fd) % 64))
#define FD_CLR(fd, set) ((void)((set)->bits[(fd) / 64] &= ~(1UL << (fd) % 64)))
#define FD_ISSET(fd, set) (((set)->bits[(fd) / 64] >> (fd) % 64 & 1) != 0)

// `mask`: the signals blocked meanwhile; NULL: as they are. pselect leaves `timeout` as it is;
// select, as on Linux, leaves the time that was left.
int pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout,
            const sigset_t *mask);
int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout);
