// SPDX-License-Identifier: MIT
// Reading directories, and being in one.
#include "base/string.h"
#include "errno.h"
#include "fs/dir.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "fs/path.h"
#include "fs/pseudo.h"
#include "kernel.h"
#include "mm/heap.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/task.h"

// struct linux_dirent64, without its name.
struct dirent_head {
    uint64_t inode;
    int64_t next; // the offset to go on at
    uint16_t bytes;
    uint8_t type;
} __attribute__((packed));

enum { DIRENT_ALIGNMENT = 8, TYPE_SHIFT = 12 };

// A buffer of the caller's that is being filled.
struct listing {
    uintptr_t to;
    size_t room;
    size_t done;
};

// Adds an entry. Returns 0, -EFAULT, or -EINVAL if there is no room.
static int add(struct listing *listing, const struct inode *inode, uint64_t position,
               const char *name, size_t length) {
    struct {
        struct dirent_head head;
        char name[NAME_MAX + 1 + DIRENT_ALIGNMENT];
    } entry;
    size_t bytes =
        (sizeof entry.head + length + 1 + DIRENT_ALIGNMENT - 1) & ~(size_t)(DIRENT_ALIGNMENT - 1);
    if (bytes > listing->room - listing->done) {
        return -EINVAL;
    }
    entry.head = (struct dirent_head){inode->number, (int64_t)position + 1, (uint16_t)bytes,
                                      (uint8_t)(inode_type(inode) >> TYPE_SHIFT)};
    memcpy(entry.name, name, length);
    memset(entry.name + length, 0, bytes - sizeof entry.head - length);
    if (copy_to_user(listing->to + listing->done, &entry, bytes) < 0) {
        return -EFAULT;
    }
    listing->done += bytes;
    return 0;
}

// Goes on at *offset, the position of the first entry wanted: 0 is ".", 1 is "..".
static int64_t list(const struct inode *dir, struct listing *listing, uint64_t *offset) {
    int error = 0;
    for (; error == 0 && *offset < 2; *offset += error == 0) {
        bool self = *offset == 0;
        error = add(listing, self ? dir : dir->parent, *offset, "..", self ? 1 : 2);
    }
    list_for_each(link, &dir->entries) {
        const struct entry *entry = list_entry(link, struct entry, link);
        if (error == 0 && entry->position >= *offset) {
            error = add(listing, entry->inode, entry->position, entry->name, entry->length);
            *offset = error == 0 ? entry->position + 1 : *offset;
        }
    }
    return listing->done > 0 ? (int64_t)listing->done : error;
}

int64_t sys_getdents64(struct trapframe *tf) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    int room = (int)trapframe_argument(tf, 2);
    struct listing listing = {.to = trapframe_argument(tf, 1), .room = room > 0 ? (size_t)room : 0};
    int64_t result = -ENOTDIR;
    if (inode_is_dir(file->inode)) {
        mutex_lock(&file->turn);
        mutex_lock(&names_lock);
        result = file->inode->links == 0 ? -ENOENT : pseudo_fill(file->inode, NULL, 0);
        if (result == 0) {
            result = list(file->inode, &listing, &file->offset);
        }
        mutex_unlock(&names_lock);
        mutex_unlock(&file->turn);
    }
    file_put(file);
    return result;
}

static const struct entry *entry_of(const struct inode *inode) {
    list_for_each(link, &inode->parent->entries) {
        const struct entry *entry = list_entry(link, struct entry, link);
        if (entry->inode == inode) {
            return entry;
        }
    }
    return NULL;
}

// Writes the path of `dir` so that it ends with the NUL at the end of `buffer`. Returns where it
// begins, or NULL if it does not fit. names_lock is held.
static char *write_path(const struct inode *dir, char *buffer) {
    char *start = buffer + PATH_MAX - 1;
    *start = '\0';
    if (dir == fs_root) {
        *--start = '/';
    }
    for (; dir != fs_root; dir = dir->parent) {
        const struct entry *entry = entry_of(dir);
        if (entry == NULL || start - buffer < entry->length + 1) {
            return NULL;
        }
        start -= entry->length;
        memcpy(start, entry->name, entry->length);
        *--start = '/';
    }
    return start;
}

int64_t sys_getcwd(struct trapframe *tf) {
    char *buffer = kmalloc(PATH_MAX);
    if (buffer == NULL) {
        return -ENOMEM;
    }
    struct inode *cwd = fs_cwd(current->fs);
    mutex_lock(&names_lock);
    bool removed = cwd->links == 0;
    const char *path = removed ? NULL : write_path(cwd, buffer);
    mutex_unlock(&names_lock);
    inode_put(cwd);
    int64_t result = removed ? -ENOENT : -ENAMETOOLONG;
    if (path != NULL) {
        size_t bytes = strlen(path) + 1;
        result = (int64_t)bytes;
        if (bytes > trapframe_argument(tf, 1)) {
            result = -ERANGE;
        } else if (copy_to_user(trapframe_argument(tf, 0), path, bytes) < 0) {
            result = -EFAULT;
        }
    }
    kfree(buffer);
    return result;
}

// names_lock is held.
static int enter(struct inode *dir) {
    if (!inode_is_dir(dir)) {
        return -ENOTDIR;
    }
    int error = inode_may(dir, MAY_EXEC);
    if (error == 0) {
        fs_set_cwd(current->fs, inode_get(dir));
    }
    return error;
}

int64_t sys_chdir(struct trapframe *tf) {
    struct lookup lookup;
    int error = lookup_existing(&lookup, trapframe_argument(tf, 0));
    if (error == 0) {
        error = enter(lookup.place.inode);
        lookup_end(&lookup);
    }
    return error;
}

int64_t sys_fchdir(struct trapframe *tf) {
    struct file *file = fd_get(current->files, (int)trapframe_argument(tf, 0));
    if (file == NULL) {
        return -EBADF;
    }
    mutex_lock(&names_lock);
    int error = enter(file->inode);
    mutex_unlock(&names_lock);
    file_put(file);
    return error;
}
