// SPDX-License-Identifier: MIT
#include "task/clone.h"

#include "abi/sched.h"
#include "errno.h"
#include "fs/files.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/usercopy.h"
#include "task/parts.h"
#include "task/task.h"
#include "witness/rehearse.h"

// Fills in a child that nobody else knows. After an error the caller releases what it has by then.
static int build_child(struct task *child, const struct clone_arguments *arguments) {
    if (arguments->flags & CLONE_VM) {
        child->mm = mm_get(current->mm);
    } else {
        child->mm = mm_dup(current->mm);
    }
    if (child->mm == NULL) {
        return -ENOMEM;
    }
    int error = LAB >= 1 ? task_fork(child, current) : -ENOSYS;
    if (error < 0) {
        return error;
    }
    if (arguments->flags & CLONE_FILES) {
        files_put(child->files);
        child->files = files_get(current->files);
    }
    if (arguments->pc != 0) {
        trapframe_set_pc(child->trapframe, arguments->pc);
    }
    child->exit_signal = (int)(arguments->flags & CSIGNAL);
    if (arguments->stack != 0) {
        trapframe_set_sp(child->trapframe, arguments->stack);
    }
    if (arguments->flags & CLONE_CHILD_SETTID) {
        child->set_child_tid = arguments->child_tid;
    }
    if (arguments->flags & CLONE_CHILD_CLEARTID) {
        child->clear_child_tid = arguments->child_tid;
    }
    return 0;
}

static int64_t clone_once(const struct clone_arguments *arguments) {
    int error = 0;
    struct task *child = task_create(&error);
    if (child == NULL) {
        return error;
    }
    error = build_child(child, arguments);
    int pid = child->pid; // once it is published, it may be gone at any time
    if (error == 0 && (arguments->flags & CLONE_PARENT_SETTID)) {
        copy_to_user(arguments->parent_tid, &pid, sizeof pid);
    }
    if (error == 0 && !task_publish(child)) {
        error = -ERESTARTSYS;
    }
    if (error < 0) {
        parts_release(child);
        task_destroy(child);
        return error;
    }
    return pid;
}

int64_t do_clone(const struct clone_arguments *arguments) {
    return CHECKS && rehearsals > 0 ? rehearse(clone_once, arguments) : clone_once(arguments);
}
