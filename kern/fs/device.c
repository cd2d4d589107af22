// SPDX-License-Identifier: MIT
#include "fs/device.h"

#include "errno.h"
#include "fs/file.h"
#include "fs/fs.h"
#include "fs/uio.h"

static int64_t null_read(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)file;
    (void)uio;
    (void)offset;
    return 0;
}

// The bytes are not even looked at.
static int64_t null_write(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)file;
    (void)offset;
    return (int64_t)uio->left;
}

static int64_t zero_read(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)file;
    (void)offset;
    size_t wanted = uio->left;
    size_t done = uio_put_zeros(uio, wanted);
    return done == 0 && wanted > 0 ? -EFAULT : (int64_t)done;
}

static int64_t full_write(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)file;
    (void)uio;
    (void)offset;
    return -ENOSPC;
}

// Whatever one asks for: the beginning.
static int64_t null_seek(struct file *file, int64_t offset, unsigned whence) {
    (void)offset;
    (void)whence;
    file->offset = 0;
    return 0;
}

static unsigned null_poll(struct file *file) {
    (void)file;
    return POLLIN | POLLOUT;
}

static const struct file_ops null_ops = {
    .seekable = true,
    .read = null_read,
    .write = null_write,
    .seek = null_seek,
    .poll = null_poll,
};

static const struct file_ops zero_ops = {
    .seekable = true,
    .read = zero_read,
    .write = null_write,
    .seek = null_seek,
    .poll = null_poll,
};

static const struct file_ops full_ops = {
    .seekable = true,
    .read = zero_read,
    .write = full_write,
    .seek = null_seek,
    .poll = null_poll,
};

// As under Linux, opening the console does not make it anybody's controlling terminal; opening the
// line behind it may.
static const struct {
    const char *path;
    const struct file_ops *ops;
    uint32_t number;
    uint32_t permissions;
} devices[] = {
    {"dev/null", &null_ops, DEVICE(1, 3), 0666},   {"dev/zero", &zero_ops, DEVICE(1, 5), 0666},
    {"dev/full", &full_ops, DEVICE(1, 7), 0666},   {"dev/tty", &tty_own_ops, DEVICE(5, 0), 0666},
    {"dev/console", &tty_ops, DEVICE(5, 1), 0600}, {"dev/ttyS0", &tty_line_ops, DEVICE_TTY, 0600},
};

int devices_add(void) {
    struct inode *inode;
    int error = fs_add("dev", S_IFDIR | 0755, &inode);
    for (unsigned i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        if (error < 0 && error != -EEXIST) {
            return error;
        }
        error = fs_add(devices[i].path, S_IFCHR | devices[i].permissions, &inode);
        if (error == 0 || (error == -EEXIST && inode_type(inode) == S_IFCHR)) {
            inode->ops = devices[i].ops;
            inode->device = devices[i].number;
        }
    }
    return error;
}
