// SPDX-License-Identifier: MIT
// What is known about files, and changing it.
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "fs/path.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "sys/time.h"
#include "task/cred.h"
#include "task/task.h"

// struct stat of Linux on 64-bit machines (x86-64: asm/stat.h).
struct stat {
    uint64_t device;
    uint64_t inode;
    uint64_t links;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t padding;
    uint64_t special_device;
    int64_t size;
    int64_t block_bytes;
    int64_t blocks; // of 512 bytes
    struct timespec accessed;
    struct timespec modified;
    struct timespec changed;
    int64_t unused[3];
};
_Static_assert(sizeof(struct stat) == 144, "Linux's struct stat");

enum { BLOCKS_IN_PAGE = 8, DEVICE_FILES = 1, DEVICE_PIPES = 2 };

static struct timespec timespec_of(int64_t ns) {
    int64_t part = ns % NANOSECONDS_PER_SECOND;
    part += part < 0 ? NANOSECONDS_PER_SECOND : 0;
    return (struct timespec){(ns - part) / NANOSECONDS_PER_SECOND, part};
}

static int64_t report(struct inode *inode, uintptr_t to) {
    struct stat stat;
    memset(&stat, 0, sizeof stat);
    mutex_lock(&inode->mutex);
    stat.size = (int64_t)inode->size;
    stat.blocks = (int64_t)inode->page_count * BLOCKS_IN_PAGE;
    stat.modified = timespec_of(inode->modified_ns);
    mutex_unlock(&inode->mutex);
    stat.device = inode_type(inode) == S_IFIFO ? DEVICE_PIPES : DEVICE_FILES;
    stat.inode = inode->number;
    stat.links = inode->links;
    stat.mode = inode->mode;
    stat.uid = inode->uid;
    stat.gid = inode->gid;
    stat.special_device = inode->device;
    stat.block_bytes = PAGE_SIZE;
    stat.accessed = timespec_of(inode->accessed_ns);
    stat.changed = timespec_of(inode->changed_ns);
    return copy_to_user(to, &stat, sizeof stat);
}

static int64_t stat_path(int dirfd, uintptr_t path, uintptr_t to, unsigned flags) {
    struct lookup lookup;
    int64_t result = lookup_at(&lookup, dirfd, path, flags);
    if (result == 0) {
        result = report(lookup.place.inode, to);
        lookup_end(&lookup);
    }
    return result;
}

int64_t sys_stat(struct trapframe *tf) {
    return stat_path(AT_FDCWD, trapframe_argument(tf, 0), trapframe_argument(tf, 1), 0);
}

int64_t sys_lstat(struct trapframe *tf) {
    return stat_path(AT_FDCWD, trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     AT_SYMLINK_NOFOLLOW);
}

int64_t sys_newfstatat(struct trapframe *tf) {
    unsigned flags = (unsigned)trapframe_argument(tf, 3);
    if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH)) != 0) {
        return -EINVAL;
    }
    return stat_path((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     trapframe_argument(tf, 2), flags);
}

int64_t sys_fstat(struct trapframe *tf) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    mutex_lock(&names_lock);
    int64_t result = report(file->inode, trapframe_argument(tf, 1));
    mutex_unlock(&names_lock);
    file_put(file);
    return result;
}

static int64_t check_access(int dirfd, uintptr_t path, uint64_t mode, unsigned flags) {
    struct lookup lookup;
    if ((mode & ~7UL) != 0 || (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_EACCESS)) != 0) {
        return -EINVAL;
    }
    int error = lookup_at(&lookup, dirfd, path, flags);
    if (error == 0) {
        const struct cred *cred = current->cred;
        bool effective = (flags & AT_EACCESS) != 0;
        error =
            inode_permission(lookup.place.inode, (unsigned)mode, effective ? cred->euid : cred->uid,
                             effective ? cred->egid : cred->gid);
        lookup_end(&lookup);
    }
    return error;
}

int64_t sys_access(struct trapframe *tf) {
    return check_access(AT_FDCWD, trapframe_argument(tf, 0), trapframe_argument(tf, 1), 0);
}

