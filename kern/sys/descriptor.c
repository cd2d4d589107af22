// SPDX-License-Identifier: MIT
// Calls about descriptors themselves: close, dup and its kind, fcntl, pipe.
#include "errno.h"
#include "fs/files.h"
#include "fs/pipe.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/task.h"

static struct file *file_of(uint64_t fd) {
    return fd_get(current->files, (int)fd);
}

int64_t sys_close(struct trapframe *tf) {
    return fd_close(current->files, (int)trapframe_argument(tf, 0));
}

// The lowest free descriptor from `from` on becomes another name for `file`.
static int64_t duplicate(struct file *file, int from) {
    int fd = fd_reserve(current->files, from);
    if (fd >= 0) {
        fd_install(current->files, fd, file_get(file), 0);
    }
    return fd;
}

int64_t sys_dup(struct trapframe *tf) {
    struct file *file = file_of(trapframe_argument(tf, 0));
    int64_t result = file == NULL ? -EBADF : duplicate(file, 0);
    file_put(file);
    return result;
}

static int64_t replace(uint64_t from, uint64_t to, unsigned flags) {
    struct file *file = file_of(from);
    int64_t result = file == NULL ? -EBADF : fd_replace(current->files, (int)to, file, flags);
    file_put(file);
    return result;
}

int64_t sys_dup2(struct trapframe *tf) {
    uint64_t from = trapframe_argument(tf, 0);
    uint64_t to = trapframe_argument(tf, 1);
    if ((int)from == (int)to) { // nothing happens, to its flags neither
        struct file *file = file_of(from);
        file_put(file);
        return file == NULL ? -EBADF : (int)to;
    }
    return replace(from, to, 0);
}

int64_t sys_dup3(struct trapframe *tf) {
    uint64_t from = trapframe_argument(tf, 0);
    uint64_t to = trapframe_argument(tf, 1);
    unsigned flags = (unsigned)trapframe_argument(tf, 2);
    if ((flags & ~O_CLOEXEC) != 0 || (int)from == (int)to) {
        return -EINVAL;
    }
    return replace(from, to, flags);
}

// What fcntl does about the descriptor, as long as it has no flags.
static int64_t control_without_flags(struct file *file, unsigned command, uint64_t argument) {
    if (command == F_GETFD || command == F_SETFD) {
        return 0;
    }
    return argument < (uint64_t)current->files->limit ? duplicate(file, (int)argument) : -EINVAL;
}

// As long as lab 4 is not written, it answers ENOSYS.
static int64_t control_descriptor(int fd, struct file *file, unsigned command, uint64_t argument) {
    int64_t result = LAB >= 4 ? fd_control(current->files, fd, file, command, argument) : -ENOSYS;
    return result == -ENOSYS ? control_without_flags(file, command, argument) : result;
}

static int64_t control(int fd, struct file *file, unsigned command, uint64_t argument) {
    const unsigned changeable = O_APPEND | O_NONBLOCK;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_GETFD:
    case F_SETFD:
        return control_descriptor(fd, file, command, argument);
    case F_GETFL:
        return file->flags;
    case F_SETFL: {
        unsigned old = file->flags;
        while (!atomic_compare_exchange_weak(&file->flags, &old,
                                             (old & ~changeable) | (argument & changeable))) {
        }
        return 0;
    }
    default:
        return -EINVAL;
    }
}

int64_t sys_fcntl(struct trapframe *tf) {
    struct file *file = file_of(trapframe_argument(tf, 0));
    int64_t result = file == NULL
                         ? -EBADF
                         : control((int)trapframe_argument(tf, 0), file,
                                   (unsigned)trapframe_argument(tf, 1), trapframe_argument(tf, 2));
    file_put(file);
    return result;
}

int64_t sys_ioctl(struct trapframe *tf) {
    struct file *file = file_of(trapframe_argument(tf, 0));
    int64_t result = file == NULL ? -EBADF : -ENOTTY;
    if (file != NULL && file->ops->ioctl != NULL) {
        result =
            file->ops->ioctl(file, (unsigned)trapframe_argument(tf, 1), trapframe_argument(tf, 2));
    }
    file_put(file);
    return result;
}

// Two descriptors for two ends, or neither.
static int reserve_two(int fds[2]) {
    fds[0] = fd_reserve(current->files, 0);
    if (fds[0] < 0) {
        return fds[0];
    }
    fds[1] = fd_reserve(current->files, 0);
    if (fds[1] < 0) {
        fd_unreserve(current->files, fds[0]);
        return fds[1];
    }
    return 0;
}

static int64_t make_pipe(uintptr_t to, unsigned flags) {
    struct file *ends[2];
    int fds[2];
    int error = pipe_create(ends, flags & O_NONBLOCK);
    if (error < 0) {
        return error;
    }
    error = reserve_two(fds);
    if (error == 0 && copy_to_user(to, fds, sizeof fds) < 0) {
        fd_unreserve(current->files, fds[0]);
        fd_unreserve(current->files, fds[1]);
        error = -EFAULT;
    }
    for (int i = 0; i < 2; i++) {
        if (error == 0) {
            fd_install(current->files, fds[i], ends[i], flags);
        } else {
            file_put(ends[i]);
        }
    }
    return error;
}

int64_t sys_pipe(struct trapframe *tf) {
    return make_pipe(trapframe_argument(tf, 0), 0);
}

int64_t sys_pipe2(struct trapframe *tf) {
    unsigned flags = (unsigned)trapframe_argument(tf, 1);
    if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0) {
        return -EINVAL;
    }
    return make_pipe(trapframe_argument(tf, 0), flags);
}
