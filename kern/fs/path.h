// SPDX-License-Identifier: MIT
// From a path to what it names, as path_resolution(7) says.
#pragma once

#include "abi/fcntl.h"
#include "abi/limits.h"
#include "fs/inode.h"

enum { LINK_LIMIT = 40 };

// What becomes of a symbolic link as the last component.
enum walk {
    WALK_PARENT,   // it is what is meant: to be created, removed or renamed
    WALK_NOFOLLOW, // it is what is meant, unless slashes follow: lstat
    WALK_CREATE,   // what it points to is meant, unless slashes follow: open with O_CREAT
    WALK_FOLLOW,   // what it points to is meant
};

enum last { LAST_NAME, LAST_ROOT, LAST_DOT, LAST_DOTDOT };

// Where a walk has ended. All is borrowed, and good for as long as names_lock is held.
struct place {
    struct inode *dir;   // the directory that has, or would have, the last component
    struct inode *inode; // what that names; NULL: nothing
    const char *name;    // the last component; not ended by a NUL
    size_t length;
    enum last last; // what kind of component it is; otherwise than NAME: inode is a directory
    bool slash;     // slashes follow it
};

// Walks from `start`, or from the root if `path` begins with a slash. names_lock is held. A missing
// last component is no error. Returns 0, -ENOENT, -ENOTDIR, -EACCES, -ELOOP, -ENAMETOOLONG or an
// error of pseudo_fill.
int path_walk(struct place *place, struct inode *start, const char *path, enum walk how);

// A path that a program handed over, and where it leads.
struct lookup {
    struct place place;
    char *text;          // owned
    struct inode *start; // owned
};

// Copies the path at `user_path`, takes names_lock and walks: from directory `dirfd`, or from the
// working directory if that is AT_FDCWD. An empty path is ENOENT, or, if `empty_ok`, names `dirfd`
// itself. Returns 0, or an error, and then there is nothing to end.
int lookup_begin(struct lookup *lookup, int dirfd, uintptr_t user_path, enum walk how,
                 bool empty_ok);

// The first half of it, for a call with two paths: without the lock and the walk. Whatever it
// returns, the caller calls lookup_discard.
int lookup_prepare(struct lookup *lookup, int dirfd, uintptr_t user_path, bool empty_ok);
void lookup_discard(struct lookup *lookup);

// The same as lookup_begin, for calls that need something to be there: -ENOENT, or -ENOTDIR behind
// a slash. Of `flags` AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH matter. lookup_existing is for calls
// without.
int lookup_at(struct lookup *lookup, int dirfd, uintptr_t user_path, unsigned flags);
int lookup_existing(struct lookup *lookup, uintptr_t user_path);

// The same, for calls that make a new name: -EEXIST, -ENOENT (a slash follows and it is not to be a
// directory, or the parent has been removed), -EACCES.
int lookup_new(struct lookup *lookup, int dirfd, uintptr_t user_path, bool directory);

// Lets names_lock go.
void lookup_end(struct lookup *lookup);

// What the path in kernel memory leads to, from directory `dirfd` as above, if `check` (names_lock
// is held) has nothing against it. An empty path names `dirfd` itself. The caller puts *inode.
// Returns 0, an error of the path, or what `check` says.
int path_find(int dirfd, const char *path, enum walk how, int (*check)(const struct inode *inode),
              struct inode **inode);

// Copies a path from user memory; the caller frees *text, which may be NULL after an error. Returns
// 0, -ENOENT if it is empty (then there is a *text), -EFAULT, -ENAMETOOLONG or -ENOMEM.
int path_copy(char **text, uintptr_t user_path);

// May the current task add names to `dir`: 0, -ENOENT (it has been removed, or is made up),
// -EACCES.
int dir_may_add(const struct inode *dir);

// May it take this name away: 0, -EACCES, -EPERM (a sticky directory, somebody else's file).
int dir_may_remove(const struct inode *dir, const struct inode *inode);

// Makes a file in `place->dir`, as the current task's. Returns 0 and the new inode, owned by the
// caller, or -ENOMEM. names_lock is held.
int path_create(const struct place *place, uint32_t mode, struct inode **inode);
