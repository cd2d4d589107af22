// SPDX-License-Identifier: MIT
#include "mm/mm.h"

#include "errno.h"
#include "fs/inode.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/shared.h"
#include "mm/vma.h"

// All address spaces. mms_lock guards the list; whoever has found one there claims it before going
// on.
static struct list mms = LIST_INIT(mms);
static struct spinlock mms_lock = SPINLOCK_INIT("address spaces");
atomic_uint mm_borrowers;

struct mm *mm_create(void) {
    struct mm *mm = kmalloc(sizeof *mm);
    if (mm == NULL) {
        return NULL;
    }
    if (!pagetable_create(&mm->pt)) {
        kfree(mm);
        return NULL;
    }
    refcount_init(&mm->owners);
    mutex_init(&mm->lock, "mm");
    list_init(&mm->vmas);
    spin_lock(&mms_lock);
    list_push_back(&mms, &mm->link);
    spin_unlock(&mms_lock);
    return mm;
}

// What has been written to a mapped file is in it at once, but that it was is noticed only here:
// when the entry `old` goes, or changes, or when somebody asks.
static void note_written(const struct vma *vma, pte_t old) {
    if (vma->inode != NULL && vma->shared != NULL && pte_dirty(old)) {
        vma->inode->modified_ns = inode_time();
    }
}

// Empties the entries for [start, end), in `vma`. A frame goes back only when no translation to it
// is left; in an address space that nobody uses any more there is none.
static void unmap_pages(struct mm *mm, const struct vma *vma, uintptr_t start, uintptr_t end,
                        bool in_use) {
    for_each_pte_run(run, &mm->pt, start, end) {
        for (unsigned i = 0; i < run.count; i++) {
            pte_t old = run.entries[i];
            if (!pte_present(old)) {
                continue;
            }
            uintptr_t va = run.va + i * PAGE_SIZE;
            pte_store(&mm->pt, va, &run.entries[i], pte_empty());
            if (in_use) {
                tlb_flush_page(&mm->pt, va);
            }
            if (vma->shared != NULL) {
                note_written(vma, old);
                shared_frame_put(pte_frame(old));
            } else {
                frame_put(pte_frame(old));
            }
        }
    }
}

struct mm *mm_get(struct mm *mm) {
    refcount_get(&mm->owners);
    return mm;
}

void mm_put(struct mm *mm) {
    if (!refcount_put(&mm->owners)) {
        return;
    }
    spin_lock(&mms_lock);
    list_remove(&mm->link);
    spin_unlock(&mms_lock);
    list_for_each_safe(link, &mm->vmas) {
        struct vma *vma = vma_of(link);
        unmap_pages(mm, vma, vma->start, vma->end, false);
        vma_remove(vma);
    }
    pagetable_destroy(&mm->pt);
    kfree(mm);
}

struct mm *mm_dup(struct mm *from) {
    struct mm *to = mm_create();
    if (to == NULL) {
        return NULL;
    }
    mutex_lock(&from->lock);
    mutex_lock(&to->lock); // nobody knows it, but who looks for a file may find it
    int error = LAB >= 2 ? mm_share(to, from) : LAB >= 1 ? mm_copy(to, from) : -ENOSYS;
    mutex_unlock(&to->lock);
    mutex_unlock(&from->lock);
    if (error < 0) {
        mm_put(to);
        return NULL;
    }
    return to;
}

struct mm_sizes mm_sizes(struct mm *mm) {
    struct mm_sizes sizes = {0};
    mutex_lock(&mm->lock);
    list_for_each(link, &mm->vmas) {
        const struct vma *vma = vma_of(link);
        uint64_t pages = (vma->end - vma->start) >> PAGE_SHIFT;
        sizes.total += pages;
        sizes.text += (vma->flags & VMA_EXEC) ? pages : 0;
        sizes.data += (vma->flags & (VMA_WRITE | VMA_SHARED)) == VMA_WRITE ? pages : 0;
        for_each_pte(it, &mm->pt, vma->start, vma->end) {
            bool present = pte_present(*it.entry);
            sizes.resident += present;
            sizes.shared +=
                present && (vma->shared != NULL || pte_frame(*it.entry)->kind == FRAME_FILE);
        }
    }
    mutex_unlock(&mm->lock);
    return sizes;
}

int mm_map(struct mm *mm, uintptr_t start, uintptr_t end, unsigned flags) {
    if ((flags & VMA_SHARED) == 0) {
        return vma_insert(mm, start, end, flags) != NULL ? 0 : -ENOMEM;
    }
    struct shared *shared = shared_create();
    if (shared == NULL) {
        return -ENOMEM;
    }
    const struct vma like = {.start = start, .end = end, .flags = flags, .shared = shared};
    const struct vma *vma = vma_insert_like(mm, &like);
    shared_put(shared);
    return vma != NULL ? 0 : -ENOMEM;
}

int mm_map_file(struct mm *mm, uintptr_t start, uintptr_t end, unsigned flags, struct inode *inode,
                uint64_t offset) {
    struct vma like = {.start = start, .end = end, .flags = flags, .inode = inode};
    like.shared = (flags & VMA_SHARED) ? &shared_files : NULL;
    like.offset = offset;
    return vma_insert_like(mm, &like) != NULL ? 0 : -ENOMEM;
}

int mm_map_like(struct mm *mm, const struct vma *vma) {
    if (vma->shared == NULL && vma->inode == NULL) {
        return mm_map(mm, vma->start, vma->end, vma->flags);
    }
    return vma_insert_like(mm, vma) != NULL ? 0 : -ENOMEM;
}

