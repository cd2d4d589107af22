// SPDX-License-Identifier: MIT
// Another lab 4a: the bits are counted in bytes, the copy goes bit by bit, backwards, and the claim
// for a duplicate comes before its descriptor. With debug printing throughout.
#include "abi/fcntl.h"
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "kernel.h"
#include "labs.h"

static bool look(const struct files *files, unsigned fd) {
    unsigned char byte;
    memcpy(&byte, (const unsigned char *)files->close_on_exec + fd / 8, 1);
    return (byte & (1 << fd % 8)) != 0;
}

static void put(struct files *files, unsigned fd, bool value) {
    unsigned char *byte = (unsigned char *)files->close_on_exec + fd / 8;
    if (look(files, fd) != value) {
        printk("debug: flag of %u becomes %d\n", fd, value);
        *byte ^= (unsigned char)(1 << fd % 8);
    }
}

void fd_flags_reset(struct files *files, int fd, unsigned flags) {
    printk("debug: fd_flags_reset(%d, 0x%x)\n", fd, flags);
    put(files, (unsigned)fd, flags & O_CLOEXEC);
}

void fd_flags_copy(struct files *to, const struct files *from) {
    printk("debug: fd_flags_copy, %d descriptors\n", from->end);
    for (int fd = FD_LIMIT - 1; fd >= 0; fd--) {
        if (look(from, (unsigned)fd)) {
            put(to, (unsigned)fd, true);
        }
    }
}

static int64_t duplicate(struct files *files, struct file *file, uint64_t from, bool closes) {
    if (from > INT32_MAX || (int)from >= files->limit) {
        return -EINVAL;
    }
    struct file *claim = file_get(file);
    int fd = fd_reserve(files, (int)from);
    if (fd < 0) {
        printk("debug: no descriptor from %lu on: %d\n", from, fd);
        file_put(claim);
        return fd;
    }
    fd_install(files, fd, claim, closes ? O_CLOEXEC : 0);
    return fd;
}

int64_t fd_control(struct files *files, int fd, struct file *file, unsigned command,
                   uint64_t argument) {
    printk("debug: fd_control(%d, %u, 0x%lx), a file with flags 0x%x\n", fd, command, argument,
           file->flags);
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) {
        return duplicate(files, file, argument, command == F_DUPFD_CLOEXEC);
    }
    spin_lock(&files->lock);
    int64_t result = look(files, (unsigned)fd);
    if (command == F_SETFD) {
        result = 0;
        put(files, (unsigned)fd, argument % 2 == FD_CLOEXEC);
    }
    spin_unlock(&files->lock);
    printk("debug: fd_control answers %ld\n", result);
    return result;
}
