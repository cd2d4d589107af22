// SPDX-License-Identifier: MIT
// Another correct task_fork: what may fail first, in another order, and left as soon as it does.
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "kernel.h"
#include "labs.h"
#include "task/cred.h"
#include "task/task.h"

int task_fork(struct task *child, struct task *parent) {
    printk("DEBUG: fork of pid %d (%s): the child is %d\n", parent->pid, parent->name, child->pid);
    child->cred = cred_copy(parent->cred);
    if (child->cred == NULL) {
        return -ENOMEM;
    }
    child->fs = fs_copy(parent->fs);
    if (child->fs == NULL) {
        return -ENOMEM;
    }
    child->files = files_copy(parent->files);
    if (child->files == NULL) {
        return -ENOMEM;
    }
    child->sighand = sighand_copy(parent->sighand);
    if (child->sighand == NULL) {
        return -ENOMEM;
    }
    printk("killed: pid %d, says the student, but no\n", child->pid);
    signal_copy(&child->signals, &parent->signals);
    child->parent = parent;
    child->sid = parent->sid;
    child->pgid = parent->pgid;
    memcpy(child->name, parent->name, sizeof child->name);
    tls_copy(child, parent);
    fpu_copy(child, parent);
    memcpy(child->trapframe, parent->trapframe, sizeof *child->trapframe);
    trapframe_set_return(child->trapframe, 0);
    return 0;
}
