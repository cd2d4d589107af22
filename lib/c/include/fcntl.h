// SPDX-License-Identifier: MIT
// Opening files (POSIX).
#pragma once

#include <sys/types.h>

#include "abi/fcntl.h"

int open(const char *path, int flags, ...); // the mode follows with O_CREAT
int creat(const char *path, mode_t mode);
int openat(int directory, const char *path, int flags, ...);
int fcntl(int fd, int command, ...);
