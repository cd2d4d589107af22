// SPDX-License-Identifier: MIT
#include "witness/audit.h"

#include "arch/pagetable.h"
#include "base/string.h"
#include "fs/inode.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/shared.h"
#include "task/park.h"
#include "task/task.h"
#include "witness/audit_internal.h"
#include "witness/stale.h"
#include "witness/trace.h"

enum { FINDINGS_SHOWN = 10 };

static unsigned findings;

void audit_trace(const char *what, const struct frame *frame, uint64_t count, uint64_t recount) {
    uint64_t word = 0;
    memcpy(&word, what, strnlen(what, sizeof word));
    trace(TRACE_AUDIT, word, frame == NULL ? 0 : frame_number(frame), count, recount, 0);
}

void audit_finding(const char *what, const struct frame *frame, uint64_t count, uint64_t recount) {
    audit_trace(what, frame, count, recount);
    findings++;
}

bool audit_may_print(void) {
    return findings <= FINDINGS_SHOWN;
}

// What has as many claims as there are entries and objects that refer to it.
static bool is_counted(const struct frame *frame) {
    return frame->kind == FRAME_USER || frame->kind == FRAME_FILE;
}

// Counts the entries for user addresses in `pt`; `whose` and `pid` are for messages.
static void count_entries(const struct pagetable *pt, const char *whose, int pid) {
    for_each_pte(it, pt, 0, USER_TOP) {
        if (!pte_present(*it.entry)) {
            continue;
        }
        struct frame *frame = pte_frame(*it.entry);
        if (pte_address(*it.entry) >= memory_bytes || !is_counted(frame)) {
            audit_finding("mapping", frame, 0, 0);
            REPORT("%s %d maps 0x%lx to frame 0x%lx, which is not user memory\n", whose, pid, it.va,
                   pte_address(*it.entry) >> PAGE_SHIFT);
        } else {
            frame->recount++;
        }
    }
}

// Tasks that share their memory have one page table, which counts once.
static const struct task *first_with(const struct mm *mm) {
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        if (task->mm == mm) {
            return task;
        }
    }
    return NULL;
}

// Somebody sleeps while he changes his memory: what is counted now need not be consistent.
static bool somebody_changes_memory(void) {
    list_for_each(link, &tasks) {
        struct task *task = list_entry(link, struct task, link);
        if (task->mm != NULL && atomic_load(&task->mm->lock.holder) != NULL) {
            printk("audit: pid %d is changing its memory: frames are not looked at\n", task->pid);
            return true;
        }
    }
    if (atomic_load(&mm_borrowers) > 0) {
        printk("audit: a file is being cut: frames are not looked at\n");
        return true;
    }
    return false;
}

// Counts what all tasks, all shared objects and all files own. Returns whether there is anything
// that may.
static bool count_everything(void) {
    bool some_memory = false;
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        if (task->mm != NULL) {
            some_memory = true;
            if (first_with(task->mm) == task) {
                count_entries(&task->mm->pt, "pid", task->pid);
            }
        }
    }
    list_for_each(link, &shared_objects) {
        const struct shared *shared = list_entry(link, struct shared, link);
        some_memory = true;
        count_entries(&shared->pt, "shared object", 0);
    }
    list_for_each(link, &inodes) {
        inode_recount_pages(list_entry(link, struct inode, link));
    }
    return some_memory;
}

// Says behind a finding who maps `frame`. Tasks that share their memory are all named.
static void report_owners(const struct frame *frame) {
    enum { OWNERS_SHOWN = 4 };
    unsigned shown = 0;
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        if (task->mm == NULL) {
            continue;
        }
        for_each_pte(it, &task->mm->pt, 0, USER_TOP) {
            if (pte_present(*it.entry) && pte_frame(*it.entry) == frame && shown++ < OWNERS_SHOWN) {
                char rights[5];
                pte_letters(*it.entry, rights);
                REPORT("  pid %d (%s) maps it at 0x%lx, %s\n", task->pid, task->name, it.va,
                       rights);
            }
        }
    }
    if (shown > OWNERS_SHOWN) {
        REPORT("  and %u more\n", shown - OWNERS_SHOWN);
    }
    if (frame->kind == FRAME_FILE) {
        REPORT("  and its file keeps it, which counts like an entry\n");
    }
}

