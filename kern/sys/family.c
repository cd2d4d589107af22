// SPDX-License-Identifier: MIT
// Calls about parents and children: fork and its kind, wait, groups and sessions.
#include "abi/fcntl.h"
#include "abi/sched.h"
#include "errno.h"
#include "mm/usercopy.h"
#include "sys/signal.h"
#include "sys/syscall.h"
#include "sys/usage.h"
#include "task/clone.h"
#include "task/exec.h"
#include "task/exit.h"
#include "task/jobs.h"
#include "task/pid.h"
#include "task/sched.h"
#include "task/task.h"

int64_t sys_fork(struct trapframe *tf) {
    (void)tf;
    return do_clone(&(struct clone_arguments){.flags = SIGCHLD});
}

int64_t sys_clone(struct trapframe *tf) {
    const uint64_t known =
        CSIGNAL | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID;
    if (trapframe_argument(tf, 0) & ~known) {
        return -EINVAL;
    }
    return do_clone(&(struct clone_arguments){
        .flags = trapframe_argument(tf, 0),
        .stack = trapframe_argument(tf, 1),
        .parent_tid = trapframe_argument(tf, 2),
        .child_tid = trapframe_argument(tf, 3),
    });
}

int64_t sys_execve(struct trapframe *tf) {
    return do_execve(AT_FDCWD, trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     trapframe_argument(tf, 2), 0);
}

int64_t sys_execveat(struct trapframe *tf) {
    unsigned flags = (unsigned)trapframe_argument(tf, 4);
    if (flags & ~(unsigned)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) {
        return -EINVAL;
    }
    return do_execve((int)trapframe_argument(tf, 0), trapframe_argument(tf, 1),
                     trapframe_argument(tf, 2), trapframe_argument(tf, 3), flags);
}

int64_t sys_set_tid_address(struct trapframe *tf) {
    current->clear_child_tid = trapframe_argument(tf, 0);
    return current->pid;
}

int64_t sys_set_robust_list(struct trapframe *tf) {
    enum { HEAD_BYTES = 24 };
    if (trapframe_argument(tf, 1) != HEAD_BYTES) {
        return -EINVAL;
    }
    current->robust_list = trapframe_argument(tf, 0);
    return 0;
}

int64_t sys_sched_yield(struct trapframe *tf) {
    (void)tf;
    sched_yield();
    return 0;
}

int64_t sys_wait4(struct trapframe *tf) {
    const unsigned known = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WALL | __WCLONE;
    uintptr_t status = trapframe_argument(tf, 1);
    unsigned options = (unsigned)trapframe_argument(tf, 2);
    if ((options & ~known) != 0) {
        return -EINVAL;
    }
    int which = (int)trapframe_argument(tf, 0);
    if (which == INT32_MIN) {
        return -ESRCH;
    }
    struct wait_result result;
    int error = do_wait(which, options | WEXITED, &result);
    if (error < 0 || result.pid == 0) {
        return error;
    }
    // A bad pointer is noticed only now, when the child has been collected: as under Linux.
    if (status != 0 && copy_to_user(status, &result.status, sizeof result.status) < 0) {
        return -EFAULT;
    }
    return usage_to_user(trapframe_argument(tf, 3), &result.ticks, 0) < 0 ? -EFAULT : result.pid;
}

// What waitid fills in of a siginfo_t.
struct child_info {
    int signal;
    int error;
    int code;
    int padding;
    int pid;
    unsigned uid;
    int status;
};

// What waitid's first two arguments ask for, in wait4's way; INT32_MIN: nonsense.
static int selector(uint64_t kind, int id) {
    if (kind == P_ALL) {
        return -1;
    }
    if (kind == P_PID && id > 0) {
        return id;
    }
    if (kind == P_PGID && id >= 0) {
        return id == 0 ? 0 : -id;
    }
    return INT32_MIN;
}

