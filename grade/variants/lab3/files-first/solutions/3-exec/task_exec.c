// SPDX-License-Identifier: MIT
// Another task_exec: first handlers and descriptors, last the memory, of which the interpreter is
// loaded before the program; one way out for each error; handlers are always copied; debug printing
// throughout.
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

static int load_all(struct mm *mm, const struct exec *exec, uintptr_t *sp) {
    int error = exec->interpreter.file == NULL ? 0 : elf_load(mm, &exec->interpreter);
    if (error < 0) {
        return error;
    }
    error = elf_load(mm, &exec->program);
    printk("debug: loaded: %d\n", error);
    return error < 0 ? error : stack_build(mm, exec, sp);
}

static void place_heap(struct mm *mm, const struct program *program) {
    uintptr_t end = 0;
    for (unsigned i = 0; i < program->image.segment_count; i++) {
        const struct elf_segment *segment = &program->image.segments[i];
        end = program->base + segment->address + segment->memory_bytes;
    }
    while (end % PAGE_SIZE != 0) {
        end++;
    }
    mm->brk = end;
    mm->brk_start = end;
}

static struct mm *make_memory(const struct exec *exec, uintptr_t *sp, int *error) {
    struct mm *mm = mm_create();
    *error = -ENOMEM;
    if (mm == NULL) {
        return NULL;
    }
    mutex_lock(&mm->lock);
    *error = load_all(mm, exec, sp);
    place_heap(mm, &exec->program);
    mutex_unlock(&mm->lock);
    if (*error < 0) {
        mm_put(mm);
        return NULL;
    }
    return mm;
}

static void reset_handlers(struct sighand *sighand) {
    for (int i = SIGNALS - 1; i >= 0; i--) { // nobody else knows it
        bool ignored = sighand->actions[i].handler == SIG_IGN;
        memset(&sighand->actions[i], 0, sizeof sighand->actions[i]);
        sighand->actions[i].handler = ignored ? SIG_IGN : SIG_DFL;
    }
}

// What nobody will be able to refuse.
static void commit(struct mm *mm, struct files *files, struct sighand *sighand,
                   const struct exec *exec) {
    struct task *task = current;
    struct mm *old_mm = task->mm;
    struct files *old_files = task->files;
    struct cred *old_cred = task->cred;
    task_leave_memory(task);
    sighand_put(sighand_exchange(task, sighand));
    task->signals.altstack = (struct sigstack){.flags = SS_DISABLE};
    spin_lock(&tree_lock);
    task->exit_signal = SIGCHLD;
    task->files = files;
    task->cred = cred_get(exec->cred);
    strlcpy(task->name, exec->name, sizeof task->name);
    task->mm = mm;
    pagetable_activate(&mm->pt);
    spin_unlock(&tree_lock);
    mm_put(old_mm);
    files_put(old_files);
    cred_put(old_cred);
}

int task_exec(const struct exec *exec) {
    int error = -ENOMEM;
    uintptr_t sp = 0;
    struct mm *mm = NULL;
    struct files *files = NULL;
    struct sighand *sighand = sighand_copy(current->sighand);
    printk("debug: %s becomes %s\n", current->name, exec->name);
    if (sighand == NULL) {
        return -ENOMEM;
    }
    reset_handlers(sighand);
    files = files_unshare(current->files);
    if (files == NULL) {
        goto no_files;
    }
    mm = make_memory(exec, &sp, &error);
    if (mm == NULL) {
        goto no_memory;
    }
    files_close_on_exec(files);
    commit(mm, files, sighand, exec);
    const struct program *first =
        exec->interpreter.file == NULL ? &exec->program : &exec->interpreter;
    tls_reset();
    fpu_reset();
    trapframe_start(current->trapframe, first->image.entry + first->base, sp);
    printk("debug: at 0x%lx\n", sp);
    return 0;
no_memory:
    files_put(files);
no_files:
    sighand_put(sighand);
    printk("debug: no: %d\n", error);
    return error;
}
