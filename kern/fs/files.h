// SPDX-License-Identifier: MIT
// Descriptors: small numbers for open files. A table belongs to one task, or to threads that share
// it.
#pragma once

#include "fs/file.h"
#include "lock.h"

enum {
    FD_LIMIT = 1024,
    FDS_IN_CHUNK = 32,
    FD_CHUNKS = FD_LIMIT / FDS_IN_CHUNK,
    FD_FLAG_WORDS = FD_LIMIT / 64,
};

struct files {
    struct refcount count;
    struct spinlock lock; // guards what follows; the heap is all that is locked inside it
    struct file **chunks[FD_CHUNKS];       // owned; NULL: none of its descriptors is in use
    int limit, limit_max;                  // RLIMIT_NOFILE: new descriptors are below `limit`
    int first_free;                        // below it, none is free
    int end;                               // none at or above it has ever been in use
    uint64_t close_on_exec[FD_FLAG_WORDS]; // FD_CLOEXEC: bit fd % 64 of word fd / 64; see lab 4
    bool recounted;                        // used by the audit
};

// An empty table. NULL when out of memory.
struct files *files_create(void);

// A table with the same open files, each counted once more, and the same flags of descriptors. NULL
// when out of memory; then no count has changed.
struct files *files_copy(struct files *from);

// For a task that must not share its table any more: `files` itself, claimed once more, if nobody
// else has a claim; else a copy. NULL when out of memory.
struct files *files_unshare(struct files *files);

// files_put closes all when it gives up the last claim; NULL is allowed.
struct files *files_get(struct files *files);
void files_put(struct files *files);

// The open file behind a descriptor, with a claim of the caller's own: it stays usable even if
// another thread closes the descriptor meanwhile. NULL if there is none.
struct file *fd_get(struct files *files, int fd);

// The same without a claim, and without a lock: for the audit.
struct file *fd_peek(struct files *files, int fd);

// Sets the lowest free descriptor from `from` on aside, so that what follows cannot fail for want
// of one. Returns it, -EMFILE, or -ENOMEM. Nobody can use it, but dup2 finds it busy.
int fd_reserve(struct files *files, int from);

// Turns a reserved descriptor into `file`, whose claim it takes over; with O_CLOEXEC among `flags`
// it closes on exec. All in one step: who finds the descriptor finds it so. Or frees it again.
void fd_install(struct files *files, int fd, struct file *file, unsigned flags);
void fd_unreserve(struct files *files, int fd);

// close(2): 0 or -EBADF. The last claim to a file may be given up here.
int fd_close(struct files *files, int fd);

// Makes `fd` another name for `file`, in place of what it was, with `flags` as above, in one step.
// Returns fd, -EBADF (out of range), -EBUSY (reserved by an open under way) or -ENOMEM.
int fd_replace(struct files *files, int fd, struct file *file, unsigned flags);