// Linux's CLD_ code for what wait4 would store; *detail becomes the exit status, or the signal.
static int code_of(int status, int *detail) {
    int signal = status & 0x7f;
    bool stopped = signal == 0x7f;
    *detail = signal != 0 && !stopped ? signal : status >> 8;
    if (status == STATUS_CONTINUED) {
        *detail = SIGCONT;
        return CLD_CONTINUED;
    }
    return stopped ? CLD_STOPPED : signal != 0 ? CLD_KILLED : CLD_EXITED;
}

static struct child_info child_info_of(const struct wait_result *result) {
    struct child_info info = {.signal = SIGCHLD, .pid = result->pid, .uid = result->uid};
    info.code = code_of(result->status, &info.status);
    return info;
}

// Whatever it answers, it fills in the information: with zeros, if there is none.
int64_t sys_waitid(struct trapframe *tf) {
    const unsigned events = WEXITED | WSTOPPED | WCONTINUED;
    uintptr_t to = trapframe_argument(tf, 2);
    unsigned options = (unsigned)trapframe_argument(tf, 3);
    int which = selector(trapframe_argument(tf, 0), (int)trapframe_argument(tf, 1));
    struct wait_result result = {0};
    struct child_info info = {0};
    int error = -EINVAL;
    if ((options & events) != 0 && which != INT32_MIN &&
        (options & ~(events | WNOHANG | WNOWAIT | __WNOTHREAD | __WALL | __WCLONE)) == 0) {
        error = do_wait(which, options, &result);
    }
    if (error == 0 && result.pid != 0) {
        info = child_info_of(&result);
        if (usage_to_user(trapframe_argument(tf, 4), &result.ticks, 0) < 0) {
            return -EFAULT;
        }
    }
    return to != 0 && copy_to_user(to, &info, sizeof info) < 0 ? -EFAULT : error;
}

// POSIX, setpgid: who may be moved, and where. tree_lock is held. Returns 0 or an error.
static int may_move(const struct task *task, int pgid) {
    if (task == NULL || (task != current && task->parent != current)) {
        return -ESRCH;
    }
    if (task->sid != current->sid || task->sid == task->pid) {
        return -EPERM;
    }
    return pgid == task->pid || group_session(pgid) == task->sid ? 0 : -EPERM;
}

int64_t sys_setpgid(struct trapframe *tf) {
    int pid = (int)trapframe_argument(tf, 0);
    int pgid = (int)trapframe_argument(tf, 1);
    if (pgid < 0) {
        return -EINVAL;
    }
    spin_lock(&tree_lock);
    struct task *task = pid == 0 ? current : task_find(pid);
    pgid = pgid == 0 && task != NULL ? task->pid : pgid;
    int error = may_move(task, pgid);
    if (error == 0) {
        pid_get(pgid);
        pid_put(task->pgid);
        task->pgid = pgid;
    }
    spin_unlock(&tree_lock);
    return error;
}

int64_t sys_setsid(struct trapframe *tf) {
    (void)tf;
    struct task *task = current;
    int64_t result = -EPERM;
    spin_lock(&tree_lock);
    if (group_session(task->pid) == 0) {
        pid_put(task->pgid);
        pid_put(task->sid);
        task->pgid = task->sid = task->pid;
        task->tty = NULL;
        pid_get(task->pid);
        pid_get(task->pid);
        result = task->pid;
    }
    spin_unlock(&tree_lock);
    return result;
}

static int64_t group_or_session(int pid, bool session) {
    spin_lock(&tree_lock);
    const struct task *task = pid == 0 ? current : task_find(pid);
    int64_t result = task == NULL ? -ESRCH : session ? task->sid : task->pgid;
    spin_unlock(&tree_lock);
    return result;
}

int64_t sys_getpgid(struct trapframe *tf) {
    return group_or_session((int)trapframe_argument(tf, 0), false);
}

int64_t sys_getpgrp(struct trapframe *tf) {
    (void)tf;
    return group_or_session(0, false);
}

int64_t sys_getsid(struct trapframe *tf) {
    return group_or_session((int)trapframe_argument(tf, 0), true);
}
