// SPDX-License-Identifier: MIT
// What a directory contains. names_lock is held throughout; nobody's rights are checked here.
#pragma once

#include "fs/inode.h"

struct entry {
    struct list link;    // in dir->entries
    uint64_t position;   // for getdents64: grows from entry to entry, is never used again
    struct inode *inode; // owned
    uint8_t length;
    char name[];
};

// The entry of that name, or NULL. "." and ".." have none.
struct entry *dir_find(const struct inode *dir, const char *name, size_t length);

// Gives `inode` a name in `dir`, where there is none of it. Returns 0 or -ENOMEM.
int dir_add(struct inode *dir, const char *name, size_t length, struct inode *inode);

// Takes an entry away. The inode loses a name, and the directory's claim to it.
void dir_remove(struct inode *dir, struct entry *entry);

// Takes the entry out of `from` and puts its inode into `to` under the name of `spare`, an entry
// from dir_spare. Cannot fail.
void dir_move(struct inode *from, struct entry *entry, struct inode *to, struct entry *spare);

// An entry that is in no directory yet. NULL when out of memory.
struct entry *dir_spare(const char *name, size_t length);

// True if `dir` is `below` or one of the directories above it.
bool dir_is_above(const struct inode *dir, const struct inode *below);
