// SPDX-License-Identifier: MIT
#include "task/exit.h"

#include <stdarg.h>

#include "arch/machine.h"
#include "base/format.h"
#include "ending.h"
#include "errno.h"
#include "fs/tty.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "sys/signal.h"
#include "task/cred.h"
#include "task/jobs.h"
#include "task/parts.h"
#include "task/sched.h"
#include "task/task.h"
#include "witness/trace.h"

// Without pid 1 there is nothing left to do: the machine ends with it.
static _Noreturn void end_with_init(const struct task *task) {
    if (task->killed_by != 0) {
        printk("exit: pid %d was killed by signal %d (%s)\n", task->pid, task->killed_by,
               signal_name(task->killed_by));
    } else {
        printk("exit: pid %d exited with status %d\n", task->pid, task->exit_code);
    }
    machine_finish(task->killed_by == 0 && task->exit_code == 0);
}

// Those that ended while nobody wanted to know; guarded by tree_lock.
static struct list unwanted = LIST_INIT(unwanted);

// Frees what is left of them. Nothing is locked.
static void free_unwanted(void) {
    spin_lock(&tree_lock);
    while (!list_empty(&unwanted)) {
        struct task *task = list_entry(unwanted.next, struct task, link);
        list_remove(&task->link);
        spin_unlock(&tree_lock);
        sched_wait_left(task);
        task_destroy(task);
        spin_lock(&tree_lock);
    }
    spin_unlock(&tree_lock);
}

_Noreturn void task_exit(int code, int signal) {
    struct task *task = current;
    task->exit_code = code;
    task->killed_by = signal;
    trace(TRACE_TASK_EXIT, (uint64_t)(signal != 0 ? signal : code << 8), 0, 0, 0, 0);
    task_leave_memory(task);
    parts_release(task);
    free_unwanted();
    if (task == init_task) {
        end_with_init(task);
    }
    spin_lock(&tree_lock);
    task->exited = true;
    tty_leave(task, true);
    job_leave(task);
    if (LAB >= 1) {
        exit_notify(task);
        parent_tell(task, task->exit_signal, signal != 0 ? CLD_KILLED : CLD_EXITED,
                    signal != 0 ? signal : code);
    }
    if (signal_child_ignored(task->parent, SA_NOCLDWAIT)) {
        task_unlink(task);
        list_push_back(&unwanted, &task->link);
    }
    spin_unlock(&tree_lock);
    sched_leave();
}

_Noreturn void task_kill(int signal, const char *pattern, ...) {
    char why[160];
    va_list arguments;
    va_start(arguments, pattern);
    vsnprintf(why, sizeof why, pattern, arguments);
    va_end(arguments);
    printk("killed: pid %d (%s) by %s: %s\n", current->pid, current->name, signal_name(signal),
           why);
    task_exit(0, signal);
}

void task_out_of_memory(const char *access, uintptr_t address) {
    if (current->signals.pending & sigset_of(SIGKILL)) {
        return; // it has been said
    }
    printk("out of memory: pid %d (%s): a %s at 0x%lx in a system call needed a frame\n",
           current->pid, current->name, access, address);
    signal_send(current, SIGKILL);
}

// True if wait4's `which` means `child`.
static bool is_meant(const struct task *child, int which) {
    return which == -1 || which == child->pid || which == -child->pgid ||
           (which == 0 && child->pgid == current->pgid);
}

// Finds a child that has stopped or goes on, if the options ask for that. *any becomes true if
// there is any that still can. tree_lock is held.
static struct task *find_news(int which, unsigned options, bool *any) {
    list_for_each(link, &current->children) {
        struct task *child = list_entry(link, struct task, sibling);
        if (child->exited || !is_meant(child, which)) {
            continue;
        }
        *any = true;
        if (child->news != 0 &&
            (options & (child->news == STATUS_CONTINUED ? WCONTINUED : WSTOPPED))) {
            return child;
        }
    }
    return NULL;
}

// Finds a child that has something to report, sleeping until there is one unless WNOHANG says not
// to. tree_lock is held. Returns NULL and 0 or an error in *error if there is none.
static struct task *await_child(int which, unsigned options, int *error) {
    for (int slept = 0;;) {
        bool any = false;
        struct task *child = NULL;
        if (LAB >= 1 && (options & WEXITED)) {
            child = wait_select(current, which, &any);
        }
        if (child == NULL && (options & (WSTOPPED | WCONTINUED))) {
            child = find_news(which, options, &any);
        }
        if (child != NULL || (any && (options & WNOHANG))) {
            *error = 0;
            return child;
        }
        if (!any || slept < 0) { // a signal has come, and it does not tell of a child
            *error = any ? -ERESTARTSYS : -ECHILD;
            return NULL;
        }
        slept = wait_sleep_interruptible(&current->child_changed, &tree_lock);
    }
}

int do_wait(int which, unsigned options, struct wait_result *result) {
    int error;
    bool collected = false;
    *result = (struct wait_result){0};
    free_unwanted();
    spin_lock(&tree_lock);
    struct task *child = await_child(which, options, &error);
    if (child != NULL) {
        collected = child->exited && (options & WNOWAIT) == 0;
        result->pid = child->pid;
        result->uid = child->cred->uid;
        result->status = child->news;
        result->ticks.user = child->ticks.user + child->children_ticks.user;
        result->ticks.system = child->ticks.system + child->children_ticks.system;
        if (LAB >= 1 && child->exited) {
            result->status = wait_status(child);
        }
        if ((options & WNOWAIT) == 0) {
            child->news = 0;
        }
    }
    if (collected) {
        current->children_ticks.user += result->ticks.user;
        current->children_ticks.system += result->ticks.system;
        task_unlink(child); // from here on nobody else can find it
    }
    spin_unlock(&tree_lock);
    if (collected) {
        sched_wait_left(child);
        task_destroy(child);
    }
    return error;
}
