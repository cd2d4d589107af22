// SPDX-License-Identifier: MIT
// What /proc says about a task. All of it is taken at one moment, and the parts that are looked at
// later are claimed: the task may be gone by then.
#include "arch/machine.h"
#include "base/format.h"
#include "base/string.h"
#include "errno.h"
#include "fs/device.h"
#include "fs/proc.h"
#include "fs/tty.h"
#include "task/cred.h"
#include "task/task.h"

enum { CLOCK_TICKS = 100 }; // in a second, as Linux counts for programs

struct task_facts {
    int pid, parent, pgid, sid;
    unsigned terminal; // device number; 0: none
    int foreground;    // its foreground group; -1: none
    char name[TASK_NAME_BYTES];
    char state;
    int status; // a zombie's, as wait4 stores it
    int exit_signal;
    uint64_t started;
    sigset_t pending, blocked, ignored, caught;
    struct cred *cred; // claimed
    struct mm *mm;     // claimed; NULL: it has none any more
    struct mm_sizes sizes;
};

static char state_of(const struct task *task) {
    if (task->exited) {
        return 'Z';
    }
    if (!list_empty(&task->stopped_link)) {
        return 'T';
    }
    return task->state != TASK_SLEEPING ? 'R' : task->interruptible ? 'S' : 'D';
}

// tree_lock is held.
static void take_facts(struct task *task, struct task_facts *facts) {
    *facts = (struct task_facts){
        .pid = task->pid,
        .parent = task->parent == NULL ? 0 : task->parent->pid,
        .pgid = task->pgid,
        .sid = task->sid,
        .terminal = task->tty != NULL ? DEVICE_TTY : 0,
        .foreground = task->tty != NULL ? task->tty->pgid : -1,
        .state = state_of(task),
        .exit_signal = task->exit_signal,
        .started = task->started,
        .pending = task->signals.pending,
        .blocked = task->signals.blocked,
        .cred = cred_get(task->cred),
        .mm = task->mm,
    };
    memcpy(facts->name, task->name, sizeof facts->name);
    if (task->exited) {
        facts->status = task->killed_by != 0 ? task->killed_by : task->exit_code << 8;
    }
    if (task->mm != NULL) {
        mm_get(task->mm);
    }
    signal_dispositions(task, &facts->ignored, &facts->caught);
}

static int print_task(const struct inode *inode, struct text *text) {
    const struct proc_file *file = (const struct proc_file *)inode->pseudo;
    struct task_facts facts;
    spin_lock(&tree_lock);
    struct task *task = task_find(inode->pid);
    bool found = task != NULL && task->started == inode->started;
    if (found) {
        take_facts(task, &facts);
    }
    spin_unlock(&tree_lock);
    if (!found) {
        return -ESRCH;
    }
    if (facts.mm != NULL) {
        facts.sizes = mm_sizes(facts.mm);
    }
    file->say(text, &facts);
    cred_put(facts.cred);
    if (facts.mm != NULL) {
        mm_put(facts.mm);
    }
    return 0;
}

// Of Linux's 52 fields those that Tine has; the others are 0, as is what it does not count.
static void say_stat(struct text *text, const struct task_facts *facts) {
    uint64_t each = cycles_per_second() / CLOCK_TICKS;
    const sigset_t standard = (1UL << SIGSYS) - 1;
    text_print(text, "%d (%s) %c %d %d %d %u %d ", facts->pid, facts->name, facts->state,
               facts->parent, facts->pgid, facts->sid, facts->terminal, facts->foreground);
    text_print(text, "0 0 0 0 0 0 0 0 0 20 0 1 0 "); // flags ... priority, nice, threads
    text_print(text, "%lu %lu %lu %lu ", (facts->started - boot_info.entry_cycles) / each,
               facts->sizes.total * PAGE_SIZE, facts->sizes.resident, UINT64_MAX);
    text_print(text, "0 0 0 0 0 %lu %lu %lu %lu ", facts->pending & standard,
               facts->blocked & standard, facts->ignored & standard, facts->caught & standard);
    text_print(text, "0 0 0 %d 0 0 0 0 0 0 ", facts->exit_signal);
    text_print(text, "0 0 0 0 0 0 0 %d\n", facts->status);
}

