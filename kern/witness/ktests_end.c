// SPDX-License-Identifier: MIT
// Kernel tests that end the machine: each plants one mistake, and whoever runs it looks at how the
// kernel reports it.
#include <arch/cpu.h>

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "base/string.h"
#include "ending.h"
#include "kernel.h"
#include "lock.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/mm.h"
#include "task/sched.h"
#include "task/task.h"
#include "witness/audit.h"
#include "witness/ktest.h"
#include "witness/stale.h"

extern char kernel_text_start[];

KTEST(end_null_pointer) {
    volatile int *volatile pointer = NULL;
    *(volatile int *)((uintptr_t)pointer + 8) = 1;
}

KTEST(end_write_to_code) {
    *(volatile char *)kernel_text_start = 0;
}

KTEST(end_write_to_code_by_direct_map) {
    *(volatile char *)phys_to_virt(virt_to_phys(kernel_text_start)) = 0;
}

KTEST(end_execute_data) {
    static const unsigned char code[] = {0xc3}; // ret
    ((void (*)(void))(uintptr_t)code)();
}

// Calls itself through a pointer, so that no compiler sees an endless recursion, or a loop.
static unsigned (*volatile deeper)(unsigned depth);

static unsigned recurse(unsigned depth) {
    volatile char room[512];
    room[0] = (char)depth;
    return deeper(depth + 1) + (unsigned)room[0];
}

KTEST(end_stack_overflow) {
    deeper = recurse;
    recurse(0);
}

KTEST(end_double_free) {
    struct frame *frame = frame_alloc(FRAME_USER);
    frame_free(frame);
    frame_free(frame);
}

KTEST(end_use_after_free) {
    struct frame *frame = frame_alloc(FRAME_USER);
    frame_free(frame);
    *(volatile char *)frame_memory(frame) = 1;
    frame_alloc(FRAME_USER);
}

KTEST(end_heap_use_after_free) {
    // Two objects, so that the frame stays with the heap.
    char *first = kmalloc(100);
    char *second = kmalloc(100);
    kfree(second);
    ((volatile char *)second)[50] = 1;
    kmalloc(100);
    kfree(first);
}

// As one does that gives up a claim which is not his: the count comes first in many objects.
KTEST(end_heap_count_after_free) {
    char *first = kmalloc(100);
    atomic_int *second = kmalloc(100);
    kfree(second);
    *second -= 1;
    kmalloc(100);
    kfree(first);
}

KTEST(end_heap_double_free) {
    char *first = kmalloc(100);
    char *second = kmalloc(100);
    char *third = kmalloc(100);
    kfree(second);
    kfree(third);
    kfree(second);
    kfree(first);
}

KTEST(end_lock_twice) {
    static struct spinlock lock = SPINLOCK_INIT("test");
    spin_lock(&lock);
    spin_lock(&lock);
}

KTEST(end_lock_freed) {
    struct mm *mm = mm_create();
    mutex_lock(&mm->lock);
    mutex_unlock(&mm->lock);
    mm_put(mm);
    mutex_lock(&mm->lock);
}

KTEST(end_lock_order) {
    static struct spinlock first = SPINLOCK_INIT("test first");
    static struct spinlock second = SPINLOCK_INIT("test second");
    spin_lock(&first);
    spin_lock(&second);
    spin_unlock(&second);
    spin_unlock(&first);
    spin_lock(&second);
    spin_lock(&first);
}

// Taken by a thread that never gives it back, on whatever CPU that runs.
static struct spinlock kept = SPINLOCK_INIT("test kept");

static void keep(void *unused) {
    (void)unused;
    spin_lock(&kept);
    for (volatile unsigned i = 0;; i++) {
    }
}

KTEST(end_lock_kept) {
    int error = 0;
    kthread_start("keeper", keep, NULL, &error);
    while (!kept.locked) {
        cpu_relax();
    }
    spin_lock(&kept);
}

// One CPU panics while the other is busy printing.
static void chatter(void *unused) {
    (void)unused;
    for (;;) {
        printk("chatter\n");
    }
}

KTEST(end_panic_beside_another) {
    int error = 0;
    kthread_start("chatter", chatter, NULL, &error);
    for (volatile unsigned i = 0; i < 1000; i++) {
        cpu_relax();
    }
    panic("the last word");
}

KTEST(end_undefined_behaviour) {
    volatile int big = INT32_MAX;
    volatile int sum = big + 1; // cppcheck-suppress integerOverflow
    (void)sum;
}

// The place that is to be described cannot be read.
KTEST(end_panic_twice) {
    panic_at((const struct trapframe *)8, "the first word");
}

KTEST(end_panic_in_a_hang) {
    hang((const struct trapframe *)8, "the first word");
}

// Through a pointer, so that the compiler cannot see what is written where.
static void *(*volatile fill)(void *to, int value, size_t bytes) = memset;

KTEST(end_stack_smashed) {
    char buffer[16];
    fill(buffer, 'x', 64);
}

