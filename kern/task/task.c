// SPDX-License-Identifier: MIT
#include "task/task.h"

#include <stdarg.h>

#include "arch/machine.h"
#include "base/format.h"
#include "base/string.h"
#include "ending.h"
#include "kernel.h"
#include "mm/heap.h"
#include "mm/kstack.h"
#include "sys/signal.h"
#include "task/flat.h"
#include "witness/trace.h"

struct list tasks = LIST_INIT(tasks);

static const char *base_name(const char *path) {
    const char *name = path;
    for (; *path != '\0'; path++) {
        if (*path == '/') {
            name = path + 1;
        }
    }
    return name;
}

// Makes the current CPU run `task`: its stack, its memory.
static void switch_to(struct task *task) {
    this_cpu()->task = task;
    cpu_set_kernel_stack(task->kstack_top);
    pagetable_activate(&task->mm->pt);
}

_Noreturn void task_start_init(const char *path) {
    struct task *task = kmalloc(sizeof *task);
    struct mm *mm = mm_create();
    uintptr_t kstack_top = kstack_alloc();
    if (task == NULL || mm == NULL || kstack_top == 0) {
        setup_failed("too little memory for the first task");
    }
    task->pid = 1;
    task->mm = mm;
    task->kstack_top = kstack_top;
    task->trapframe = (struct trapframe *)kstack_top - 1;
    strlcpy(task->name, base_name(path), sizeof task->name);

    struct flat_start start;
    int error = flat_load(mm, path, &start);
    if (error < 0) {
        setup_failed("cannot start init=%s: %s", path, flat_error(error));
    }
    trapframe_start(task->trapframe, start.pc, start.sp);
    list_push_back(&tasks, &task->link);
    trace(TRACE_TASK_NEW, 1, 0, 0, 0, 0);
    switch_to(task);
    tls_set(0);
    printk("starting %s after %lu cycles\n", path, cycle_count() - boot_info.entry_cycles);
    trace(TRACE_USER_ENTER, start.pc, start.sp, 0, 0, 0);
    user_enter();
}

// Gives back all that the current task owns, except the stack this runs on.
static void release_parts(struct task *task) {
    struct mm *mm = task->mm;
    pagetable_activate(&kernel_pt);
    task->mm = NULL;
    mm_destroy(mm);
}

_Noreturn void task_exit(int status) {
    struct task *task = current;
    int signal = status & 0x7f;
    trace(TRACE_TASK_EXIT, (uint64_t)status, 0, 0, 0, 0);
    task->state = TASK_ZOMBIE;
    release_parts(task);
    if (signal != 0) {
        printk("exit: pid %d was killed by signal %d (%s)\n", task->pid, signal,
               signal_name(signal));
    } else {
        printk("exit: pid %d exited with status %d\n", task->pid, status >> 8);
    }
    machine_finish(status == 0);
}

_Noreturn void task_kill(int signal, const char *pattern, ...) {
    char why[160];
    va_list arguments;
    va_start(arguments, pattern);
    vsnprintf(why, sizeof why, pattern, arguments);
    va_end(arguments);
    printk("killed: pid %d (%s) by %s: %s\n", current->pid, current->name, signal_name(signal),
           why);
    task_exit(signal);
}
