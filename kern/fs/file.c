// SPDX-License-Identifier: MIT
#include "fs/file.h"

#include "errno.h"
#include "fs/uio.h"
#include "mm/heap.h"

struct list open_files = LIST_INIT(open_files);
struct spinlock open_files_lock = SPINLOCK_INIT("open files");

struct file *file_create(struct inode *inode, unsigned flags) {
    struct file *file = kmalloc(sizeof *file);
    if (file == NULL) {
        return NULL;
    }
    refcount_init(&file->count);
    mutex_init(&file->turn, "file offset");
    file->ops = inode->ops;
    file->inode = inode_get(inode);
    file->readable = ((flags & O_ACCMODE) + 1) & 1; // 3 is neither: Linux's mode for ioctl alone
    file->writable = ((flags & O_ACCMODE) + 1) & 2;
    file->flags = flags;
    spin_lock(&open_files_lock);
    list_push_back(&open_files, &file->link);
    spin_unlock(&open_files_lock);
    return file;
}

struct file *file_get(struct file *file) {
    refcount_get(&file->count);
    return file;
}

void file_put(struct file *file) {
    if (file == NULL || !refcount_put(&file->count)) {
        return;
    }
    spin_lock(&open_files_lock);
    list_remove(&file->link);
    spin_unlock(&open_files_lock);
    if (file->ops->release != NULL) {
        file->ops->release(file);
    }
    inode_put(file->inode);
    kfree(file);
}

typedef int64_t transfer(struct file *file, struct uio *uio, uint64_t *offset);

// A transfer must end at an offset that can be told.
static int64_t transfer_at(struct file *file, transfer *function, struct uio *uio,
                           uint64_t *offset) {
    return uio->left > SIZE_LIMIT - *offset ? -EINVAL : function(file, uio, offset);
}

static int64_t with_offset(struct file *file, transfer *function, struct uio *uio,
                           uint64_t *offset) {
    if (function == NULL) {
        return -EINVAL;
    }
    if (!file->ops->seekable) {
        return function(file, uio, offset);
    }
    if (offset != NULL) {
        return transfer_at(file, function, uio, offset);
    }
    mutex_lock(&file->turn);
    int64_t result = transfer_at(file, function, uio, &file->offset);
    mutex_unlock(&file->turn);
    return result;
}

int64_t file_read(struct file *file, struct uio *uio, uint64_t *offset) {
    return file->readable ? with_offset(file, file->ops->read, uio, offset) : -EBADF;
}

int64_t file_write(struct file *file, struct uio *uio, uint64_t *offset) {
    return file->writable ? with_offset(file, file->ops->write, uio, offset) : -EBADF;
}

int64_t file_seek(struct file *file, int64_t offset, unsigned whence) {
    if (file->ops->seek == NULL) {
        return -ESPIPE;
    }
    mutex_lock(&file->turn);
    int64_t result = file->ops->seek(file, offset, whence);
    mutex_unlock(&file->turn);
    return result;
}

static int64_t set_offset(struct file *file, int64_t base, int64_t offset) {
    int64_t result;
    if (__builtin_add_overflow(base, offset, &result) || result < 0) {
        return -EINVAL;
    }
    file->offset = (uint64_t)result;
    return result;
}

static int64_t directory_read(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)file;
    (void)uio;
    (void)offset;
    return -EISDIR;
}

static int64_t directory_seek(struct file *file, int64_t offset, unsigned whence) {
    if (whence > SEEK_CUR) {
        return -EINVAL;
    }
    return set_offset(file, whence == SEEK_CUR ? (int64_t)file->offset : 0, offset);
}

static int64_t regular_read(struct file *file, struct uio *uio, uint64_t *offset) {
    mutex_lock(&file->inode->mutex);
    int64_t done = inode_read(file->inode, uio, *offset);
    mutex_unlock(&file->inode->mutex);
    *offset += done > 0 ? (uint64_t)done : 0;
    return done;
}

static int64_t regular_write(struct file *file, struct uio *uio, uint64_t *offset) {
    struct inode *inode = file->inode;
    if (uio->left == 0) {
        return 0;
    }
    mutex_lock(&inode->mutex);
    uint64_t at = (file->flags & O_APPEND) ? inode->size : *offset;
    int64_t done = inode_write(inode, uio, at);
    mutex_unlock(&inode->mutex);
    *offset = done > 0 ? at + (uint64_t)done : *offset;
    return done;
}

static int64_t regular_seek(struct file *file, int64_t offset, unsigned whence) {
    struct inode *inode = file->inode;
    mutex_lock(&inode->mutex);
    int64_t size = (int64_t)inode->size;
    mutex_unlock(&inode->mutex);
    switch (whence) {
    case SEEK_SET:
        return set_offset(file, 0, offset);
    case SEEK_CUR:
        return set_offset(file, (int64_t)file->offset, offset);
    case SEEK_END:
        return set_offset(file, size, offset);
    case SEEK_DATA: // a file may claim to have no holes but the one at its end
    case SEEK_HOLE:
        if (offset < 0 || offset >= size) {
            return -ENXIO;
        }
        return set_offset(file, 0, whence == SEEK_DATA ? offset : size);
    default:
        return -EINVAL;
    }
}

static unsigned always_ready(struct file *file) {
    (void)file;
    return POLLIN | POLLOUT;
}

const struct file_ops regular_ops = {
    .seekable = true,
    .read = regular_read,
    .write = regular_write,
    .seek = regular_seek,
    .poll = always_ready,
};

const struct file_ops directory_ops = {
    .seekable = true,
    .read = directory_read,
    .seek = directory_seek,
    .poll = always_ready,
};