KTEST(end_interrupts_off) {
    irq_disable();
    for (volatile unsigned i = 0;; i++) {
    }
}

KTEST(end_out_of_budget) {
    irq_enable();
    for (volatile unsigned i = 0;; i++) {
    }
}

KTEST(end_triple_fault) {
    machine_reset_by_fault();
}

KTEST(end_missing) {
    lab_missing("end_missing", __FILE__);
}

KTEST(end_fails) {
    KTEST_CHECK(1 + 1 == 3);
}

// Maps a page of user memory that is readable, writable or executable, and makes it the current
// one.
static void enter_user_memory(unsigned prot) {
    struct mm *mm = mm_create();
    struct frame *frame = frame_alloc(FRAME_USER);
    pte_t *entry = pte_find_or_create(&mm->pt, PAGE_SIZE);
    pte_store(&mm->pt, PAGE_SIZE, entry, pte_make(frame, prot));
    pagetable_activate(&mm->pt);
}

KTEST(end_read_user) {
    enter_user_memory(PROT_READ | PROT_WRITE);
    (void)*(volatile char *)PAGE_SIZE;
}

KTEST(end_execute_user) {
    enter_user_memory(PROT_READ | PROT_EXEC);
    ((void (*)(void))PAGE_SIZE)();
}

// Makes a task that is never run, whose one page has frame `frame`.
static struct task *task_with_page_for(struct frame *frame, unsigned prot) {
    struct task *task = kmalloc(sizeof *task);
    task->pid = 77;
    task->mm = mm_create();
    pte_t *entry = pte_find_or_create(&task->mm->pt, PAGE_SIZE);
    pte_store(&task->mm->pt, PAGE_SIZE, entry, pte_make(frame, prot));
    mm_map(task->mm, PAGE_SIZE, 2 * PAGE_SIZE, prot);
    list_push_back(&tasks, &task->link);
    return task;
}

static struct task *task_with_page(struct frame *frame) {
    return task_with_page_for(frame, PROT_READ);
}

static void end_with_audit(void) {
    audit_run();
    machine_exit(EXIT_AUDIT);
}

KTEST(end_audit_clean) {
    task_with_page(frame_alloc(FRAME_USER));
    machine_exit(audit_run() == 0 ? EXIT_PASS : EXIT_AUDIT);
}

KTEST(end_audit_count) {
    struct frame *frame = frame_alloc(FRAME_USER);
    task_with_page(frame);
    frame->count++;
    end_with_audit();
}

KTEST(end_audit_leak) {
    task_with_page(frame_alloc(FRAME_USER));
    frame_alloc(FRAME_USER); // nobody maps it
    end_with_audit();
}

KTEST(end_audit_freed) {
    struct frame *frame = frame_alloc(FRAME_USER);
    task_with_page(frame);
    frame_free(frame);
    end_with_audit();
}

KTEST(end_audit_writable) {
    struct frame *frame = frame_alloc(FRAME_USER);
    task_with_page(frame);
    task_with_page_for(frame, PROT_READ | PROT_WRITE);
    frame->count++;
    end_with_audit();
}

// Runs on its memory, and takes away what its page permits.
static pte_t *take_rights_away(struct task *task, pte_t pte) {
    pte_t *entry = pte_find(&task->mm->pt, PAGE_SIZE);
    pagetable_activate(&task->mm->pt);
    pte_store(&task->mm->pt, PAGE_SIZE, entry, pte);
    return entry;
}

KTEST(end_audit_flushed) {
    struct frame *frame = frame_alloc(FRAME_USER);
    struct task *task = task_with_page_for(frame, PROT_READ | PROT_WRITE);
    take_rights_away(task, pte_make(frame, PROT_READ));
    tlb_flush_page(&task->mm->pt, PAGE_SIZE);
    stale_check_return();
    take_rights_away(task, pte_empty());
    tlb_flush_all(&task->mm->pt);
    frame_free(frame);
    machine_exit(audit_run() == 0 ? EXIT_PASS : EXIT_AUDIT);
}

KTEST(end_audit_unflushed) {
    struct frame *frame = frame_alloc(FRAME_USER);
    struct task *task = task_with_page_for(frame, PROT_READ | PROT_WRITE);
    take_rights_away(task, pte_make(frame, PROT_READ));
    tlb_flush_page(&task->mm->pt, 0); // another page
    stale_check_return();
    end_with_audit();
}

KTEST(end_audit_stale) {
    struct frame *frame = frame_alloc(FRAME_USER);
    take_rights_away(task_with_page(frame), pte_empty());
    frame_free(frame);
    end_with_audit();
}

KTEST(end_audit_locked) {
    struct frame *frame = frame_alloc(FRAME_USER);
    mutex_lock(&task_with_page(frame)->mm->lock);
    frame->count++;
    machine_exit(audit_run() == 0 ? EXIT_PASS : EXIT_AUDIT);
}

KTEST(end_audit_left) {
    frame_alloc(FRAME_PAGETABLE);
    end_with_audit();
}
