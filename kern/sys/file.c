// SPDX-License-Identifier: MIT
// read and write. There is one file, the console; descriptors 0, 1 and 2 are it.
#include "errno.h"
#include "fs/console.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"

enum { LAST_CONSOLE_FD = 2, CHUNK_BYTES = 256 };

// Linux transfers at most this much in one call, so that the count fits an int.
#define MAX_TRANSFER 0x7ffff000UL

static bool is_console(uint64_t fd) {
    return (unsigned)fd <= LAST_CONSOLE_FD;
}

int64_t sys_write(struct trapframe *tf) {
    uintptr_t from = trapframe_argument(tf, 1);
    uint64_t bytes = trapframe_argument(tf, 2);
    if (!is_console(trapframe_argument(tf, 0))) {
        return -EBADF;
    }
    if (bytes > MAX_TRANSFER) {
        bytes = MAX_TRANSFER;
    }
    char chunk[CHUNK_BYTES];
    uint64_t done = 0;
    while (done < bytes) {
        size_t wanted = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;
        size_t got = copy_from_user_partly(chunk, from + done, wanted);
        console_write(chunk, got);
        done += got;
        if (got < wanted) {
            return done > 0 ? (int64_t)done : -EFAULT;
        }
    }
    return (int64_t)done;
}

int64_t sys_read(struct trapframe *tf) {
    uintptr_t to = trapframe_argument(tf, 1);
    uint64_t bytes = trapframe_argument(tf, 2);
    if (!is_console(trapframe_argument(tf, 0))) {
        return -EBADF;
    }
    if (bytes == 0) {
        return 0;
    }
    char chunk[CHUNK_BYTES];
    size_t got = console_read(chunk, bytes < CHUNK_BYTES ? bytes : CHUNK_BYTES);
    return copy_to_user(to, chunk, got) < 0 ? -EFAULT : (int64_t)got;
}
