// SPDX-License-Identifier: MIT
// What is known about a file system as a whole: statfs(2).
#include "errno.h"
#include "fs/files.h"
#include "fs/path.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/task.h"

// struct statfs of Linux on 64-bit machines.
struct statfs {
    int64_t type;
    int64_t block_bytes;
    uint64_t blocks, free_blocks, available_blocks;
    uint64_t inodes, free_inodes;
    int32_t id[2];
    int64_t name_max;
    int64_t fragment_bytes;
    int64_t flags;
    int64_t unused[4];
};
_Static_assert(sizeof(struct statfs) == 120, "Linux's struct statfs");

// Linux's names for the kinds of file system that are most like these.
enum { KIND_RAM = 0x01021994, KIND_PROC = 0x9fa0, KIND_PIPES = 0x50495045 };

// Files may take all of memory but its last eighth.
static int64_t tell(const struct inode *inode, uintptr_t to) {
    struct statfs info = {
        .type = inode->pseudo != NULL ? KIND_PROC : KIND_RAM,
        .block_bytes = PAGE_SIZE,
        .name_max = NAME_MAX,
        .fragment_bytes = PAGE_SIZE,
    };
    if (inode_type(inode) == S_IFIFO) {
        info.type = KIND_PIPES;
    } else if (inode->pseudo == NULL) {
        uint64_t kept = (memory_bytes >> PAGE_SHIFT) / 8;
        uint64_t free = frame_total_of(FRAME_FREE);
        info.blocks = (memory_bytes >> PAGE_SHIFT) - frame_total_of(FRAME_RESERVED);
        info.free_blocks = info.available_blocks = free > kept ? free - kept : 0;
    }
    return copy_to_user(to, &info, sizeof info);
}

int64_t sys_statfs(struct trapframe *tf) {
    struct lookup lookup;
    int64_t result = lookup_existing(&lookup, trapframe_argument(tf, 0));
    if (result == 0) {
        result = tell(lookup.place.inode, trapframe_argument(tf, 1));
        lookup_end(&lookup);
    }
    return result;
}

int64_t sys_fstatfs(struct trapframe *tf) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    int64_t result = file == NULL ? -EBADF : tell(file->inode, trapframe_argument(tf, 1));
    file_put(file);
    return result;
}
