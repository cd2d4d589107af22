// SPDX-License-Identifier: MIT
// Kernel tests of lab 2c, cow_fault: a write to a page that is there, in address spaces that no
// program runs in.
#include <arch/cpu.h>

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "task/sched.h"
#include "task/task.h"
#include "witness/ktest.h"
#include "witness/ktests_lab2.h"
#include "witness/trace.h"

enum { MARK_RESOLVED = 2 };

// Calls cow_fault as mm_fault does for a write to `va`. Marks the trace when it has returned.
static enum cow_result resolve(struct mm *mm, uintptr_t va) {
    mutex_lock(&mm->lock);
    const struct vma *vma = mm_find_vma(mm, va);
    pte_t *entry = pte_find(&mm->pt, va & ~(PAGE_SIZE - 1));
    enum cow_result result = LAB >= 2 ? cow_fault(mm, vma, va, entry) : COW_NOT_MINE;
    trace(TRACE_MARK, MARK_RESOLVED, result, 0, 0, 0);
    mutex_unlock(&mm->lock);
    return result;
}

static bool answers(struct mm *mm, uintptr_t va, enum cow_result wanted) {
    static const char *const names[] = {"COW_HANDLED", "COW_NOT_MINE", "COW_OOM"};
    enum cow_result result = resolve(mm, va);
    if (result != wanted) {
        printk("cow_fault: answers %s, and should answer %s\n", names[result], names[wanted]);
    }
    return result == wanted;
}

// An address space with one vma of `flags` and its first page filled, and `children` who share it.
// False if there was no memory.
static bool make_family(struct mm *all[], unsigned children, unsigned flags, struct page *page) {
    for (unsigned i = 0; i <= children; i++) {
        all[i] = mm_create();
        if (all[i] == NULL) {
            return false;
        }
    }
    page->va = 2 * MIB;
    enum access access = flags & VMA_WRITE ? ACCESS_WRITE : ACCESS_READ;
    if (mm_map(all[0], 2 * MIB, 3 * MIB, flags) < 0 || !fill_pages(all[0], page, 1, access)) {
        return false;
    }
    for (unsigned i = 1; i <= children; i++) {
        if (share(all[i], all[0]) < 0) {
            return false;
        }
    }
    return true;
}

static void end_family(struct mm *all[], unsigned children) {
    for (unsigned i = 0; i <= children; i++) {
        mm_put(all[i]);
    }
}

// What is wrong with a page after a write to it was resolved by a copy; NULL if nothing is.
static const char *wrong_with_copy(const struct mm *mm, const struct page *page, int left) {
    const struct frame *original = pte_frame(page->entry);
    pte_t now = entry_at(mm, page->va);
    if (!pte_present(now)) {
        return "the page has gone";
    }
    const struct frame *copy = pte_frame(now);
    if (copy == original) {
        return pte_writable(now) ? "the frame can be written to, and others have it too"
                                 : "the page has the same frame, and still cannot be written to";
    }
    if (!pte_writable(now)) {
        return "the copy cannot be written to";
    }
    if (copy->kind != FRAME_USER || copy->count != 1) {
        return "the copy has another count than 1";
    }
    if (original->count != left) {
        return original->count > left ? "the old frame keeps a claim that nobody has"
                                      : "the old frame has lost more than one claim";
    }
    if (memcmp(frame_memory(copy), frame_memory(original), PAGE_SIZE) != 0) {
        return "the copy has other contents";
    }
    return NULL;
}

// Says on the console what is wrong with a copy. `left`: how many claims there are to the old
// frame.
static bool well_copied(const struct mm *mm, const struct page *page, int left) {
    const char *wrong = wrong_with_copy(mm, page, left);
    if (wrong != NULL) {
        printk("cow_fault: %s\n", wrong);
    }
    return wrong == NULL;
}

static bool untouched(const struct mm *mm, const struct page *page) {
    pte_t now = entry_at(mm, page->va);
    return pte_present(now) && pte_frame(now) == pte_frame(page->entry) && !pte_writable(now) &&
           *(uint64_t *)bytes_at(mm, page->va) == page->va;
}

// Three have it: the first to write gets a copy, by an address anywhere in the page, and the others
// notice nothing.
KTEST(lab2_cow_copy) {
    if (LAB < 2) {
        return;
    }
    struct mm *all[3];
    struct page page;
    KTEST_CHECK(make_family(all, 2, RW, &page));
    uint64_t before = frame_total_of(FRAME_USER);
    KTEST_CHECK(answers(all[1], page.va + 0x123, COW_HANDLED));
    KTEST_CHECK(well_copied(all[1], &page, 2));
    KTEST_CHECK(frame_total_of(FRAME_USER) == before + 1);
    *bytes_at(all[1], page.va) = 0xcc;
    KTEST_CHECK(untouched(all[0], &page) && untouched(all[2], &page));
    end_family(all, 2);
}

