// SPDX-License-Identifier: MIT
// Lab 4a: a flag for each descriptor.
//
// Handout: handouts/4-family.md#descriptor-flags. Contract: kern/labs.h. You need of the kernel
// that is given:
//
//     files->close_on_exec, ->lock, ->limit   the flags, and what guards them   fs/files.h
//     fd_reserve, fd_install                  a new descriptor, in two steps    fs/files.h
//     file_get(file)                          one claim more to an open file    fs/file.h
//     FD_CLOEXEC, O_CLOEXEC, F_GETFD, ...     the numbers that programs use     abi/fcntl.h
#include "abi/fcntl.h"
#include "errno.h"
#include "fs/files.h"
#include "kernel.h"
#include "labs.h"

void fd_flags_reset(struct files *files, int fd, unsigned flags) {
    (void)files;
    (void)fd;
    if ((flags & O_CLOEXEC) != 0) {
        lab_unwritten("fd_flags_reset", __FILE__); // it stays open
    }
}

void fd_flags_copy(struct files *to, const struct files *from) {
    (void)to;
    (void)from;
}

int64_t fd_control(struct files *files, int fd, struct file *file, unsigned command,
                   uint64_t argument) {
    (void)files;
    (void)fd;
    (void)file;
    (void)command;
    (void)argument;
    lab_unwritten("fd_control", __FILE__);
    return -ENOSYS;
}
