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
#include "task/task.h"

int64_t sys_mkdir(struct trapframe *tf) {
    struct lookup lookup;
    int error = lookup_new(&lookup, AT_FDCWD, trapframe_argument(tf, 0), true);
    if (error < 0) {
        return error;
    }
    uint32_t mode = (uint32_t)trapframe_argument(tf, 1) & (0777 | S_ISVTX) & ~current->fs->umask;
    struct inode *inode;
    error = path_create(&lookup.place, S_IFDIR | mode, &inode);
    if (error == 0) {
        inode_put(inode);
    }
    lookup_end(&lookup);
    return error;
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

int64_t sys_link(struct trapframe *tf) {
    struct lookup old, new;
    int error = lookup_existing(&old, AT_FDCWD, trapframe_argument(tf, 0), WALK_NOFOLLOW);
    if (error < 0) {
        return error;
    }
    struct inode *inode = inode_get(old.place.inode);
    lookup_end(&old);
    error = lookup_new(&new, AT_FDCWD, trapframe_argument(tf, 1), false);
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

// Makes the link, which takes over *target, or leaves it.
static int make_symlink(const struct place *place, char **target) {
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

int64_t sys_symlink(struct trapframe *tf) {
    char *text;
    char *target = NULL;
    struct lookup lookup;
    int error = path_copy(&text, trapframe_argument(tf, 0));
    if (error == 0) {
        target = kmalloc(strlen(text) + 1); // a whole page only if it needs one
        error = target == NULL ? -ENOMEM : 0;
    }
    if (error == 0) {
        strlcpy(target, text, strlen(text) + 1);
        error = lookup_new(&lookup, AT_FDCWD, trapframe_argument(tf, 1), false);
    }
    if (error == 0) {
        error = make_symlink(&lookup.place, &target);
        lookup_end(&lookup);
    }
    kfree(target);
    kfree(text);
    return error;
}

int64_t sys_readlink(struct trapframe *tf) {
    int room = (int)trapframe_argument(tf, 2);
    struct lookup lookup;
    if (room <= 0) {
        return -EINVAL;
    }
    int64_t result = lookup_existing(&lookup, AT_FDCWD, trapframe_argument(tf, 0), WALK_NOFOLLOW);
    if (result < 0) {
        return result;
    }
    const struct inode *inode = lookup.place.inode;
    result = -EINVAL;
    if (inode_type(inode) == S_IFLNK) {
        result = inode->size < (unsigned)room ? (int64_t)inode->size : room;
        if (copy_to_user(trapframe_argument(tf, 1), inode->target, (size_t)result) < 0) {
            result = -EFAULT;
        }
    }
    lookup_end(&lookup);
    return result;
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

// Both walks happen under one hold of names_lock: what the first found is still so after the second.
int64_t sys_rename(struct trapframe *tf) {
    struct lookup old;
    char *text;
    int error = path_copy(&text, trapframe_argument(tf, 1));
    int old_error = lookup_begin(&old, AT_FDCWD, trapframe_argument(tf, 0), WALK_PARENT, false);
    if (old_error == 0) {
        struct place new;
        struct inode *cwd = fs_cwd(current->fs);
        if (error == 0) {
            error = path_walk(&new, cwd, text, WALK_PARENT);
        }
        if (error == 0) {
            error = rename_places(&old.place, &new);
        }
        lookup_end(&old);
        inode_put(cwd);
    }
    kfree(text);
    return old_error < 0 ? old_error : error;
}