// One entry maps it, but somebody else keeps it too, as the cache of a file's pages does.
KTEST(lab2_cow_kept) {
    if (LAB < 2) {
        return;
    }
    struct mm *all[2];
    struct page page;
    KTEST_CHECK(make_family(all, 1, RW, &page));
    struct frame *frame = pte_frame(page.entry);
    frame_get(frame);
    mm_put(all[1]);
    KTEST_CHECK(answers(all[0], page.va, COW_HANDLED));
    KTEST_CHECK(well_copied(all[0], &page, 1));
    *bytes_at(all[0], page.va) = 0xcc;
    KTEST_CHECK(*(uint64_t *)frame_memory(frame) == page.va);
    frame_put(frame);
    mm_put(all[0]);
}

// The last one that has it takes it back, and no frame is needed for that.
KTEST(lab2_cow_owner) {
    if (LAB < 2) {
        return;
    }
    struct mm *all[2];
    struct page page;
    KTEST_CHECK(make_family(all, 1, RW, &page));
    mm_put(all[0]);
    uint64_t allocated = trace_total(TRACE_FRAME_ALLOC);
    KTEST_CHECK(answers(all[1], page.va, COW_HANDLED));
    KTEST_CHECK(pte_writable(entry_at(all[1], page.va)));
    KTEST_CHECK(pte_frame(page.entry)->kind == FRAME_USER && pte_frame(page.entry)->count == 1);
    KTEST_CHECK(trace_total(TRACE_FRAME_ALLOC) == allocated);
    KTEST_CHECK(pte_frame(entry_at(all[1], page.va)) == pte_frame(page.entry));
    KTEST_CHECK(*(uint64_t *)bytes_at(all[1], page.va) == page.va);
    mm_put(all[1]);
}

static bool refuses(unsigned flags) {
    struct mm *all[2];
    struct page page;
    if (!make_family(all, 1, flags, &page)) {
        return false;
    }
    bool refused = answers(all[1], page.va, COW_NOT_MINE) && untouched(all[0], &page) &&
                   untouched(all[1], &page);
    mm_put(all[0]);
    refused = refused && answers(all[1], page.va, COW_NOT_MINE) && untouched(all[1], &page);
    mm_put(all[1]);
    return refused;
}

// Who has no right to write gets none, whether somebody else has the page or nobody.
KTEST(lab2_cow_refused) {
    if (LAB < 2) {
        return;
    }
    KTEST_CHECK(refuses(VMA_READ | VMA_EXEC));
    KTEST_CHECK(refuses(VMA_READ));
    KTEST_CHECK(refuses(VMA_READ | VMA_SHARED));
}

// Another thread has resolved the fault meanwhile: nothing is left to do.
KTEST(lab2_cow_resolved) {
    if (LAB < 2) {
        return;
    }
    struct mm *all[2];
    struct page page;
    KTEST_CHECK(make_family(all, 1, RW, &page));
    KTEST_CHECK(answers(all[0], page.va, COW_HANDLED));
    pte_t after_one = entry_at(all[0], page.va);
    uint64_t allocated = trace_total(TRACE_FRAME_ALLOC);
    KTEST_CHECK(answers(all[0], page.va + 8, COW_HANDLED));
    pte_t after_two = entry_at(all[0], page.va);
    KTEST_CHECK(pte_frame(after_two) == pte_frame(after_one) && pte_writable(after_two));
    KTEST_CHECK(trace_total(TRACE_FRAME_ALLOC) == allocated);
    KTEST_CHECK(pte_frame(after_two)->count == 1);
    end_family(all, 1);
}

static bool same_but_writable(const struct mm *mm, const struct page *page, const char *how) {
    pte_t now = entry_at(mm, page->va);
    bool same = pte_writable(now) && pte_user(now) && !pte_executable(now);
    if (!same) {
        printk("cow_fault: after %s the page has other rights\n", how);
    }
    return same;
}

// A copy has the rights of its vma, no more and no less; so has a page that is taken back.
KTEST(lab2_cow_rights) {
    if (LAB < 2) {
        return;
    }
    struct mm *all[2];
    struct page page;
    KTEST_CHECK(make_family(all, 1, RW, &page));
    KTEST_CHECK(answers(all[1], page.va, COW_HANDLED));
    KTEST_CHECK(same_but_writable(all[1], &page, "a copy"));
    KTEST_CHECK(answers(all[0], page.va, COW_HANDLED));
    KTEST_CHECK(same_but_writable(all[0], &page, "taking it back"));
    end_family(all, 1);
}

