// SPDX-License-Identifier: MIT
// Where a task is in the file system, and what becomes of the files it makes.
#pragma once

#include "fs/inode.h"
#include "lock.h"

struct fs {
    struct refcount count;
    struct spinlock lock; // guards what follows; nothing is locked inside it
    struct inode *cwd;    // owned
    uint32_t umask;
    bool recounted; // used by the audit
};

// The root of all; its own parent.
extern struct inode *fs_root;

// Makes the tree: what is in the initial file system, /dev and /tmp. Ends the machine if it cannot.
void fs_setup(void);

// Adds a name with all that belongs to it, by its path from the root; only during set-up, when
// there is no task yet. Returns 0 and the inode, borrowed; -EEXIST and the one that is there; or
// another error.
int fs_add(const char *path, uint32_t mode, struct inode **inode);

// The same for another name of *inode.
int fs_add_name(const char *path, struct inode **inode);

// What the path leads to from the root, on the kernel's own behalf; the caller puts *inode. Returns
// 0 or an error.
int fs_find(const char *path, struct inode **inode);

// In the root directory, with umask 022. NULL when out of memory.
struct fs *fs_create(void);

// A copy of its own for a child. NULL when out of memory.
struct fs *fs_copy(struct fs *from);

struct fs *fs_get(struct fs *fs);
void fs_put(struct fs *fs); // NULL is allowed

// The working directory; the caller puts it.
struct inode *fs_cwd(struct fs *fs);

// Changes it; takes over the caller's claim to `dir`.
void fs_set_cwd(struct fs *fs, struct inode *dir);
