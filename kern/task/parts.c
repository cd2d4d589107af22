// SPDX-License-Identifier: MIT
#include "task/parts.h"

#include <stddef.h>

#include "arch/pagetable.h"
#include "errno.h"
#include "task/task.h"

int parts_create(struct task *task) {
    task->sighand = sighand_create();
    return task->sighand != NULL ? 0 : -ENOMEM;
}

void parts_release(struct task *task) {
    signal_exit(task);
    struct mm *mm = task->mm;
    task->mm = NULL;
    if (task == current) {
        pagetable_activate(&kernel_pt);
    }
    if (mm != NULL) {
        mm_put(mm);
    }
}
