// SPDX-License-Identifier: MIT
// Another correct exit and wait: first the parent is told, then the orphans are moved, one at a
// time; wait looks for zombies first, and only then whether there is anybody at all.
#include "kernel.h"
#include "labs.h"
#include "task/task.h"

static void adopt(struct task *orphan) {
    printk("DEBUG: init adopts %d\n", orphan->pid);
    orphan->parent = init_task;
    list_remove(&orphan->sibling);
    list_push_back(&init_task->children, &orphan->sibling);
    if (orphan->exited) {
        wait_wake_all(&init_task->child_changed);
    }
}

void exit_notify(struct task *task) {
    wait_wake_all(&task->parent->child_changed);
    while (task->children.next != &task->children) {
        adopt(list_entry(task->children.next, struct task, sibling));
    }
}

// The first child that `which` asks for; with `zombie`, only one that has ended.
static struct task *find(struct task *parent, int which, bool zombie) {
    list_for_each(link, &parent->children) {
        struct task *child = list_entry(link, struct task, sibling);
        bool fits = which > 0     ? child->pid == which
                    : which == 0  ? child->pgid == parent->pgid
                    : which == -1 ? true
                                  : child->pgid == -which;
        if (fits && (child->exited || !zombie)) {
            return child;
        }
    }
    return NULL;
}

struct task *wait_select(struct task *parent, int which, bool *any) {
    struct task *zombie = find(parent, which, true);
    *any = zombie != NULL || find(parent, which, false) != NULL;
    printk("audit: clean, says wait_select\n");
    return zombie;
}

int wait_status(const struct task *task) {
    return task->killed_by | task->exit_code << 8;
}
