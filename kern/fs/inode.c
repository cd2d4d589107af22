// SPDX-License-Identifier: MIT
#include "fs/inode.h"

#include <arch/cpu.h>

#include "arch/machine.h"
#include "errno.h"
#include "fs/device.h"
#include "fs/file.h"
#include "fs/pipe.h"
#include "mm/heap.h"
#include "sys/time.h"
#include "task/cred.h"
#include "task/task.h"

struct mutex names_lock;
struct list inodes = LIST_INIT(inodes);
struct spinlock inodes_lock = SPINLOCK_INIT("inodes");

bool inode_has_room(void) {
    return frame_total_of(FRAME_FREE) >= (memory_bytes >> PAGE_SHIFT) / 8;
}

int64_t inode_time(void) {
    uint64_t cycles = cycle_count() - boot_info.entry_cycles;
    uint64_t each = cycles_per_second();
    uint64_t since_boot =
        each == 0 ? 0 : cycles / each * 1000000000 + cycles % each * 1000000000 / each;
    return REALTIME_AT_BOOT * NANOSECONDS_PER_SECOND + (int64_t)since_boot;
}

static const struct file_ops *ops_for(uint32_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return &regular_ops;
    case S_IFDIR:
        return &directory_ops;
    case S_IFIFO:
        return &pipe_ops;
    default:
        return NULL; // devices set theirs; symbolic links are never open
    }
}

struct inode *inode_create(uint32_t mode, const struct cred *cred) {
    static uint64_t last_number;
    struct inode *inode = kmalloc(sizeof *inode);
    if (inode == NULL) {
        return NULL;
    }
    refcount_init(&inode->count);
    mutex_init(&inode->mutex, "inode");
    mutex_init(&inode->cache, "page cache");
    list_init(&inode->entries);
    inode->next_position = 2; // 0 and 1 are "." and ".."
    inode->mode = mode;
    inode->uid = cred->euid;
    inode->gid = cred->egid;
    inode->ops = ops_for(mode);
    inode->changed_ns = inode->modified_ns = inode->accessed_ns = inode_time();
    spin_lock(&inodes_lock);
    inode->number = ++last_number;
    list_push_back(&inodes, &inode->link);
    spin_unlock(&inodes_lock);
    return inode;
}

struct inode *inode_get(struct inode *inode) {
    refcount_get(&inode->count);
    return inode;
}

// Removed directories may own each other in a long row: no recursion.
void inode_put(struct inode *inode) {
    while (inode != NULL && refcount_put(&inode->count)) {
        struct inode *parent = inode->parent;
        spin_lock(&inodes_lock);
        list_remove(&inode->link);
        spin_unlock(&inodes_lock);
        inode_free_content(inode);
        pipe_destroy(inode->pipe);
        kfree(inode->target);
        kfree(inode);
        inode = parent;
    }
}

int inode_permission(const struct inode *inode, unsigned want, uint32_t uid, uint32_t gid) {
    if ((want & MAY_WRITE) && inode->pseudo != NULL) {
        return -EROFS;
    }
    if (uid == 0) {
        bool executable = inode_is_dir(inode) || (inode->mode & 0111) != 0;
        return (want & MAY_EXEC) && !executable ? -EACCES : 0;
    }
    unsigned granted = inode->mode;
    if (uid == inode->uid) {
        granted >>= 6;
    } else if (cred_in_group(current->cred, gid, inode->gid)) {
        granted >>= 3;
    }
    return (want & ~granted & 7) != 0 ? -EACCES : 0;
}

int inode_may(const struct inode *inode, unsigned want) {
    const struct cred *cred = current->cred;
    return inode_permission(inode, want, cred->euid, cred->egid);
}

bool inode_is_owner(const struct inode *inode) {
    uint32_t uid = current->cred->euid;
    return uid == 0 || uid == inode->uid;
}
