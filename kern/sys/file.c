// SPDX-License-Identifier: MIT
// Moving bytes: read, write and their relatives, lseek.
#include "fs/file.h"

#include "errno.h"
#include "fs/files.h"
#include "fs/uio.h"
#include "sys/syscall.h"
#include "task/task.h"

typedef int64_t transfer(struct file *file, struct uio *uio, uint64_t *offset);

// One buffer. `offset` as for file_read. What a call reports is checked in Linux's order: the
// descriptor, what it is open for, the buffer.
static int64_t transfer_one(const struct trapframe *tf, transfer *function, uint64_t *offset) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    struct uio uio;
    bool open_for = function == file_read ? file->readable : file->writable;
    int64_t result = open_for ? 0 : -EBADF;
    if (offset != NULL && !file->ops->seekable) {
        result = -ESPIPE;
    }
    if (result == 0) {
        result = uio_user(&uio, trapframe_argument(tf, 1), trapframe_argument(tf, 2));
    }
    if (result == 0) {
        result = function(file, &uio, offset);
    }
    file_put(file);
    return result;
}

static int64_t transfer_vector(const struct trapframe *tf, transfer *function) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    struct uio uio;
    bool open_for = function == file_read ? file->readable : file->writable;
    int64_t result = open_for ? 0 : -EBADF;
    if (result == 0) {
        result = uio_vector(&uio, trapframe_argument(tf, 1), trapframe_argument(tf, 2));
    }
    if (result == 0) {
        result = uio.left > 0 ? function(file, &uio, NULL) : 0;
        uio_end(&uio);
    }
    file_put(file);
    return result;
}

static int64_t transfer_at(const struct trapframe *tf, transfer *function) {
    uint64_t offset = trapframe_argument(tf, 3);
    return (int64_t)offset < 0 ? -EINVAL : transfer_one(tf, function, &offset);
}

int64_t sys_read(struct trapframe *tf) {
    return transfer_one(tf, file_read, NULL);
}

int64_t sys_write(struct trapframe *tf) {
    return transfer_one(tf, file_write, NULL);
}

int64_t sys_readv(struct trapframe *tf) {
    return transfer_vector(tf, file_read);
}

int64_t sys_writev(struct trapframe *tf) {
    return transfer_vector(tf, file_write);
}

int64_t sys_pread64(struct trapframe *tf) {
    return transfer_at(tf, file_read);
}

int64_t sys_pwrite64(struct trapframe *tf) {
    return transfer_at(tf, file_write);
}

int64_t sys_lseek(struct trapframe *tf) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    unsigned whence = (unsigned)trapframe_argument(tf, 2);
    int64_t result = -EINVAL;
    if (whence <= SEEK_HOLE) {
        result = file_seek(file, (int64_t)trapframe_argument(tf, 1), whence);
    }
    file_put(file);
    return result;
}
