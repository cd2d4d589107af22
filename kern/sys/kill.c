// SPDX-License-Identifier: MIT
// Sending signals: kill(2), tkill(2), rt_sigqueueinfo(2).
#include "errno.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/cred.h"
#include "task/task.h"

// Signal 0 only asks whether there is anybody.
static int send(struct task *task, const struct siginfo *info) {
    if (info->signal < 0 || info->signal > SIGNALS) {
        return -EINVAL;
    }
    if (!signal_may_send(current, task, info->signal)) {
        return -EPERM;
    }
    return info->signal == 0 ? 0 : signal_send_info(task, info);
}

// Whom kill's first argument means, as far as it is a group.
static bool means(int64_t pid, const struct task *task) {
    if (pid == -1) {
        return task->pid != 1 && task != current;
    }
    return task->pgid == (pid == 0 ? current->pgid : -pid);
}

// One that can be sent it is enough; and to "all", being forbidden to is no error.
static int send_to_many(int64_t pid, const struct siginfo *info) {
    int result = -ESRCH;
    list_for_each(link, &tasks) {
        struct task *task = list_entry(link, struct task, link);
        if (means(pid, task)) {
            int error = send(task, info);
            bool fine = result == 0 || (pid == -1 && error == -EPERM);
            result = fine ? 0 : error;
        }
    }
    return result;
}

// Sends to one task, or, with 0 or less, to those that kill means by it.
static int64_t send_to(int64_t pid, const struct siginfo *info) {
    spin_lock(&tree_lock);
    int64_t result = -ESRCH;
    if (pid <= 0) {
        result = send_to_many(pid, info);
    } else {
        struct task *task = task_find((int)pid);
        result = task != NULL ? send(task, info) : -ESRCH;
    }
    spin_unlock(&tree_lock);
    return result;
}

static int64_t kill(int64_t pid, int signal, int code) {
    struct siginfo info = {.signal = signal, .code = code};
    info.pid = current->pid;
    info.uid = current->cred->uid;
    return send_to(pid, &info);
}

int64_t sys_kill(struct trapframe *tf) {
    return kill((int)trapframe_argument(tf, 0), (int)trapframe_argument(tf, 1), SI_USER);
}

int64_t sys_tkill(struct trapframe *tf) {
    int tid = (int)trapframe_argument(tf, 0);
    return tid <= 0 ? -EINVAL : kill(tid, (int)trapframe_argument(tf, 1), SI_TKILL);
}

int64_t sys_tgkill(struct trapframe *tf) {
    int tgid = (int)trapframe_argument(tf, 0);
    int tid = (int)trapframe_argument(tf, 1);
    if (tgid <= 0 || tid <= 0) {
        return -EINVAL;
    }
    return tgid != tid ? -ESRCH : kill(tid, (int)trapframe_argument(tf, 2), SI_TKILL);
}

// The sender says what the receiver is told, but cannot pass for the kernel or for kill.
int64_t sys_rt_sigqueueinfo(struct trapframe *tf) {
    struct siginfo info;
    int pid = (int)trapframe_argument(tf, 0);
    int signal = (int)trapframe_argument(tf, 1);
    if (copy_from_user(&info, trapframe_argument(tf, 2), sizeof info) < 0) {
        return -EFAULT;
    }
    if ((info.code >= 0 || info.code == SI_TKILL) && pid != current->pid) {
        return -EPERM;
    }
    info.signal = signal;
    return pid > 0 ? send_to(pid, &info) : -ESRCH;
}
