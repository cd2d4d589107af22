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

int task_exec(const struct exec *exec) {
    (void)exec;
    lab_missing("task_exec", __FILE__);
}