int64_t sys_faccessat(struct trapframe *tf) {
    return check_access((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                        trapframe_argument(tf, 2), 0);
}

int64_t sys_faccessat2(struct trapframe *tf) {
    return check_access((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                        trapframe_argument(tf, 2), (unsigned)trapframe_argument(tf, 3));
}

// names_lock is held.
static int change_mode(struct inode *inode, uint32_t mode) {
    if (inode->pseudo != NULL) {
        return -EROFS;
    }
    if (!inode_is_owner(inode)) {
        return -EPERM;
    }
    const struct cred *cred = current->cred;
    if (cred->euid != 0 && !cred_in_group(cred, cred->egid, inode->gid)) {
        mode &= ~S_ISGID; // as if one could give away what one has not
    }
    inode->mode = (inode->mode & S_IFMT) | (mode & PERMISSIONS);
    inode->changed_ns = inode_time();
    return 0;
}

static int64_t mode_path(int dirfd, uintptr_t path, uint64_t mode) {
    struct lookup lookup;
    int error = lookup_at(&lookup, dirfd, path, 0);
    if (error == 0) {
        error = change_mode(lookup.place.inode, (uint32_t)mode);
        lookup_end(&lookup);
    }
    return error;
}

int64_t sys_chmod(struct trapframe *tf) {
    return mode_path(AT_FDCWD, trapframe_argument(tf, 0), trapframe_argument(tf, 1));
}

int64_t sys_fchmodat(struct trapframe *tf) {
    return mode_path((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     trapframe_argument(tf, 2));
}

int64_t sys_fchmod(struct trapframe *tf) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    mutex_lock(&names_lock);
    int error = change_mode(file->inode, (uint32_t)trapframe_argument(tf, 1));
    mutex_unlock(&names_lock);
    file_put(file);
    return error;
}

#define KEEP UINT32_MAX

// Only the superuser gives files away; an owner may choose among his groups. names_lock is held.
static int change_owner(struct inode *inode, uint32_t uid, uint32_t gid) {
    const struct cred *cred = current->cred;
    bool own = cred->euid == inode->uid;
    if (inode->pseudo != NULL) {
        return -EROFS;
    }
    if (cred->euid != 0 &&
        ((uid != KEEP && (!own || uid != inode->uid)) ||
         (gid != KEEP && (!own || (!cred_in_group(cred, cred->egid, gid) && gid != inode->gid))))) {
        return -EPERM;
    }
    inode->uid = uid == KEEP ? inode->uid : uid;
    inode->gid = gid == KEEP ? inode->gid : gid;
    if (!inode_is_dir(inode)) { // rights lent by the old owner end
        inode->mode &= ~(S_ISUID | ((inode->mode & 010) ? S_ISGID : 0));
    }
    inode->changed_ns = inode_time();
    return 0;
}

// The owner's ids are arguments `first` and the one behind it.
static int64_t own_path(const struct trapframe *tf, int dirfd, unsigned first, unsigned flags) {
    struct lookup lookup;
    int error = lookup_at(&lookup, dirfd, trapframe_argument(tf, first - 1), flags);
    if (error == 0) {
        error = change_owner(lookup.place.inode, (uint32_t)trapframe_argument(tf, first),
                             (uint32_t)trapframe_argument(tf, first + 1));
        lookup_end(&lookup);
    }
    return error;
}

int64_t sys_chown(struct trapframe *tf) {
    return own_path(tf, AT_FDCWD, 1, 0);
}

int64_t sys_lchown(struct trapframe *tf) {
    return own_path(tf, AT_FDCWD, 1, AT_SYMLINK_NOFOLLOW);
}

int64_t sys_fchownat(struct trapframe *tf) {
    unsigned flags = (unsigned)trapframe_argument(tf, 4);
    if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
        return -EINVAL;
    }
    return own_path(tf, (int)trapframe_argument(tf, 0), 2, flags);
}

int64_t sys_fchown(struct trapframe *tf) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    mutex_lock(&names_lock);
    int error = change_owner(file->inode, (uint32_t)trapframe_argument(tf, 1),
                             (uint32_t)trapframe_argument(tf, 2));
    mutex_unlock(&names_lock);
    file_put(file);
    return error;
}

static int resize(struct inode *inode, int64_t size) {
    mutex_lock(&inode->mutex);
    int error = inode_resize(inode, (uint64_t)size);
    mutex_unlock(&inode->mutex);
    return error;
}

int64_t sys_truncate(struct trapframe *tf) {
    int64_t size = (int64_t)trapframe_argument(tf, 1);
    struct lookup lookup;
    if (size < 0) {
        return -EINVAL;
    }
    int error = lookup_existing(&lookup, trapframe_argument(tf, 0));
    if (error < 0) {
        return error;
    }
    struct inode *inode = lookup.place.inode;
    if (inode_is_dir(inode)) {
        error = -EISDIR;
    } else if (inode_type(inode) != S_IFREG) {
        error = -EINVAL;
    } else {
        error = inode_may(inode, MAY_WRITE);
    }
    if (error == 0) {
        error = resize(inode, size);
    }
    lookup_end(&lookup);
    return error;
}

int64_t sys_ftruncate(struct trapframe *tf) {
    int64_t size = (int64_t)trapframe_argument(tf, 1);
    if (size < 0) {
        return -EINVAL;
    }
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    int error = -EINVAL;
    if (inode_type(file->inode) == S_IFREG && file->writable) {
        error = resize(file->inode, size);
    }
    file_put(file);
    return error;
}
