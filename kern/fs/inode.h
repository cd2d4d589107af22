// SPDX-License-Identifier: MIT
// An inode: a file as such, whatever it is called and whoever has it open. All of them live in
// memory; the initial file system only says which there are at first.
//
// An inode is owned by each of its names, each open file, each vma that shows it, each task whose
// working directory it is, and, if it is a directory, each directory whose parent it is.
//
// Locks, in the order in which they are taken: the offset of an open file (file.h), names_lock,
// inode->mutex, mm->lock, inode->cache. Spinlocks come last, as everywhere.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/stat.h"
#include "base/list.h"
#include "refcount.h"
#include "task/mutex.h"

struct cred;
struct file_ops;
struct frame;
struct pipe;
struct pseudo;
struct uio;

#define PERMISSIONS 07777u

enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 }; // the bits of rwx, and of access(2)

// The largest size of a file.
#define SIZE_LIMIT ((uint64_t)INT64_MAX)

struct inode {
    struct refcount count;
    int recount;      // used by the audit
    struct list link; // in `inodes`
    uint64_t number;
    uint32_t device;             // CHR: which; see device.c
    int pid;                     // in /proc: the task that it is about; 0: none
    uint64_t started;            // and that task's `started`
    const struct file_ops *ops;  // what an open file of it does
    const struct pseudo *pseudo; // it is made up: see pseudo.h; NULL for others

    // Guarded by names_lock; the type in `mode` never changes.
    uint32_t mode, uid, gid;
    uint32_t links;       // names; for directories those that count: "." and each child's ".."
    struct inode *parent; // DIR: owned, except the root's, which is itself
    struct list entries;  // DIR: struct entry, in the order of their positions
    uint64_t next_position;
    int64_t changed_ns;  // time of the last change of what stands here
    int64_t accessed_ns; // what utimensat says: reading does not change it

    // Guarded by `mutex`. `cache` is held as well while pages come and go, and while size and
    // archive_bytes shrink: page faults, which may come under `mutex`, look at these under `cache`
    // alone. A mapping that was written to sets modified_ns without either.
    struct mutex mutex, cache;
    uint64_t size;       // REG, LNK
    int64_t modified_ns; // time of the last change of the content, or of the entries
    unsigned height;     // REG: of the tree of pages; see content.c
    void *pages;
    uint64_t page_count;
    const char *archive;    // REG: what pages hold that are not there yet, borrowed
    uint64_t archive_bytes; // and how far it goes

    char *target;      // LNK: a string, owned; never changes
    struct pipe *pipe; // FIFO: owned, from the start
};

// Guards all names: what directories contain, and what they say about inodes. A sleeping lock, held
// for a whole path walk; user memory may be touched under it.
extern struct mutex names_lock;

// All inodes, and the lock that guards the list; nothing is locked inside it.
extern struct list inodes;
extern struct spinlock inodes_lock;

// A new one without a name, owned by the caller, with the ids of `cred`. NULL when out of memory.
struct inode *inode_create(uint32_t mode, const struct cred *cred);

struct inode *inode_get(struct inode *inode);

// Gives up one claim. NULL is allowed. No lock is needed, but names_lock may be held.
void inode_put(struct inode *inode);

static inline uint32_t inode_type(const struct inode *inode) {
    return inode->mode & S_IFMT;
}

static inline bool inode_is_dir(const struct inode *inode) {
    return inode_type(inode) == S_IFDIR;
}

// What a call that tests `want` (MAY_* bits) for user `uid` of group `gid`, and of the current
// task's other groups, says: 0, -EACCES or -EROFS. names_lock is held.
int inode_permission(const struct inode *inode, unsigned want, uint32_t uid, uint32_t gid);

// The same for the effective ids of the current task.
int inode_may(const struct inode *inode, unsigned want);

// True if the current task may change what only owners may change.
bool inode_is_owner(const struct inode *inode);

// False if files had better take no more memory: the last eighth is left to programs, or there
// would be none in which anybody could remove a file.
bool inode_has_room(void);

// The time that goes into inodes: nanoseconds since the beginning of 1970.
int64_t inode_time(void);

// ---- The content of regular files: content.c -------------------------------------------------

// Read or write at `offset`. `inode->mutex` is held. Return the number of bytes, or
// -EFAULT, -ENOMEM, -ENOSPC, -EFBIG if there were none.
int64_t inode_read(struct inode *inode, struct uio *uio, uint64_t offset);
int64_t inode_write(struct inode *inode, struct uio *uio, uint64_t offset);

// Makes the content `size` bytes long, dropping what is behind or adding zeros. `inode->mutex` is
// held. Returns 0, or -EFBIG, and then nothing has changed.
int inode_resize(struct inode *inode, uint64_t size);

// The frame with page `index` of the content, NULL for a hole; if `create`, there are no holes, and
// NULL means out of memory. Borrowed. `inode->mutex` is held.
struct frame *inode_page(struct inode *inode, uint64_t index, bool create);

// Sets *frame to the one at byte `offset` (page-aligned), for a mapping of `inode` in an address
// space that is locked, and for as long as it is; it is made if need be. Borrowed. Returns 0,
// -ENXIO (the file ends before it), -ENOSPC or -ENOMEM.
int inode_map_page(struct inode *inode, uint64_t offset, struct frame **frame);

// Counts all pages as owned by `inode`: for the audit.
void inode_recount_pages(const struct inode *inode);

// Reads into kernel memory. Takes the mutex. Returns the number of bytes or -ENOMEM.
int64_t inode_read_kernel(struct inode *inode, void *to, size_t bytes, uint64_t offset);

// Gives all pages back; the caller is the last owner.
void inode_free_content(struct inode *inode);
