// SPDX-License-Identifier: MIT
#include "task/parts.h"

#include <stddef.h>

#include "arch/pagetable.h"
#include "task/task.h"

int parts_create(struct task *task) {
    (void)task;
    return 0;
}

void parts_release(struct task *task) {
    struct mm *mm = task->mm;
    task->mm = NULL;
    if (task == current) {
        pagetable_activate(&kernel_pt);
    }
    if (mm != NULL) {
        mm_put(mm);
    }
}
