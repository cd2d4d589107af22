// SPDX-License-Identifier: MIT
// Lab 3d: the current task becomes another program. The point of no return is in this file.
//
// Handout: handouts/3-exec.md#task-exec. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     struct exec, struct program            what is to run         task/exec.h, labs.h
//     mm_create, mm_put, mm->lock, mm->brk   memory                 mm/mm.h
//     pagetable_activate                     the one this CPU uses  arch/pagetable.h
//     files_unshare, files_put,
//     files_close_on_exec                    descriptors            fs/files.h, labs.h
//     sighand_unshare, sighand_exchange,
//     sighand_put, sighand->lock             what signals do        task/signal.h
//     SIGNALS, SIG_IGN, SS_DISABLE           their numbers          sys/signal.h
//     cred_get, cred_put                     whose rights it has    task/cred.h
//     task_leave_memory, tree_lock           the task itself        task/task.h
//     mutex_lock, spin_lock                  how to lock them       task/mutex.h, lock.h
//     trapframe_start, fpu_reset, tls_reset  its registers          arch/*.h
#include <arch/context.h>
#include <arch/trapframe.h>

#include "arch/pagetable.h"
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "kernel.h"
#include "labs.h"
#include "mm/mm.h"
#include "task/cred.h"
#include "task/exec.h"
#include "task/task.h"

//: solution
// What the task is going to have.
struct parts {
    struct mm *mm;
    struct files *files;
    struct sighand *sighand;
    uintptr_t sp;
};

static uintptr_t page_up(uintptr_t address) {
    return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

// Fills the new memory, which nobody uses.
static int fill(struct mm *mm, const struct exec *exec, uintptr_t *sp) {
    const struct program *program = &exec->program;
    const struct elf_segment *last = &program->image.segments[program->image.segment_count - 1];
    mutex_lock(&mm->lock);
    int error = elf_load(mm, program);
    if (error == 0 && exec->interpreter.file != NULL) {
        error = elf_load(mm, &exec->interpreter);
    }
    if (error == 0) {
        error = stack_build(mm, exec, sp);
    }
    mm->brk_start = page_up(program->base + last->address + last->memory_bytes);
    mm->brk = mm->brk_start;
    mutex_unlock(&mm->lock);
    return error;
}

// All that can fail. After an error the caller gives up what there is.
static int prepare(struct parts *parts, const struct exec *exec) {
    parts->mm = mm_create();
    parts->files = files_unshare(current->files);
    parts->sighand = sighand_unshare(current->sighand);
    if (parts->mm == NULL || parts->files == NULL || parts->sighand == NULL) {
        return -ENOMEM;
    }
    return fill(parts->mm, exec, &parts->sp);
}

static void give_up(const struct parts *parts) {
    if (parts->mm != NULL) {
        mm_put(parts->mm);
    }
    files_put(parts->files);
    if (parts->sighand != NULL) {
        sighand_put(parts->sighand);
    }
}

// A handler is code of the old program. What is ignored needs none.
static void forget_handlers(struct sighand *sighand) {
    spin_lock(&sighand->lock);
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction *action = &sighand->actions[i];
        *action = (struct sigaction){.handler = action->handler == SIG_IGN ? SIG_IGN : SIG_DFL};
    }
    spin_unlock(&sighand->lock);
}

// Gives the task its new parts; `parts` has the old ones then.
static void exchange(struct task *task, struct parts *parts, const struct exec *exec) {
    struct parts old = {.mm = task->mm, .files = task->files};
    struct cred *old_cred = task->cred;
    spin_lock(&tree_lock);
    task->mm = parts->mm;
    task->files = parts->files;
    strlcpy(task->name, exec->name, sizeof task->name);
    task->exit_signal = SIGCHLD;
    task->cred = cred_get(exec->cred);
    spin_unlock(&tree_lock);
    cred_put(old_cred);
    pagetable_activate(&task->mm->pt);
    old.sighand = sighand_exchange(task, parts->sighand);
    *parts = old;
}

//: end
int task_exec(const struct exec *exec) {
    //: solution
    struct task *task = current;
    struct parts parts = {0};
    int error = prepare(&parts, exec);
    if (error < 0) {
        give_up(&parts);
        return error;
    }
    // From here on there is no way back.
    task_leave_memory(task);
    uintptr_t sp = parts.sp;
    forget_handlers(parts.sighand);
    exchange(task, &parts, exec);
    give_up(&parts);
    files_close_on_exec(task->files);
    task->signals.altstack = (struct sigstack){.flags = SS_DISABLE};
    const struct program *first =
        exec->interpreter.file != NULL ? &exec->interpreter : &exec->program;
    trapframe_start(task->trapframe, first->base + first->image.entry, sp);
    fpu_reset();
    tls_reset();
    return 0;
    //: skeleton
    //| (void)exec;
    //| lab_missing("task_exec", __FILE__);
    //: end
}