// In a private mapping who may write must be alone.
static void check_writable(const struct task *task, const struct vma *vma) {
    for_each_pte(it, &task->mm->pt, vma->start, vma->end) {
        const struct frame *frame = pte_present(*it.entry) ? pte_frame(*it.entry) : NULL;
        if (frame != NULL && pte_writable(*it.entry) && frame->recount > 1) {
            audit_finding("writable", frame, (uint64_t)frame->count, frame->recount);
            REPORT(
                "pid %d can write to frame 0x%lx at 0x%lx, but %lu entries map it: a private page "
                "is written to by its owner alone\n",
                task->pid, frame_number(frame), it.va, frame->recount);
            report_owners(frame);
        }
    }
}

static void check_all_writable(void) {
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        if (task->mm == NULL) {
            continue;
        }
        list_for_each(vma_link, &task->mm->vmas) {
            const struct vma *vma = list_entry(vma_link, struct vma, link);
            if (vma->shared == NULL) {
                check_writable(task, vma);
            }
        }
    }
}

static void compare_counts(void) {
    uint64_t total = memory_bytes >> PAGE_SHIFT;
    for (uint64_t i = 0; i < total; i++) {
        struct frame *frame = &frames[i];
        if (!is_counted(frame)) {
            continue;
        }
        if (frame->recount == 0) {
            audit_finding("leak", frame, (uint64_t)frame->count, 0);
            REPORT("frame 0x%lx was never given back: its count is %d, but nothing maps it\n", i,
                   frame->count);
        } else if ((uint64_t)frame->count != frame->recount) {
            audit_finding("count", frame, (uint64_t)frame->count, frame->recount);
            REPORT("frame 0x%lx has count %d, but %lu entries map it\n", i, frame->count,
                   frame->recount);
            report_owners(frame);
        }
    }
}

static void clear_recounts(void) {
    uint64_t total = memory_bytes >> PAGE_SHIFT;
    for (uint64_t i = 0; i < total; i++) {
        if (is_counted(&frames[i])) {
            frames[i].recount = 0;
        }
    }
}

static void compare_free(void) {
    uint64_t total = frame_total_of(FRAME_FREE);
    uint64_t listed = frames_in_lists();
    if (total != listed) {
        audit_finding("free", NULL, total, listed);
        REPORT("%lu frames are counted as free, but %lu are in the lists of free ones\n", total,
               listed);
    }
}

static void compare_totals(void) {
    static const struct {
        enum frame_kind kind;
        const char *what;
    } kinds[] = {{FRAME_USER, "user memory"}, {FRAME_PAGETABLE, "page tables"}};
    for (unsigned i = 0; i < 2; i++) {
        uint64_t left = frame_total_of(kinds[i].kind);
        if (left > 0) {
            audit_finding("left", NULL, left, 0);
            REPORT("%lu frames of %s are left, though no program has any memory\n", left,
                   kinds[i].what);
        }
    }
}

unsigned audit_run(void) {
    others_stop();
    findings = 0;
    clear_recounts();
    bool some_memory = true;
    if (!somebody_changes_memory()) {
        some_memory = count_everything();
        compare_counts();
        check_all_writable();
    }
    compare_free();
    if (!some_memory) {
        compare_totals();
    }
    audit_files(!some_memory);
    if (findings > FINDINGS_SHOWN) {
        printk("audit: and %u more\n", findings - FINDINGS_SHOWN);
    }
    unsigned found = findings + stale_findings();
    others_go();
    return found;
}