// No name shall look like another line.
static void say_name(struct text *text, const char *name) {
    text_print(text, "Name:\t");
    for (; *name != '\0'; name++) {
        char plain[] = {*name, '\0'};
        text_print(text, "%s", *name == '\n' ? "\\n" : *name == '\\' ? "\\\\" : plain);
    }
}

static void say_status(struct text *text, const struct task_facts *facts) {
    const char *state = facts->state == 'R'   ? "running"
                        : facts->state == 'S' ? "sleeping"
                        : facts->state == 'D' ? "disk sleep"
                        : facts->state == 'T' ? "stopped"
                                              : "zombie";
    const struct cred *cred = facts->cred;
    const uint64_t kib = PAGE_SIZE / 1024;
    say_name(text, facts->name);
    text_print(text, "\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", facts->state, state,
               facts->pid, facts->pid, facts->parent);
    text_print(text, "Uid:\t%u\t%u\t%u\t%u\n", cred->uid, cred->euid, cred->suid, cred->euid);
    text_print(text, "Gid:\t%u\t%u\t%u\t%u\n", cred->gid, cred->egid, cred->sgid, cred->egid);
    if (facts->mm != NULL) {
        text_print(text, "VmSize:\t%8lu kB\nVmRSS:\t%8lu kB\n", facts->sizes.total * kib,
                   facts->sizes.resident * kib);
    }
    text_print(text, "Threads:\t1\nSigPnd:\t%016lx\nShdPnd:\t%016lx\n", 0UL, facts->pending);
    text_print(text, "SigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n", facts->blocked,
               facts->ignored, facts->caught);
}

static void say_statm(struct text *text, const struct task_facts *facts) {
    const struct mm_sizes *sizes = &facts->sizes;
    text_print(text, "%lu %lu %lu %lu 0 %lu 0\n", sizes->total, sizes->resident, sizes->shared,
               sizes->text, sizes->data);
}

static void say_vma(struct text *text, const struct vma *vma) {
    enum { NAME_COLUMN = 73 };
    char line[NAME_COLUMN];
    snprintf(line, sizeof line, "%08lx-%08lx %c%c%c%c %08lx 00:00 %lu", vma->start, vma->end,
             vma->flags & VMA_READ ? 'r' : '-', vma->flags & VMA_WRITE ? 'w' : '-',
             vma->flags & VMA_EXEC ? 'x' : '-', vma->flags & VMA_SHARED ? 's' : 'p', vma->offset,
             vma->inode != NULL ? vma->inode->number : 0);
    const char *name = vma->flags & VMA_STACK ? "[stack]" : vma->flags & VMA_HEAP ? "[heap]" : "";
    text_print(text, "%-*s%s\n", name[0] == '\0' ? 0 : NAME_COLUMN, line, name);
}

static void say_maps(struct text *text, const struct task_facts *facts) {
    if (facts->mm == NULL) {
        return;
    }
    mutex_lock(&facts->mm->lock);
    list_for_each(link, &facts->mm->vmas) {
        say_vma(text, list_entry(link, struct vma, link));
    }
    mutex_unlock(&facts->mm->lock);
}

static void say_comm(struct text *text, const struct task_facts *facts) {
    text_print(text, "%s\n", facts->name);
}

// Programs have no arguments yet.
static void say_cmdline(struct text *text, const struct task_facts *facts) {
    (void)text;
    (void)facts;
}

const struct proc_file proc_task_files[] = {
    {{.print = print_task}, "stat", 0444, say_stat},
    {{.print = print_task}, "status", 0444, say_status},
    {{.print = print_task}, "statm", 0444, say_statm},
    {{.print = print_task}, "maps", 0400, say_maps}, // addresses are nobody else's business
    {{.print = print_task}, "comm", 0444, say_comm},
    {{.print = print_task}, "cmdline", 0444, say_cmdline},
    {.name = NULL},
};
