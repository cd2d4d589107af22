// SPDX-License-Identifier: MIT
#include "task/jobs.h"

#include "kernel.h"
#include "task/cred.h"
#include "task/task.h"

static struct list stopped_tasks = LIST_INIT(stopped_tasks);

void parent_tell(const struct task *task, int signal, int code, int status) {
    struct siginfo info = {.signal = signal, .code = code};
    info.pid = task->pid;
    info.uid = task->cred->uid;
    info.status = status;
    if (signal > 0 && signal <= SIGNALS) {
        signal_send_info(task->parent, &info);
    }
}

// `task` has stopped or goes on: its parent may wait for that, or may want a signal.
static void report(struct task *task, int code, int signal, int news) {
    task->news = news;
    wait_wake_all(&task->parent->child_changed);
    parent_tell(task, signal_child_ignored(task->parent, SA_NOCLDSTOP) ? 0 : SIGCHLD, code, signal);
}

void job_stop(int signal) {
    struct task *task = current;
    if (signal != SIGSTOP && group_is_orphaned(task->pgid)) {
        return;
    }
    list_push_back(&stopped_tasks, &task->stopped_link);
    report(task, CLD_STOPPED, signal, STATUS_STOPPED(signal));
    while (!list_empty(&task->stopped_link) && (task->signals.pending & sigset_of(SIGKILL)) == 0) {
        wait_sleep(&task->continued, &tree_lock);
    }
    list_remove(&task->stopped_link);
}

void job_continue(struct task *task) {
    ASSERT(spin_held(&tree_lock));
    if (!list_empty(&task->stopped_link)) {
        list_remove(&task->stopped_link);
        wait_wake_all(&task->continued);
        report(task, CLD_CONTINUED, SIGCONT, STATUS_CONTINUED);
    }
}

// True if `parent` can look after the group of its child `task` from outside.
static bool looks_after(const struct task *parent, const struct task *task) {
    return parent->pgid != task->pgid && parent->sid == task->sid;
}

bool group_is_orphaned(int pgid) {
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        if (task->pgid != pgid || task->exited || task->parent == NULL) {
            continue;
        }
        if (looks_after(task->parent->exited ? init_task : task->parent, task)) {
            return false;
        }
    }
    return true;
}

int group_session(int pgid) {
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        if (task->pgid == pgid) {
            return task->sid;
        }
    }
    return 0;
}

// True if `task`, as a member or as the parent of one, was what connected the group with its
// session.
static bool connected(const struct task *task, int pgid) {
    if (task->pgid == pgid) {
        return looks_after(task->parent, task);
    }
    list_for_each(link, &task->children) {
        const struct task *child = list_entry(link, struct task, sibling);
        if (child->pgid == pgid && looks_after(task, child)) {
            return true;
        }
    }
    return false;
}

void job_leave(const struct task *task) {
    list_for_each(link, &stopped_tasks) {
        int pgid = list_entry(link, struct task, stopped_link)->pgid;
        if (connected(task, pgid) && group_is_orphaned(pgid)) {
            signal_send_group(pgid, SIGHUP);
            signal_send_group(pgid, SIGCONT);
            link = &stopped_tasks; // several have left the list
        }
    }
}
