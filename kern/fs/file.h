// SPDX-License-Identifier: MIT
// An open file: what open(2) makes and fork and dup share. An offset belongs to it, so that all who
// share it take turns.
#pragma once

#include "abi/fcntl.h"
#include "abi/poll.h"
#include "abi/unistd.h"
#include "fs/inode.h"

struct uio;

struct file {
    struct refcount count; // one for each descriptor, one for each call that is using it
    struct list link;      // in `open_files`
    const struct file_ops *ops;
    struct inode *inode; // owned
    bool readable;       // what it was opened for
    bool writable;
    atomic_uint flags; // O_*, as F_GETFL shows them
    struct mutex turn; // guards `offset`, for the whole of a read or write, if ops->seekable
    uint64_t offset;
    int recount; // used by the audit
};

// What differs from one kind of file to another. NULL: see the caller in file.c.
struct file_ops {
    // Called for a new file, with all flags of open(2); may change file->ops. Returns 0 or an
    // error.
    int (*open)(struct file *file, unsigned flags);
    bool seekable; // it has an offset that means something: lseek, pread64, pwrite64
    // Read and write at *offset, which they move on. `turn` is held if the offset is the file's own
    // and seekable; nothing else is. uio->left may be 0.
    int64_t (*read)(struct file *file, struct uio *uio, uint64_t *offset);
    int64_t (*write)(struct file *file, struct uio *uio, uint64_t *offset);
    int64_t (*seek)(struct file *file, int64_t offset, unsigned whence); // `turn` is held
    unsigned (*poll)(struct file *file);                                 // POLL* that hold now
    int64_t (*ioctl)(struct file *file, unsigned request, uint64_t argument);
    void (*release)(struct file *file); // the last owner is gone
};

extern const struct file_ops regular_ops, directory_ops, pipe_ops;

// The terminal: as it is; opened by the name of its line, which may make it the opener's; opened as
// the opener's own.
extern const struct file_ops tty_ops, tty_line_ops, tty_own_ops;

// All open files, and the lock that guards the list; nothing is locked inside it.
extern struct list open_files;
extern struct spinlock open_files_lock;

// Opens `inode`. Returns the file, owned by the caller, or NULL when out of memory.
struct file *file_create(struct inode *inode, unsigned flags);

struct file *file_get(struct file *file);
void file_put(struct file *file); // NULL is allowed; may sleep

// Read or write with the file's own offset, or, if `offset` is not NULL, at *offset. Return the
// number of bytes or an error: -EBADF (not open for that), -EISDIR, -EINVAL, or one of ops'.
int64_t file_read(struct file *file, struct uio *uio, uint64_t *offset);
int64_t file_write(struct file *file, struct uio *uio, uint64_t *offset);

// lseek(2).
int64_t file_seek(struct file *file, int64_t offset, unsigned whence);
