// SPDX-License-Identifier: MIT
// Lab 1c: how a parent learns that its child has ended.
//
// Handout: handouts/1-fork.md#exit-wait. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     task->children, ->sibling, ->parent    the family; tree_lock is held for you   task/task.h
//     task->exited, ->exit_code, ->killed_by how it ended                            task/task.h
//     init_task                              who inherits orphans                    task/task.h
//     list_for_each_safe, list_remove        lists                                   base/list.h
//     wait_wake_all(&task->child_changed)    whoever waits for a child looks again   task/wait.h
#include "kernel.h"
#include "labs.h"
#include "task/task.h"

void exit_notify(struct task *task) {
    //: solution
    bool zombie_for_init = false;
    list_for_each_safe(link, &task->children) {
        struct task *child = list_entry(link, struct task, sibling);
        list_remove(link);
        child->parent = init_task;
        list_push_back(&init_task->children, link);
        zombie_for_init = zombie_for_init || child->exited;
    }
    if (zombie_for_init) {
        wait_wake_all(&init_task->child_changed);
    }
    wait_wake_all(&task->parent->child_changed);
    //: skeleton
    //| (void)task; // a zombie that nobody hears of
    //: end
}

//: solution
static bool is_wanted(const struct task *parent, const struct task *child, int which) {
    if (which == -1) {
        return true;
    }
    if (which == 0) {
        return child->pgid == parent->pgid;
    }
    return which < -1 ? child->pgid == -which : child->pid == which;
}

//: end
struct task *wait_select(struct task *parent, int which, bool *any) {
    //: solution
    *any = false;
    list_for_each(link, &parent->children) {
        struct task *child = list_entry(link, struct task, sibling);
        if (is_wanted(parent, child, which)) {
            *any = true;
            if (child->exited) {
                return child;
            }
        }
    }
    return NULL;
    //: skeleton
    //| (void)parent;
    //| (void)which;
    //| (void)any;
    //| lab_missing("wait_select", __FILE__);
    //: end
}

int wait_status(const struct task *task) {
    //: solution
    return task->killed_by != 0 ? task->killed_by : task->exit_code << 8;
    //: skeleton
    //| (void)task;
    //| lab_missing("wait_status", __FILE__);
    //: end
}
