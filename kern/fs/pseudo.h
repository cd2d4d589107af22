// SPDX-License-Identifier: MIT
// Files that are made up: what such a directory contains, and what such a file says, is found out
// when somebody looks. Nobody can change them.
#pragma once

#include "fs/inode.h"

struct text;

struct pseudo {
    // A directory: removes the entries of what is gone, and makes those that are missing: of all
    // there is, or, if `name` is not NULL, at least that one. names_lock is held. Returns 0,
    // -ENOMEM, or, if what the directory itself is about is gone, -ENOENT, and -ESRCH for a name.
    // NULL: its entries are simply there.
    int (*fill)(struct inode *dir, const char *name, size_t length);

    // A regular file: prints what it says at this moment. Sleeping locks may be taken. Returns 0,
    // or -ESRCH if what it is about is gone.
    int (*print)(const struct inode *inode, struct text *text);
};

// Does that for any directory, before it is searched or listed.
int pseudo_fill(struct inode *dir, const char *name, size_t length);

// What an open file of `inode` refers to, owned by the caller: itself, or, if its content is made
// up, a file of its own with what there is to say now. names_lock is held. Returns 0, -ENOMEM or
// -ESRCH.
int pseudo_open(struct inode *inode, struct inode **opened);

// Adds to what is printed, at most TEXT_PIECE_BYTES at a time. May be called with spinlocks held.
enum { TEXT_PIECE_BYTES = 255 };
void text_print(struct text *text, const char *pattern, ...) __attribute__((format(printf, 2, 3)));