static void cut_file_locked(struct mm *mm, const struct inode *inode, uint64_t offset) {
    list_for_each(link, &mm->vmas) {
        const struct vma *vma = vma_of(link);
        uint64_t kept = offset > vma->offset ? offset - vma->offset : 0;
        if (vma->inode == inode && kept < vma->end - vma->start) {
            unmap_pages(mm, vma, vma->start + kept, vma->end, true);
        }
    }
}

// The address space behind `link` in the list, claimed; or NULL. One that is ending is passed over.
static struct mm *next_mm(const struct list *link) {
    struct mm *found = NULL;
    spin_lock(&mms_lock);
    for (struct list *next = link->next; next != &mms && found == NULL; next = next->next) {
        struct mm *mm = list_entry(next, struct mm, link);
        found = refcount_get_unless_none(&mm->owners) ? mm : NULL;
    }
    spin_unlock(&mms_lock);
    return found;
}

void mm_cut_file(const struct inode *inode, uint64_t offset) {
    atomic_fetch_add(&mm_borrowers, 1);
    for (struct mm *mm = next_mm(&mms), *next; mm != NULL; mm = next) {
        mutex_lock(&mm->lock);
        cut_file_locked(mm, inode, offset);
        mutex_unlock(&mm->lock);
        next = next_mm(&mm->link);
        mm_put(mm);
    }
    atomic_fetch_sub(&mm_borrowers, 1);
}

int mm_unmap(struct mm *mm, uintptr_t start, uintptr_t end) {
    if (!vma_split_at(mm, start) || !vma_split_at(mm, end)) {
        vma_merge(mm, start, end);
        return -ENOMEM;
    }
    list_for_each_safe(link, &mm->vmas) {
        struct vma *vma = vma_of(link);
        if (vma->start >= start && vma->end <= end) {
            unmap_pages(mm, vma, vma->start, vma->end, true);
            vma_remove(vma);
        }
    }
    return 0;
}

// Why [start, end) cannot have the protection `prot`; or 0.
static int protection_error(const struct mm *mm, uintptr_t start, uintptr_t end, unsigned prot) {
    while (start < end) {
        const struct vma *vma = mm_find_vma(mm, start);
        if (vma == NULL) {
            return -ENOMEM;
        }
        if ((vma->flags & VMA_SEALED) && (prot & VMA_WRITE)) {
            return -EACCES;
        }
        start = vma->end;
    }
    return 0;
}

// A private page that cannot be written to now may be shared: the write that comes will tell.
static pte_t protected_entry(const struct vma *vma, pte_t old) {
    pte_t pte = pte_make(pte_frame(old), vma->flags & VMA_PROT);
    bool may_be_shared = LAB >= 2 && vma->shared == NULL && !pte_writable(old);
    return may_be_shared ? pte_write_protect(pte) : pte;
}

static void protect_pages(struct mm *mm, const struct vma *vma) {
    for_each_pte(it, &mm->pt, vma->start, vma->end) {
        pte_t old = *it.entry;
        if (pte_present(old)) {
            pte_t pte = protected_entry(vma, old);
            note_written(vma, old);
            pte_store(&mm->pt, it.va, it.entry, pte);
            if (pte_grants_beyond(old, pte)) {
                tlb_flush_page(&mm->pt, it.va);
            }
        }
    }
}

int mm_protect(struct mm *mm, uintptr_t start, uintptr_t end, unsigned prot) {
    int error = protection_error(mm, start, end, prot);
    if (error < 0) {
        return error;
    }
    if (!vma_split_at(mm, start) || !vma_split_at(mm, end)) {
        vma_merge(mm, start, end);
        return -ENOMEM;
    }
    list_for_each(link, &mm->vmas) {
        struct vma *vma = vma_of(link);
        if (vma->start >= start && vma->end <= end) {
            vma->flags = (vma->flags & ~VMA_PROT) | prot;
            protect_pages(mm, vma);
        }
    }
    vma_merge(mm, start, end);
    return 0;
}

// The entries are clean afterwards: what is written from now on is noticed again.
static void sync_pages(struct mm *mm, const struct vma *vma, uintptr_t start, uintptr_t end) {
    for_each_pte(it, &mm->pt, start, end) {
        pte_t old = *it.entry;
        if (pte_dirty(old)) {
            note_written(vma, old);
            pte_store(&mm->pt, it.va, it.entry, pte_clean(old));
            tlb_flush_page(&mm->pt, it.va);
        }
    }
}

int mm_sync(struct mm *mm, uintptr_t start, uintptr_t end) {
    uintptr_t reached = start; // so far there was no hole
    list_for_each(link, &mm->vmas) {
        const struct vma *vma = vma_of(link);
        uintptr_t from = vma->start > start ? vma->start : start;
        uintptr_t to = vma->end < end ? vma->end : end;
        reached = from == reached && from < to ? to : reached;
        if (from < to && vma->inode != NULL && vma->shared != NULL) {
            sync_pages(mm, vma, from, to);
        }
    }
    return reached == end ? 0 : -ENOMEM;
}

static uintptr_t page_up(uintptr_t address) {
    return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

uintptr_t mm_set_brk(struct mm *mm, uintptr_t brk) {
    uintptr_t old_end = page_up(mm->brk);
    if (brk < mm->brk_start || brk > USER_TOP) {
        return mm->brk;
    }
    uintptr_t new_end = page_up(brk);
    if (new_end > old_end) {
        if (!mm_is_clear(mm, old_end, new_end) ||
            mm_map(mm, old_end, new_end, VMA_READ | VMA_WRITE | VMA_HEAP) < 0) {
            return mm->brk;
        }
    } else if (new_end < old_end && mm_unmap(mm, new_end, old_end) < 0) {
        return mm->brk;
    }
    mm->brk = brk;
    return brk;
}