// Read-only while it was shared, then writable again: the vma permits writing, the entry does not
// yet.
KTEST(lab2_cow_protect) {
    if (LAB < 2) {
        return;
    }
    struct mm *all[2];
    struct page page;
    all[0] = mm_create();
    all[1] = mm_create();
    page.va = 2 * MIB;
    KTEST_CHECK(all[0] != NULL && all[1] != NULL && mm_map(all[0], 2 * MIB, 3 * MIB, RW) == 0);
    KTEST_CHECK(fill_pages(all[0], &page, 1, ACCESS_WRITE));
    KTEST_CHECK(mm_protect(all[0], 2 * MIB, 3 * MIB, PROT_READ) == 0);
    KTEST_CHECK(share(all[1], all[0]) == 0);
    KTEST_CHECK(answers(all[0], page.va, COW_NOT_MINE));
    KTEST_CHECK(mm_protect(all[0], 2 * MIB, 3 * MIB, RW) == 0);
    KTEST_CHECK(untouched(all[0], &page)); // mprotect must not open a frame that others have
    KTEST_CHECK(answers(all[0], page.va, COW_HANDLED));
    KTEST_CHECK(well_copied(all[0], &page, 1));
    KTEST_CHECK(answers(all[1], page.va, COW_NOT_MINE)); // there it is still read-only
    KTEST_CHECK(mm_protect(all[1], 2 * MIB, 3 * MIB, RW) == 0);
    KTEST_CHECK(answers(all[1], page.va, COW_HANDLED));
    KTEST_CHECK(pte_writable(entry_at(all[1], page.va)));
    end_family(all, 1);
}

// ---- 2c, extended ----------------------------------------------------------------------------

// No frame for a copy: that is said, and nothing has changed. The last owner needs none.
KTEST(lab2_cow_memory) {
    if (LAB < 2) {
        return;
    }
    struct mm *all[2];
    struct page page;
    struct list taken = LIST_INIT(taken);
    KTEST_CHECK(make_family(all, 1, RW, &page));
    take_all_frames(&taken);
    bool said = answers(all[1], page.va, COW_OOM);
    bool unchanged =
        untouched(all[0], &page) && untouched(all[1], &page) && pte_frame(page.entry)->count == 2;
    give_back_all(&taken);
    KTEST_CHECK(said && unchanged);
    KTEST_CHECK(answers(all[1], page.va, COW_HANDLED));
    take_all_frames(&taken);
    bool taken_back = answers(all[0], page.va, COW_HANDLED);
    give_back_all(&taken);
    KTEST_CHECK(taken_back);
    end_family(all, 1);
}

// The other CPU: it uses the address space, and does not hear what it is asked for a while.
static struct {
    struct mm *mm;
    struct frame *frame;
    atomic_bool uses_it;
    atomic_bool resolved;
    int least; // the lowest count seen meanwhile
    bool resolved_early;
} other;

static void use_without_hearing(void *unused) {
    enum { LOOKS = 2000 };
    (void)unused;
    uint64_t flags = irq_save();
    pagetable_activate(&other.mm->pt);
    atomic_store(&other.uses_it, true);
    for (int i = 0; i < LOOKS && !atomic_load(&other.resolved); i++) {
        cpu_relax();
        other.least = other.frame->count < other.least ? other.frame->count : other.least;
    }
    other.resolved_early = atomic_load(&other.resolved);
    pagetable_activate(&kernel_pt);
    irq_restore(flags);
}

// The old frame is given up only when no CPU can reach it any more.
KTEST(lab2_cow_release) {
    if (LAB < 2 || cpu_count < 2) {
        return;
    }
    struct mm *all[2];
    struct page page;
    int error = 0;
    KTEST_CHECK(make_family(all, 1, RW, &page));
    memset(&other, 0, sizeof other);
    other.mm = all[0];
    other.frame = pte_frame(page.entry);
    other.least = 2;
    struct task *thread = kthread_start("ktest", use_without_hearing, NULL, &error);
    KTEST_CHECK(thread != NULL);
    while (!atomic_load(&other.uses_it)) {
        cpu_relax();
    }
    bool answered = answers(all[0], page.va, COW_HANDLED);
    atomic_store(&other.resolved, true);
    while (thread->state != TASK_ZOMBIE) {
        sched_yield();
    }
    sched_wait_left(thread);
    task_destroy(thread);
    KTEST_CHECK(answered && well_copied(all[0], &page, 1));
    KTEST_CHECK(!other.resolved_early);
    KTEST_CHECK(other.least == 2);
    end_family(all, 1);
}
