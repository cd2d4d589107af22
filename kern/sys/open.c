// SPDX-License-Identifier: MIT
// open(2) and umask.
#include "errno.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "fs/path.h"
#include "fs/pseudo.h"
#include "mm/heap.h"
#include "sys/syscall.h"
#include "task/task.h"

static unsigned access_wanted(unsigned flags) {
    static const unsigned wanted[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
                                      MAY_READ | MAY_WRITE};
    return wanted[flags & O_ACCMODE] | ((flags & O_TRUNC) ? MAY_WRITE : 0);
}

// What forbids to open what is there.
static int check_existing(const struct place *place, unsigned flags) {
    const struct inode *inode = place->inode;
    if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)) {
        return -EEXIST;
    }
    if ((flags & O_CREAT) && inode_is_dir(inode)) {
        return -EISDIR;
    }
    if (((flags & O_DIRECTORY) || place->slash) && !inode_is_dir(inode)) {
        return -ENOTDIR;
    }
    if (inode_type(inode) == S_IFLNK) {
        return -ELOOP;
    }
    if (inode_is_dir(inode) && (access_wanted(flags) & MAY_WRITE)) {
        return -EISDIR;
    }
    if (inode->ops == NULL || inode_type(inode) == S_IFIFO) {
        return -ENXIO;
    }
    return inode_may(inode, access_wanted(flags));
}

static int create(const struct place *place, uint32_t mode, struct inode **inode) {
    int error = dir_may_add(place->dir);
    if (error < 0) {
        return error;
    }
    return path_create(place, S_IFREG | (mode & PERMISSIONS & ~current->fs->umask), inode);
}

// Finds or makes the inode. names_lock is held. The caller puts *inode.
static int find_or_create(const struct place *place, unsigned flags, uint32_t mode,
                          struct inode **inode) {
    if ((flags & O_CREAT) && place->last == LAST_NAME && place->slash) {
        return -EISDIR;
    }
    if (place->inode == NULL) {
        return (flags & O_CREAT) ? create(place, mode, inode) : -ENOENT;
    }
    int error = check_existing(place, flags);
    return error == 0 ? pseudo_open(place->inode, inode) : error;
}

// The open file, with a claim of the caller's. On the way back from failure nothing has happened
// but that an empty file may have been made.
static int open_inode(struct inode *inode, unsigned flags, struct file **file) {
    *file = file_create(inode, (flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)) |
                                   O_LARGEFILE);
    if (*file == NULL) {
        return -ENOMEM;
    }
    if ((flags & O_TRUNC) && inode_type(inode) == S_IFREG) {
        mutex_lock(&inode->mutex);
        inode_resize(inode, 0); // nothing is left of a page: cannot fail
        mutex_unlock(&inode->mutex);
    }
    int error = inode->ops->open != NULL ? inode->ops->open(*file, flags) : 0;
    if (error < 0) {
        file_put(*file);
    }
    return error;
}

static int open_path(int dirfd, uintptr_t path, unsigned flags, uint32_t mode, struct file **file) {
    bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    enum walk how = exclusive              ? WALK_PARENT
                    : (flags & O_NOFOLLOW) ? WALK_NOFOLLOW
                    : (flags & O_CREAT)    ? WALK_CREATE
                                           : WALK_FOLLOW;
    struct lookup lookup;
    struct inode *inode = NULL;
    int error = lookup_begin(&lookup, dirfd, path, how, false);
    if (error < 0) {
        return error;
    }
    error = find_or_create(&lookup.place, flags, mode, &inode);
    lookup_end(&lookup);
    if (error == 0) {
        error = open_inode(inode, flags, file);
        inode_put(inode);
    }
    return error;
}

static int64_t do_open(int dirfd, uintptr_t path, unsigned flags, uint32_t mode) {
    if ((flags & O_PATH) || (flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY)) {
        return -EINVAL;
    }
    if (flags & O_TMPFILE) {
        return -EOPNOTSUPP;
    }
    int fd = fd_reserve(current->files, 0);
    if (fd < 0) {
        char *text; // a path that is wrong in itself is the worse mistake
        int error = path_copy(&text, path);
        kfree(text);
        return error < 0 ? error : fd;
    }
    struct file *file = NULL;
    int error = open_path(dirfd, path, flags, mode, &file);
    if (error < 0) {
        fd_unreserve(current->files, fd);
        return error;
    }
    fd_install(current->files, fd, file, flags);
    return fd;
}

int64_t sys_open(struct trapframe *tf) {
    return do_open(AT_FDCWD, trapframe_argument(tf, 0), (unsigned)trapframe_argument(tf, 1),
                   (uint32_t)trapframe_argument(tf, 2));
}

int64_t sys_openat(struct trapframe *tf) {
    return do_open((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                   (unsigned)trapframe_argument(tf, 2), (uint32_t)trapframe_argument(tf, 3));
}

int64_t sys_creat(struct trapframe *tf) {
    return do_open(AT_FDCWD, trapframe_argument(tf, 0), O_CREAT | O_WRONLY | O_TRUNC,
                   (uint32_t)trapframe_argument(tf, 1));
}

int64_t sys_umask(struct trapframe *tf) {
    struct fs *fs = current->fs;
    spin_lock(&fs->lock);
    uint32_t old = fs->umask;
    fs->umask = (uint32_t)trapframe_argument(tf, 0) & 0777;
    spin_unlock(&fs->lock);
    return old;
}
