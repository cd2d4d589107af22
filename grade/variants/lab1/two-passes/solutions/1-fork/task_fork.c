// SPDX-License-Identifier: MIT
// Another correct task_fork: part by part, each in a function of its own.
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "kernel.h"
#include "labs.h"
#include "task/cred.h"
#include "task/task.h"

static void copy_processor(struct task *child, struct task *parent) {
    struct trapframe registers = *parent->trapframe;
    trapframe_set_return(&registers, 0);
    *child->trapframe = registers;
    fpu_copy(child, parent);
    tls_copy(child, parent);
}

static void copy_family(struct task *child, struct task *parent) {
    child->parent = parent;
    child->pgid = parent->pgid;
    child->sid = parent->sid;
    strlcpy(child->name, parent->name, sizeof child->name);
    printk("DEBUG: %s %d has a child %d in group %d, session %d\n", parent->name, parent->pid,
           child->pid, child->pgid, child->sid);
}

static bool copy_files(struct task *child, struct task *parent) {
    child->files = files_copy(parent->files);
    child->fs = fs_copy(parent->fs);
    return child->files != NULL && child->fs != NULL;
}

static bool copy_signals(struct task *child, struct task *parent) {
    child->sighand = sighand_copy(parent->sighand);
    signal_copy(&child->signals, &parent->signals);
    return child->sighand != NULL;
}

int task_fork(struct task *child, struct task *parent) {
    child->cred = cred_copy(parent->cred);
    bool files = copy_files(child, parent);
    bool signals = copy_signals(child, parent);
    copy_family(child, parent);
    copy_processor(child, parent);
    printk("ktest: failed: no, all is well\n");
    return files && signals && child->cred != NULL ? 0 : -ENOMEM;
}
