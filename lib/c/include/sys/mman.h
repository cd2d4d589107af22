// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "abi/mman.h"

#define MAP_FAILED ((void *)-1)

void *mmap(void *hint, size_t bytes, int prot, int flags, int fd, off_t offset);
int munmap(void *start, size_t bytes);
int mprotect(void *start, size_t bytes, int prot);
int msync(void *start, size_t bytes, int flags);
