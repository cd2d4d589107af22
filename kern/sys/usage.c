// SPDX-License-Identifier: MIT
// What tasks use, and what they may use: getrusage(2), times(2), prlimit(2), sched_getaffinity(2).
#include "sys/usage.h"

#include "abi/resource.h"
#include "arch/machine.h"
#include "errno.h"
#include "fs/files.h"
#include "mm/mm.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "sys/time.h"
#include "task/cred.h"
#include "task/task.h"

// ---- What they use ---------------------------------------------------------------------------

// struct rusage of Linux; spans of seconds and microseconds.
struct usage {
    struct timespec user, system;
    int64_t resident_max_kib;
    int64_t not_counted[13];
};
_Static_assert(sizeof(struct usage) == 144, "Linux's struct rusage");

static struct timespec span_of_ticks(uint64_t ticks) {
    return (struct timespec){(int64_t)(ticks / TIMER_HZ),
                             (int64_t)(ticks % TIMER_HZ * (1000000 / TIMER_HZ))};
}

int usage_to_user(uintptr_t to, const struct task_ticks *ticks, uint64_t resident_pages) {
    const struct usage usage = {
        .user = span_of_ticks(ticks->user),
        .system = span_of_ticks(ticks->system),
        .resident_max_kib = (int64_t)(resident_pages * (PAGE_SIZE / 1024)),
    };
    return to == 0 ? 0 : copy_to_user(to, &usage, sizeof usage);
}

int64_t sys_getrusage(struct trapframe *tf) {
    int who = (int)trapframe_argument(tf, 0);
    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD) {
        return -EINVAL;
    }
    bool own = who != RUSAGE_CHILDREN;
    uint64_t resident = own ? mm_sizes(current->mm).resident : 0;
    uintptr_t to = trapframe_argument(tf, 1);
    return to == 0 ? -EFAULT
                   : usage_to_user(to, own ? &current->ticks : &current->children_ticks, resident);
}

// In hundredths of a second, as programs are told in AT_CLKTCK.
int64_t sys_times(struct trapframe *tf) {
    _Static_assert(TIMER_HZ == 100, "a tick is a hundredth of a second");
    const struct task_ticks times[] = {current->ticks, current->children_ticks};
    uintptr_t to = trapframe_argument(tf, 0);
    if (to != 0 && copy_to_user(to, times, sizeof times) < 0) {
        return -EFAULT;
    }
    return (int64_t)((cycle_count() - boot_info.entry_cycles) / (cycles_per_second() / TIMER_HZ));
}

int64_t sys_sched_getaffinity(struct trapframe *tf) {
    int pid = (int)trapframe_argument(tf, 0);
    uint64_t room = (unsigned)trapframe_argument(tf, 1);
    uint64_t mask = (1UL << cpu_count) - 1; // any
    if (room < sizeof mask || room % sizeof mask != 0) {
        return -EINVAL;
    }
    spin_lock(&tree_lock);
    bool found = pid == 0 || task_find(pid) != NULL;
    spin_unlock(&tree_lock);
    if (!found) {
        return -ESRCH;
    }
    int error = copy_to_user(trapframe_argument(tf, 2), &mask, sizeof mask);
    return error < 0 ? error : (int64_t)sizeof mask;
}

// ---- What they may use -----------------------------------------------------------------------

struct limit {
    uint64_t soft, hard;
};

// Those that nobody can change: a limit that would not be kept is not promised.
static struct limit fixed_limit(unsigned resource) {
    switch (resource) {
    case RLIMIT_STACK:
        return (struct limit){STACK_LIMIT_BYTES, STACK_LIMIT_BYTES};
    case RLIMIT_CORE:
    case RLIMIT_NICE:
    case RLIMIT_RTPRIO:
        return (struct limit){0, 0};
    default:
        return (struct limit){RLIM_INFINITY, RLIM_INFINITY};
    }
}

static int change_limit(struct limit *limit, const struct limit *wanted, unsigned resource) {
    if (wanted->soft > wanted->hard) {
        return -EINVAL;
    }
    bool same = wanted->soft == limit->soft && wanted->hard == limit->hard;
    uint64_t most = current->cred->euid == 0 ? FD_LIMIT : limit->hard;
    if (!same && (resource != RLIMIT_NOFILE || wanted->hard > most)) {
        return -EPERM;
    }
    *limit = *wanted;
    return 0;
}

// Tells of a limit of `task` in *old, and changes it unless `wanted` is NULL. tree_lock is held.
static int look_at_limit(struct task *task, unsigned resource, const struct limit *wanted,
                         struct limit *old) {
    struct files *files = task->files;
    if (resource >= RLIM_NLIMITS) {
        return -EINVAL;
    }
    if (files == NULL) {
        return -ESRCH;
    }
    struct limit limit = fixed_limit(resource);
    if (resource == RLIMIT_NOFILE) {
        limit = (struct limit){(uint64_t)files->limit, (uint64_t)files->limit_max};
    }
    *old = limit;
    int error = wanted != NULL ? change_limit(&limit, wanted, resource) : 0;
    if (error == 0 && resource == RLIMIT_NOFILE) {
        files->limit = (int)limit.soft;
        files->limit_max = (int)limit.hard;
    }
    return error;
}

static bool may_look(const struct cred *its) {
    const struct cred *own = current->cred;
    return own->euid == 0 || its == own ||
           (its->uid == own->uid && its->euid == own->uid && its->suid == own->uid &&
            its->gid == own->gid && its->egid == own->gid && its->sgid == own->gid);
}

// User addresses; 0: not wanted.
static int64_t limits(int pid, unsigned resource, uintptr_t new_from, uintptr_t old_to) {
    struct limit wanted, old;
    if (new_from != 0 && copy_from_user(&wanted, new_from, sizeof wanted) < 0) {
        return -EFAULT;
    }
    spin_lock(&tree_lock);
    struct task *task = pid == 0 ? current : task_find(pid);
    int error = task == NULL ? -ESRCH : may_look(task->cred) ? 0 : -EPERM;
    if (error == 0) {
        error = look_at_limit(task, resource, new_from != 0 ? &wanted : NULL, &old);
    }
    spin_unlock(&tree_lock);
    return error == 0 && old_to != 0 ? copy_to_user(old_to, &old, sizeof old) : error;
}

int64_t sys_prlimit64(struct trapframe *tf) {
    return limits((int)trapframe_argument(tf, 0), (unsigned)trapframe_argument(tf, 1),
                  trapframe_argument(tf, 2), trapframe_argument(tf, 3));
}

int64_t sys_getrlimit(struct trapframe *tf) {
    uintptr_t to = trapframe_argument(tf, 1);
    int64_t error = limits(0, (unsigned)trapframe_argument(tf, 0), 0, to);
    return error == 0 && to == 0 ? -EFAULT : error;
}

int64_t sys_setrlimit(struct trapframe *tf) {
    uintptr_t from = trapframe_argument(tf, 1);
    return from == 0 ? -EFAULT : limits(0, (unsigned)trapframe_argument(tf, 0), from, 0);
}
