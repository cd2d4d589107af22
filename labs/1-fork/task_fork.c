// SPDX-License-Identifier: MIT
// Lab 1b: what else a child gets from its parent.
//
// Handout: handouts/1-fork.md#task-fork. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     child->trapframe, trapframe_set_return  the registers in user mode  arch/trapframe.h
//     fpu_copy, tls_copy                      the rest of the processor   arch/context.h
//     files_copy, fs_copy, cred_copy          descriptors, place, user    fs/*.h, task/cred.h
//     struct task                             what there is to set        task/task.h
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "kernel.h"
#include "labs.h"
#include "task/cred.h"
#include "task/task.h"

int task_fork(struct task *child, struct task *parent) {
    (void)child;
    (void)parent;
    lab_missing("task_fork", __FILE__);
}
