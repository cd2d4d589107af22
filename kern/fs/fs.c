// SPDX-License-Identifier: MIT
#include "fs/fs.h"

#include "base/string.h"
#include "errno.h"
#include "fs/device.h"
#include "fs/dir.h"
#include "fs/initrd.h"
#include "fs/path.h"
#include "fs/proc.h"
#include "kernel.h"
#include "mm/heap.h"
#include "task/cred.h"

struct inode *fs_root;

// Whose the initial files are.
static const struct cred superuser;

int fs_add_name(const char *path, struct inode **inode) {
    struct place place;
    mutex_lock(&names_lock);
    int error = path_walk(&place, fs_root, path, WALK_PARENT);
    if (error == 0 && place.inode != NULL) {
        *inode = place.inode;
        error = -EEXIST;
    }
    if (error == 0) {
        error = dir_add(place.dir, place.name, place.length, *inode);
    }
    mutex_unlock(&names_lock);
    return error;
}

int fs_add(const char *path, uint32_t mode, struct inode **inode) {
    struct inode *made = inode_create(mode, &superuser);
    if (made == NULL) {
        return -ENOMEM;
    }
    *inode = made;
    int error = fs_add_name(path, inode);
    inode_put(made); // its name keeps it
    return error;
}

int fs_find(const char *path, struct inode **inode) {
    struct place place;
    mutex_lock(&names_lock);
    int error = path_walk(&place, fs_root, path, WALK_FOLLOW);
    if (error == 0 && place.inode == NULL) {
        error = -ENOENT;
    }
    if (error == 0) {
        *inode = inode_get(place.inode);
    }
    mutex_unlock(&names_lock);
    return error;
}

void fs_setup(void) {
    mutex_init(&names_lock, "names");
    fs_root = inode_create(S_IFDIR | 0755, &superuser);
    if (fs_root == NULL) {
        setup_failed("too little memory for the root directory");
    }
    fs_root->parent = fs_root;
    fs_root->links = 2;
    initrd_unpack();
    struct inode *made;
    int error = fs_add("tmp", S_IFDIR | S_ISVTX | 0777, &made);
    if (error == 0 || error == -EEXIST) {
        error = devices_add();
    }
    if (error == 0 || error == -EEXIST) {
        error = proc_add();
    }
    if (error < 0) {
        setup_failed("too little memory for /tmp, /dev and /proc");
    }
}

static struct fs *create(struct inode *cwd, uint32_t umask) {
    struct fs *fs = kmalloc(sizeof *fs);
    if (fs == NULL) {
        return NULL;
    }
    refcount_init(&fs->count);
    fs->lock = (struct spinlock)SPINLOCK_INIT("fs");
    fs->cwd = inode_get(cwd);
    fs->umask = umask;
    return fs;
}

struct fs *fs_create(void) {
    return create(fs_root, 022);
}

struct fs *fs_copy(struct fs *from) {
    struct inode *cwd = fs_cwd(from);
    struct fs *fs = create(cwd, from->umask);
    inode_put(cwd);
    return fs;
}

struct fs *fs_get(struct fs *fs) {
    refcount_get(&fs->count);
    return fs;
}

void fs_put(struct fs *fs) {
    if (fs != NULL && refcount_put(&fs->count)) {
        inode_put(fs->cwd);
        kfree(fs);
    }
}

struct inode *fs_cwd(struct fs *fs) {
    spin_lock(&fs->lock);
    struct inode *cwd = inode_get(fs->cwd);
    spin_unlock(&fs->lock);
    return cwd;
}

void fs_set_cwd(struct fs *fs, struct inode *dir) {
    spin_lock(&fs->lock);
    struct inode *old = fs->cwd;
    fs->cwd = dir;
    spin_unlock(&fs->lock);
    inode_put(old);
}
