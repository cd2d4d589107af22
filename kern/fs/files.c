// SPDX-License-Identifier: MIT
#include "fs/files.h"

#include "errno.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/heap.h"

// Stands for the file that an open under way will put there.
static struct file reserved;

struct files *files_create(void) {
    struct files *files = kmalloc(sizeof *files);
    if (files != NULL) {
        refcount_init(&files->count);
        files->lock = (struct spinlock)SPINLOCK_INIT("files");
        files->limit = files->limit_max = FD_LIMIT;
    }
    return files;
}

// The descriptor's slot, or NULL: out of range, or its chunk is not there.
static struct file **slot_of(struct files *files, int fd) {
    if (fd < 0 || fd >= FD_LIMIT || files->chunks[fd / FDS_IN_CHUNK] == NULL) {
        return NULL;
    }
    return &files->chunks[fd / FDS_IN_CHUNK][fd % FDS_IN_CHUNK];
}

// The same, but makes the chunk. fd is in range. NULL when out of memory.
static struct file **make_slot(struct files *files, int fd) {
    struct file ***chunk = &files->chunks[fd / FDS_IN_CHUNK];
    if (*chunk == NULL) {
        *chunk = kmalloc(FDS_IN_CHUNK * sizeof **chunk);
    }
    files->end = fd < files->end ? files->end : fd + 1;
    return slot_of(files, fd);
}

static bool copy_all(struct files *to, struct files *from) {
    for (int fd = 0; fd < from->end; fd++) {
        struct file *file = fd_peek(from, fd);
        struct file **slot = file == NULL ? NULL : make_slot(to, fd);
        if (file != NULL && slot == NULL) {
            return false;
        }
        if (file != NULL) {
            *slot = file_get(file);
        }
    }
    return true;
}

struct files *files_copy(struct files *from) {
    struct files *files = files_create();
    if (files == NULL) {
        return NULL;
    }
    spin_lock(&from->lock);
    files->limit = from->limit;
    files->limit_max = from->limit_max;
    bool copied = copy_all(files, from);
    if (LAB >= 4) {
        fd_flags_copy(files, from);
    }
    spin_unlock(&from->lock);
    if (!copied) {
        files_put(files);
        return NULL;
    }
    return files;
}

struct files *files_get(struct files *files) {
    refcount_get(&files->count);
    return files;
}

struct files *files_unshare(struct files *files) {
    return refcount_is_one(&files->count) ? files_get(files) : files_copy(files);
}

void files_put(struct files *files) {
    if (files == NULL || !refcount_put(&files->count)) {
        return;
    }
    for (int fd = 0; fd < files->end; fd++) { // nobody else can open or close here any more
        file_put(fd_peek(files, fd));
    }
    for (int i = 0; i < FD_CHUNKS; i++) {
        kfree(files->chunks[i]);
    }
    kfree(files);
}

struct file *fd_peek(struct files *files, int fd) {
    struct file **slot = slot_of(files, fd);
    return slot == NULL || *slot == &reserved ? NULL : *slot;
}

struct file *fd_get(struct files *files, int fd) {
    spin_lock(&files->lock);
    struct file *file = fd_peek(files, fd);
    if (file != NULL) {
        file_get(file);
    }
    spin_unlock(&files->lock);
    return file;
}

static int lowest_free(struct files *files, int from) {
    int fd = from > files->first_free ? from : files->first_free;
    while (fd < files->limit) {
        struct file **slot = slot_of(files, fd);
        if (slot == NULL || *slot == NULL) {
            return fd;
        }
        fd++;
    }
    return -EMFILE;
}

int fd_reserve(struct files *files, int from) {
    spin_lock(&files->lock);
    int fd = lowest_free(files, from);
    if (fd >= 0) {
        struct file **slot = make_slot(files, fd);
        if (slot == NULL) {
            fd = -ENOMEM;
        } else {
            *slot = &reserved;
            files->first_free = from <= files->first_free ? fd + 1 : files->first_free;
        }
    }
    spin_unlock(&files->lock);
    return fd;
}

// What `fd` is from now on: `file`, which may be NULL; `flags` as in fd_install. The lock is held.
static void set(struct files *files, int fd, struct file *file, unsigned flags) {
    *slot_of(files, fd) = file;
    if (LAB >= 4) {
        fd_flags_reset(files, fd, flags);
    }
    if (file == NULL && fd < files->first_free) {
        files->first_free = fd;
    }
}

void fd_install(struct files *files, int fd, struct file *file, unsigned flags) {
    spin_lock(&files->lock);
    ASSERT(*slot_of(files, fd) == &reserved);
    set(files, fd, file, flags);
    spin_unlock(&files->lock);
}

void fd_unreserve(struct files *files, int fd) {
    fd_install(files, fd, NULL, 0);
}

int fd_close(struct files *files, int fd) {
    spin_lock(&files->lock);
    struct file *file = fd_peek(files, fd);
    if (file != NULL) {
        set(files, fd, NULL, 0);
    }
    spin_unlock(&files->lock);
    file_put(file);
    return file == NULL ? -EBADF : 0;
}

int fd_replace(struct files *files, int fd, struct file *file, unsigned flags) {
    if (fd < 0 || fd >= files->limit) {
        return -EBADF;
    }
    int result = fd;
    struct file *old = NULL;
    spin_lock(&files->lock);
    struct file **slot = make_slot(files, fd);
    if (slot == NULL) {
        result = -ENOMEM;
    } else if (*slot == &reserved) {
        result = -EBUSY;
    } else {
        old = *slot;
        set(files, fd, file_get(file), flags);
    }
    spin_unlock(&files->lock);
    file_put(old);
    return result;
}

// Before lab 4 no descriptor closes by itself.
__attribute__((weak)) void files_close_on_exec(struct files *files) {
    (void)files;
}
