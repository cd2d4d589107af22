// SPDX-License-Identifier: MIT
// Pipes: 64 KiB of bytes between those who write and those who read; pipe(7).
#pragma once

#include "abi/limits.h"
#include "fs/file.h"

enum { PIPE_PAGES = 16 };

// Makes a pipe. ends[0] is for reading, ends[1] for writing, both owned by the caller. `flags` may
// have O_NONBLOCK. Returns 0 or -ENOMEM.
int pipe_create(struct file *ends[2], unsigned flags);

// Frees a pipe that no file refers to any more; NULL is allowed.
void pipe_destroy(struct pipe *pipe);
