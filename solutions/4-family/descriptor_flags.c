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

//: solution
enum { WORD_BITS = 64 };

static bool is_set(const struct files *files, int fd) {
    return (files->close_on_exec[fd / WORD_BITS] >> (fd % WORD_BITS)) & 1;
}

static void set_to(struct files *files, int fd, bool value) {
    uint64_t bit = 1UL << (fd % WORD_BITS);
    uint64_t *word = &files->close_on_exec[fd / WORD_BITS];
    *word = value ? *word | bit : *word & ~bit;
}

//: end
void fd_flags_reset(struct files *files, int fd, unsigned flags) {
    //: solution
    set_to(files, fd, (flags & O_CLOEXEC) != 0);
    //: skeleton
    //| (void)files;
    //| (void)fd;
    //| if ((flags & O_CLOEXEC) != 0) {
    //|     lab_unwritten("fd_flags_reset", __FILE__); // it stays open
    //| }
    //: end
}

void fd_flags_copy(struct files *to, const struct files *from) {
    //: solution
    for (int i = 0; i < FD_FLAG_WORDS; i++) {
        to->close_on_exec[i] = from->close_on_exec[i];
    }
    //: skeleton
    //| (void)to;
    //| (void)from;
    //: end
}

//: solution
// The lowest free descriptor from `from` on becomes another name for `file`.
static int64_t duplicate(struct files *files, struct file *file, uint64_t from, unsigned flags) {
    if (from >= (uint64_t)files->limit) {
        return -EINVAL;
    }
    int fd = fd_reserve(files, (int)from);
    if (fd >= 0) {
        fd_install(files, fd, file_get(file), flags);
    }
    return fd;
}

//: end
int64_t fd_control(struct files *files, int fd, struct file *file, unsigned command,
                   uint64_t argument) {
    //: solution
    int64_t result = 0;
    switch (command) {
    case F_DUPFD:
        return duplicate(files, file, argument, 0);
    case F_DUPFD_CLOEXEC:
        return duplicate(files, file, argument, O_CLOEXEC);
    case F_GETFD:
        spin_lock(&files->lock);
        result = is_set(files, fd) ? FD_CLOEXEC : 0;
        spin_unlock(&files->lock);
        return result;
    default: // F_SETFD
        spin_lock(&files->lock);
        set_to(files, fd, (argument & FD_CLOEXEC) != 0);
        spin_unlock(&files->lock);
        return 0;
    }
    //: skeleton
    //| (void)files;
    //| (void)fd;
    //| (void)file;
    //| (void)command;
    //| (void)argument;
    //| lab_unwritten("fd_control", __FILE__);
    //| return -ENOSYS;
    //: end
}
