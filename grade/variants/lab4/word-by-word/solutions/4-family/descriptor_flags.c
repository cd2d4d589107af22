// SPDX-License-Identifier: MIT
// Another lab 4a: words changed in one operation each, and so without a lock; one exit from each
// command.
#include <stdatomic.h>

#include "abi/fcntl.h"
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "kernel.h"
#include "labs.h"

static void set_flag(struct files *files, int fd) {
    __atomic_fetch_or(&files->close_on_exec[(unsigned)fd >> 6], 1UL << (fd & 63), __ATOMIC_SEQ_CST);
}

static void clear_flag(struct files *files, int fd) {
    __atomic_fetch_and(&files->close_on_exec[(unsigned)fd >> 6], ~(1UL << (fd & 63)),
                       __ATOMIC_SEQ_CST);
}

void fd_flags_reset(struct files *files, int fd, unsigned flags) {
    if ((flags & O_CLOEXEC) == O_CLOEXEC) {
        set_flag(files, fd);
        return;
    }
    clear_flag(files, fd);
}

void fd_flags_copy(struct files *to, const struct files *from) {
    for (unsigned i = FD_FLAG_WORDS; i > 0; i--) {
        to->close_on_exec[i - 1] = __atomic_load_n(&from->close_on_exec[i - 1], __ATOMIC_SEQ_CST);
    }
}

int64_t fd_control(struct files *files, int fd, struct file *file, unsigned command,
                   uint64_t argument) {
    if (command == F_GETFD) {
        uint64_t word = __atomic_load_n(&files->close_on_exec[(unsigned)fd >> 6], __ATOMIC_SEQ_CST);
        return (word >> (fd & 63)) & FD_CLOEXEC;
    }
    if (command == F_SETFD) {
        if (argument & FD_CLOEXEC) {
            set_flag(files, fd);
        } else {
            clear_flag(files, fd);
        }
        return 0;
    }
    if (argument > (uint64_t)files->limit - 1) {
        return -EINVAL;
    }
    int copy = fd_reserve(files, (int)argument);
    if (copy < 0) {
        return copy;
    }
    // Nobody can use it yet: its flag may come first, but fd_install sets it anew.
    fd_install(files, copy, file_get(file), command == F_DUPFD ? 0 : O_CLOEXEC);
    return copy;
}
