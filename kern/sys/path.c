// SPDX-License-Identifier: MIT
// Making, removing and changing names.
#include "fs/path.h"
#include "base/string.h"
#include "errno.h"
#include "fs/dir.h"
#include "fs/fs.h"
#include "mm/heap.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/cred.h"
#include "task/task.h"

// Calls that end in "at" take a directory before each path; the others begin at the working
// directory.

static int64_t make_directory(int dirfd, uintptr_t path, uint64_t mode) {
    struct lookup lookup;
    int error = lookup_new(&lookup, dirfd, path, true);
    if (error < 0) {
        return error;
    }
    uint32_t permissions = (uint32_t)mode & (0777 | S_ISVTX) & ~current->fs->umask;
    struct inode *inode;
    error = path_create(&lookup.place, S_IFDIR | permissions, &inode);
    if (error == 0) {
        inode_put(inode);
    }
    lookup_end(&lookup);
    return error;
}

int64_t sys_mkdir(struct trapframe *tf) {
    return make_directory(AT_FDCWD, trapframe_argument(tf, 0), trapframe_argument(tf, 1));
}

int64_t sys_mkdirat(struct trapframe *tf) {
    return make_directory((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                          trapframe_argument(tf, 2));
}

// What forbids rmdir.
static int check_rmdir(const struct place *place) {
    switch (place->last) {
    case LAST_DOTDOT:
        return -ENOTEMPTY;
    case LAST_DOT:
        return -EINVAL;
    case LAST_ROOT:
        return -EBUSY;
    default:
        break;
    }
    if (place->inode == NULL) {
        return -ENOENT;
    }
    int error = dir_may_remove(place->dir, place->inode);
    if (error == 0 && !inode_is_dir(place->inode)) {
        error = -ENOTDIR;
    }
    return error == 0 && !list_empty(&place->inode->entries) ? -ENOTEMPTY : error;
}

// What forbids unlink.
static int check_unlink(const struct place *place) {
    if (place->last != LAST_NAME) {
        return -EISDIR;
    }
    if (place->inode == NULL) {
        return -ENOENT;
    }
    bool dir = inode_is_dir(place->inode);
    if (place->slash) {
        return dir ? -EISDIR : -ENOTDIR;
    }
    int error = dir_may_remove(place->dir, place->inode);
    return error == 0 && dir ? -EISDIR : error;
}

static int64_t remove_name(int dirfd, uintptr_t path, int check(const struct place *)) {
    struct lookup lookup;
    int error = lookup_begin(&lookup, dirfd, path, WALK_PARENT, false);
    if (error < 0) {
        return error;
    }
    const struct place *place = &lookup.place;
    error = check(place);
    if (error == 0) {
        dir_remove(place->dir, dir_find(place->dir, place->name, place->length));
    }
    lookup_end(&lookup);
    return error;
}

int64_t sys_rmdir(struct trapframe *tf) {
    return remove_name(AT_FDCWD, trapframe_argument(tf, 0), check_rmdir);
}

int64_t sys_unlink(struct trapframe *tf) {
    return remove_name(AT_FDCWD, trapframe_argument(tf, 0), check_unlink);
}

int64_t sys_unlinkat(struct trapframe *tf) {
    unsigned flags = (unsigned)trapframe_argument(tf, 2);
    if ((flags & ~AT_REMOVEDIR) != 0) {
        return -EINVAL;
    }
    return remove_name((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                       flags != 0 ? check_rmdir : check_unlink);
}

static int64_t make_link(int old_dirfd, uintptr_t old_path, int dirfd, uintptr_t path,
                         unsigned flags) {
    struct lookup old, new;
    int error = lookup_at(&old, old_dirfd, old_path, flags);
    if (error < 0) {
        return error;
    }
    struct inode *inode = inode_get(old.place.inode);
    lookup_end(&old);
    error = lookup_new(&new, dirfd, path, false);
    if (error == 0) {
        if (inode_is_dir(inode)) {
            error = -EPERM;
        } else if (inode->pseudo != NULL) {
            error = -EXDEV;
        } else if (inode->links == 0) { // somebody has removed it meanwhile
            error = -ENOENT;
        } else {
            error = dir_add(new.place.dir, new.place.name, new.place.length, inode);
        }
        lookup_end(&new);
    }
    inode_put(inode);
    return error;
}

int64_t sys_link(struct trapframe *tf) {
    return make_link(AT_FDCWD, trapframe_argument(tf, 0), AT_FDCWD, trapframe_argument(tf, 1),
                     AT_SYMLINK_NOFOLLOW);
}

int64_t sys_linkat(struct trapframe *tf) {
    unsigned flags = (unsigned)trapframe_argument(tf, 4);
    if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0) {
        return -EINVAL;
    }
    if ((flags & AT_EMPTY_PATH) && current->cred->euid != 0) {
        return -ENOENT; // as under Linux: a descriptor may come from somebody who sees more
    }
    return make_link((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     (int)trapframe_argument(tf, 2), trapframe_argument(tf, 3),
                     flags & AT_SYMLINK_FOLLOW ? flags : flags | AT_SYMLINK_NOFOLLOW);
}

// Makes the link, which takes over *target, or leaves it.
static int add_symlink(const struct place *place, char **target) {
    struct inode *inode;
    int error = path_create(place, S_IFLNK | 0777, &inode);
    if (error == 0) {
        inode->target = *target;
        inode->size = strlen(*target);
        *target = NULL;
        inode_put(inode);
    }
    return error;
}

static int64_t make_symlink(uintptr_t target_path, int dirfd, uintptr_t path) {
    char *text;
    char *target = NULL;
    struct lookup lookup;
    int error = path_copy(&text, target_path);
    if (error == 0) {
        target = kmalloc(strlen(text) + 1); // a whole page only if it needs one
        error = target == NULL ? -ENOMEM : 0;
    }
    if (error == 0) {
        strlcpy(target, text, strlen(text) + 1);
        error = lookup_new(&lookup, dirfd, path, false);
    }
    if (error == 0) {
        error = add_symlink(&lookup.place, &target);
        lookup_end(&lookup);
    }
    kfree(target);
    kfree(text);
    return error;
}

int64_t sys_symlink(struct trapframe *tf) {
    return make_symlink(trapframe_argument(tf, 0), AT_FDCWD, trapframe_argument(tf, 1));
}

int64_t sys_symlinkat(struct trapframe *tf) {
    return make_symlink(trapframe_argument(tf, 0), (int)trapframe_argument(tf, 1),
                        trapframe_argument(tf, 2));
}

static int64_t read_link(int dirfd, uintptr_t path, uintptr_t to, int room) {
    struct lookup lookup;
    if (room <= 0) {
        return -EINVAL;
    }
    int64_t result = lookup_at(&lookup, dirfd, path, AT_SYMLINK_NOFOLLOW);
    if (result < 0) {
        return result;
    }
    const struct inode *inode = lookup.place.inode;
    result = -EINVAL;
    if (inode_type(inode) == S_IFLNK) {
        result = inode->size < (unsigned)room ? (int64_t)inode->size : room;
        if (copy_to_user(to, inode->target, (size_t)result) < 0) {
            result = -EFAULT;
        }
    }
    lookup_end(&lookup);
    return result;
}

int64_t sys_readlink(struct trapframe *tf) {
    return read_link(AT_FDCWD, trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     (int)trapframe_argument(tf, 2));
}

int64_t sys_readlinkat(struct trapframe *tf) {
    return read_link((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     trapframe_argument(tf, 2), (int)trapframe_argument(tf, 3));
}

// What forbids to put the inode of `old` where `new` is, in Linux's order.
static int check_rename(const struct place *old, const struct place *new) {
    if (old->last != LAST_NAME || new->last != LAST_NAME) {
        return -EBUSY;
    }
    const struct inode *inode = old->inode;
    const struct inode *target = new->inode;
    if (inode == NULL) {
        return -ENOENT;
    }
    bool dir = inode_is_dir(inode);
    if (!dir && (old->slash || new->slash)) {
        return -ENOTDIR;
    }
    if (dir && dir_is_above(inode, new->dir)) {
        return -EINVAL;
    }
    if (target != NULL && inode_is_dir(target) && dir_is_above(target, old->dir)) {
        return -ENOTEMPTY;
    }
    if (target == inode) {
        return 0;
    }
    int error = dir_may_remove(old->dir, inode);
    if (error == 0) {
        error = target == NULL ? dir_may_add(new->dir) : dir_may_remove(new->dir, target);
    }
    if (error == 0 && target != NULL && dir != inode_is_dir(target)) {
        error = dir ? -ENOTDIR : -EISDIR;
    }
    if (error == 0 && dir && old->dir != new->dir) {
        error = inode_may(inode, MAY_WRITE); // its ".." changes
    }
    return error == 0 && target != NULL && dir && !list_empty(&target->entries) ? -ENOTEMPTY
                                                                                : error;
}

static int rename_places(const struct place *old, const struct place *new) {
    int error = check_rename(old, new);
    if (error < 0 || old->inode == new->inode) {
        return error;
    }
    struct entry *spare = dir_spare(new->name, new->length);
    if (spare == NULL) {
        return -ENOMEM;
    }
    if (new->inode != NULL) {
        dir_remove(new->dir, dir_find(new->dir, new->name, new->length));
    }
    dir_move(old->dir, dir_find(old->dir, old->name, old->length), new->dir, spare);
    return 0;
}

// Both walks happen under one hold of names_lock: what the first found is still so after the
// second.
static int64_t rename_path(int old_dirfd, uintptr_t old_path, int dirfd, uintptr_t path) {
    struct lookup old, new;
    int error = lookup_prepare(&new, dirfd, path, false);
    int old_error = lookup_begin(&old, old_dirfd, old_path, WALK_PARENT, false);
    if (old_error == 0) {
        if (error == 0) {
            error = path_walk(&new.place, new.start, new.text, WALK_PARENT);
        }
        if (error == 0) {
            error = rename_places(&old.place, &new.place);
        }
        lookup_end(&old);
    }
    lookup_discard(&new);
    return old_error < 0 ? old_error : error;
}

int64_t sys_rename(struct trapframe *tf) {
    return rename_path(AT_FDCWD, trapframe_argument(tf, 0), AT_FDCWD, trapframe_argument(tf, 1));
}

int64_t sys_renameat(struct trapframe *tf) {
    return rename_path((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                       (int)trapframe_argument(tf, 2), trapframe_argument(tf, 3));
}
