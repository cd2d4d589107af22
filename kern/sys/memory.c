// SPDX-License-Identifier: MIT
// mmap, munmap, mprotect, msync, madvise, brk: as mmap(2) and its like of Linux.
#include "errno.h"
#include "fs/files.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "sys/syscall.h"
#include "task/task.h"

#define LENGTH_LIMIT USER_TOP
#define KNOWN_PROT (PROT_READ | PROT_WRITE | PROT_EXEC)

// The flags that MAP_SHARED_VALIDATE lets pass: those that came before it, most of them without
// effect here.
#define OLD_FLAGS 0x7c07f9f3u

// The end of `length` bytes from page-aligned `start` on, rounded up to a page; 0 if that is not
// within the user half.
static uintptr_t range_end(uintptr_t start, uint64_t length) {
    if (length > LENGTH_LIMIT || start > USER_TOP) {
        return 0;
    }
    uintptr_t end = start + ((length + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
    return end <= USER_TOP ? end : 0;
}

// Tine refuses memory that is both writable and executable, as hardened Linux systems do.
static bool prot_refused(uint64_t prot) {
    return (prot & PROT_WRITE) && (prot & PROT_EXEC);
}

// Where a mapping of `length` bytes goes. Returns its start or a negative error number; what the
// caller wants replaced is gone then.
static int64_t place_mapping(struct mm *mm, uintptr_t hint, uint64_t length, uint64_t flags) {
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        uintptr_t end = range_end(hint, length);
        if (hint % PAGE_SIZE != 0) {
            return -EINVAL;
        }
        if (end == 0) {
            return -ENOMEM;
        }
        if (hint < PAGE_SIZE) {
            return -EPERM; // as under Linux's vm.mmap_min_addr
        }
        if ((flags & MAP_FIXED_NOREPLACE) && !mm_is_free(mm, hint, end)) {
            return -EEXIST;
        }
        int error = mm_unmap(mm, hint, end);
        return error < 0 ? error : (int64_t)hint;
    }
    uintptr_t start = hint & ~(PAGE_SIZE - 1);
    uintptr_t end = range_end(start, length);
    if (start >= PAGE_SIZE && end != 0 && mm_is_clear(mm, start, end)) {
        return (int64_t)start;
    }
    uintptr_t gap = mm_find_gap(mm, range_end(0, length));
    return gap != 0 ? (int64_t)gap : -ENOMEM;
}

// `inode`: the file, from `offset` on; NULL: none.
static int64_t map_locked(struct mm *mm, uintptr_t hint, uint64_t length, uint64_t flags,
                          unsigned vma_flags, struct inode *inode, uint64_t offset) {
    mutex_lock(&mm->lock);
    int64_t start = place_mapping(mm, hint, length, flags);
    if (start >= 0) {
        uintptr_t end = range_end((uintptr_t)start, length);
        int error = inode == NULL
                        ? mm_map(mm, (uintptr_t)start, end, vma_flags)
                        : mm_map_file(mm, (uintptr_t)start, end, vma_flags, inode, offset);
        start = error < 0 ? error : start;
    }
    mutex_unlock(&mm->lock);
    return start;
}

// Why `file` cannot be mapped so; or 0.
static int file_error(const struct trapframe *tf, bool shared, const struct file *file) {
    uint64_t length = trapframe_argument(tf, 1);
    uint64_t prot = trapframe_argument(tf, 2);
    uint64_t flags = trapframe_argument(tf, 3);
    uint64_t offset = trapframe_argument(tf, 5);
    if (offset > SIZE_LIMIT || length > SIZE_LIMIT - offset) {
        return -EOVERFLOW;
    }
    if ((flags & MAP_TYPE) == MAP_SHARED_VALIDATE && (flags & ~(uint64_t)OLD_FLAGS) != 0) {
        return -EOPNOTSUPP;
    }
    if (!file->readable || (shared && (prot & PROT_WRITE) && !file->writable)) {
        return -EACCES;
    }
    const struct inode *inode = file->inode;
    return inode_type(inode) == S_IFREG && inode->pseudo == NULL ? 0 : -ENODEV;
}

// What is left of mmap once its arguments mean something. `file`: NULL for anonymous memory.
static int64_t map(const struct trapframe *tf, unsigned vma_flags, const struct file *file) {
    uint64_t length = trapframe_argument(tf, 1);
    uint64_t prot = trapframe_argument(tf, 2);
    bool shared = (vma_flags & VMA_SHARED) != 0;
    int error = file == NULL ? 0 : file_error(tf, shared, file);
    if (error < 0) {
        return error;
    }
    if (prot_refused(prot)) {
        return -EACCES;
    }
    vma_flags |= file != NULL && shared && !file->writable ? VMA_SEALED : 0;
    return map_locked(current->mm, trapframe_argument(tf, 0), length, trapframe_argument(tf, 3),
                      vma_flags, file == NULL ? NULL : file->inode, trapframe_argument(tf, 5));
}

int64_t sys_mmap(struct trapframe *tf) {
    uint64_t length = trapframe_argument(tf, 1);
    uint64_t prot = trapframe_argument(tf, 2);
    uint64_t flags = trapframe_argument(tf, 3);
    unsigned type = flags & MAP_TYPE;
    bool anonymous = (flags & MAP_ANONYMOUS) != 0;
    bool shared = type == MAP_SHARED || (type == MAP_SHARED_VALIDATE && !anonymous);
    if (trapframe_argument(tf, 5) % PAGE_SIZE != 0) {
        return -EINVAL;
    }
    struct file *file = anonymous ? NULL : fd_get(current->files, (int)trapframe_argument(tf, 4));
    if (!anonymous && file == NULL) {
        return -EBADF;
    }
    int64_t result;
    if (length == 0) {
        result = -EINVAL;
    } else if (range_end(0, length) == 0) {
        result = -ENOMEM;
    } else if (type != MAP_PRIVATE && !shared) {
        result = -EINVAL;
    } else {
        result = map(tf, (prot & KNOWN_PROT) | (shared ? VMA_SHARED : 0), file);
    }
    file_put(file);
    return result;
}

// What is written to a shared page is in the file at once: only the file's time is late.
int64_t sys_msync(struct trapframe *tf) {
    uintptr_t start = trapframe_argument(tf, 0);
    uint64_t length = trapframe_argument(tf, 1);
    uint64_t flags = trapframe_argument(tf, 2);
    bool known = (flags & ~(uint64_t)(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) == 0;
    bool both = (flags & MS_ASYNC) && (flags & MS_SYNC);
    if (start % PAGE_SIZE != 0 || !known || both) {
        return -EINVAL;
    }
    // As on Linux, the longest range is rounded up to an empty one.
    uintptr_t end = start + ((length + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
    struct mm *mm = current->mm;
    mutex_lock(&mm->lock);
    int error = mm_sync(mm, start, end);
    mutex_unlock(&mm->lock);
    return error;
}

int64_t sys_munmap(struct trapframe *tf) {
    uintptr_t start = trapframe_argument(tf, 0);
    uint64_t length = trapframe_argument(tf, 1);
    uintptr_t end = range_end(start, length);
    if (start % PAGE_SIZE != 0 || length == 0 || end == 0) {
        return -EINVAL;
    }
    struct mm *mm = current->mm;
    mutex_lock(&mm->lock);
    int error = mm_unmap(mm, start, end);
    mutex_unlock(&mm->lock);
    return error;
}

int64_t sys_mprotect(struct trapframe *tf) {
    uintptr_t start = trapframe_argument(tf, 0);
    uint64_t length = trapframe_argument(tf, 1);
    uint64_t prot = trapframe_argument(tf, 2);
    uintptr_t end = range_end(start, length);
    if (start % PAGE_SIZE != 0 || (prot & ~(uint64_t)KNOWN_PROT) != 0) {
        return -EINVAL;
    }
    if (length == 0) {
        return 0;
    }
    if (end == 0) {
        return -ENOMEM;
    }
    if (prot_refused(prot)) {
        return -EACCES;
    }
    struct mm *mm = current->mm;
    mutex_lock(&mm->lock);
    int error = mm_protect(mm, start, end, (unsigned)prot);
    mutex_unlock(&mm->lock);
    return error;
}

// Takes away what private pages in [start, end), part of `vma`, hold: they will be zero, or the
// file's, again.
static void discard(struct mm *mm, const struct vma *vma, uintptr_t start, uintptr_t end) {
    for_each_pte(it, &mm->pt, start, end) {
        pte_t old = *it.entry;
        if (pte_present(old) && vma->shared == NULL) {
            pte_store(&mm->pt, it.va, it.entry, pte_empty());
            tlb_flush_page(&mm->pt, it.va);
            frame_put(pte_frame(old));
        }
    }
}

// As Linux does, goes on behind holes, but then answers -ENOMEM.
static int advise(struct mm *mm, uintptr_t start, uintptr_t end, unsigned advice) {
    uintptr_t at = start;
    int error = 0;
    list_for_each(link, &mm->vmas) {
        const struct vma *vma = list_entry(link, struct vma, link);
        if (vma->end <= at || vma->start >= end) {
            continue;
        }
        error = vma->start > at ? -ENOMEM : error;
        at = vma->start > at ? vma->start : at;
        uintptr_t part_end = vma->end < end ? vma->end : end;
        if (advice == MADV_DONTNEED) {
            discard(mm, vma, at, part_end);
        }
        at = part_end;
    }
    return at < end ? -ENOMEM : error;
}

// Advice that promises a program something is refused, unless it is MADV_DONTNEED; the rest are
// hints.
int64_t sys_madvise(struct trapframe *tf) {
    const uint64_t known = 1 << MADV_NORMAL | 1 << MADV_RANDOM | 1 << MADV_SEQUENTIAL |
                           1 << MADV_WILLNEED | 1 << MADV_DONTNEED | 1 << MADV_FREE |
                           1 << MADV_HUGEPAGE | 1 << MADV_NOHUGEPAGE | 1 << MADV_DONTDUMP |
                           1 << MADV_DODUMP | 1 << MADV_COLD | 1 << MADV_PAGEOUT;
    uintptr_t start = trapframe_argument(tf, 0);
    uint64_t length = trapframe_argument(tf, 1);
    unsigned advice = (unsigned)trapframe_argument(tf, 2);
    uint64_t bytes = (length + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    bool known_advice = advice < 64 && (known >> advice & 1) != 0;
    if (!known_advice || start % PAGE_SIZE != 0 || bytes < length || start + bytes < start) {
        return -EINVAL;
    }
    struct mm *mm = current->mm;
    mutex_lock(&mm->lock);
    int error = advise(mm, start, start + bytes, advice);
    mutex_unlock(&mm->lock);
    return error;
}

int64_t sys_brk(struct trapframe *tf) {
    struct mm *mm = current->mm;
    mutex_lock(&mm->lock);
    uintptr_t brk = mm_set_brk(mm, trapframe_argument(tf, 0));
    mutex_unlock(&mm->lock);
    return (int64_t)brk;
}
