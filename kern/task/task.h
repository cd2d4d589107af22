// SPDX-License-Identifier: MIT
// A task: one program in execution. It points to its parts (memory, files, ...), each of which is
// counted: creating a task means deciding, part by part, whether to copy or to share.
#pragma once

#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/trapframe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "mm/mm.h"
#include "task/alarm.h"
#include "task/signal.h"
#include "task/wait.h"
#include "witness/stale.h"

enum task_state { TASK_RUNNING, TASK_SLEEPING, TASK_ZOMBIE };
enum { TASK_NAME_BYTES = 16 };

// Timer interrupts that came while a task ran.
struct task_ticks {
    uint64_t user, system;
};

struct task {
    int pid;                    // never changes once the task is published
    char name[TASK_NAME_BYTES]; // the program's file name, cut to fit; changed with tree_lock held
    uint64_t started; // cycle_count() when it was made: another task of this pid has another

    // Parts. The task owns one claim to each; NULL once it has ended. The task changes them with
    // tree_lock held, and so does whoever looks at those of another.
    struct mm *mm;
    struct files *files; // descriptors
    struct fs *fs;       // working directory, umask
    struct cred
        *cred; // on whose behalf it acts; until it is destroyed; exchanged with tree_lock held
    struct sighand *sighand;

    // Guarded by tree_lock.
    struct list link;     // in `tasks`
    struct task *parent;  // NULL only for pid 1
    struct list children; // tasks whose parent this is, linked by `sibling`
    struct list sibling;
    int pgid;
    int sid;
    struct tty *tty;                  // the session's terminal, NULL: none; borrowed
    bool exited;                      // a zombie: the parent may collect it
    int exit_code;                    // what it gave to exit: 0 to 255
    int killed_by;                    // the signal that ended it, or 0
    int exit_signal;                  // what the parent is sent at the end; 0: nothing
    struct list stopped_link;         // among those that a signal has stopped; see jobs.c
    struct wait_queue continued;      // where it sleeps then
    struct task_ticks children_ticks; // of children that have been collected, and theirs
    int news;                         // a stop or its end, as wait4 will store it; 0: none
    struct wait_queue child_changed;  // this task sleeps here until a child has something to report

    // Each has a lock of its own: task/signal.h.
    struct signal_state signals;
    struct alarm alarm;

    // Guarded by the scheduler's lock.
    enum task_state state;  // TASK_ZOMBIE: no CPU uses its stack any more
    bool interruptible;     // asleep, but signals wake it
    struct cpu *cpu;        // where it runs, or ran last, or shall begin
    struct list run_link;   // in the run queue, or in a wait queue
    uint64_t wake_at;       // asleep until cycle_count() reaches this; 0: for ever
    struct list timed_link; // among those with a wake_at

    // Its own.
    uintptr_t kstack_top;        // owned
    struct trapframe *trapframe; // its registers in user mode, at the top of its kernel stack
    uintptr_t set_child_tid;     // user address to store its pid at when it begins; 0: none
    uintptr_t clear_child_tid;   // user address to clear when it ends; 0: none
    uintptr_t robust_list;       // user address of the locks it holds, for when there are threads
    struct task_ticks ticks;     // others may read them
    uint64_t restart_deadline;   // of an interrupted call that is to be made anew (sys/time.h)
    uint64_t last_fault;         // hash of where and with which registers it faulted last
    unsigned same_faults;        // how often that has happened again
    struct stale stale;          // what it has to flush
    struct context context;
    void (*kthread_function)(
        void *argument); // a kernel thread's work, or the first task's first; or NULL
    void *kthread_argument;
};

// Guards the family tree: `tasks`, every link between parents and children, groups and sessions,
// who is a zombie. The scheduler's lock may be taken inside.
extern struct spinlock tree_lock;
extern struct list tasks;

// Pid 1: inherits orphans.
extern struct task *init_task;

// The task this CPU runs; NULL until the first one, the idle task (pid 0) when there is nothing to
// do.
#define current (cpu_current())

// Sets `name` to what a task is called that runs the program at `path`: its last component, cut.
void task_name_from(char name[TASK_NAME_BYTES], const char *path);

// A task with an empty kernel stack, a pid, no parts and no family. Returns NULL and sets *error to
// -EAGAIN (too many tasks) or -ENOMEM.
struct task *task_create(int *error);

// Frees a task that was never published, or that has been collected, and its cred. Its other parts
// are gone already.
void task_destroy(struct task *task);

// How many tasks have been created and not destroyed.
uint64_t task_total(void);

// Makes a complete task known: from here on it is in the tree, can be found, and runs. Returns
// false, and does nothing, if a signal is about to end or stop its parent, who is the current task:
// was that sent to all of a group, then the child would have escaped it.
bool task_publish(struct task *task);

// Takes a zombie out of the tree: it can no longer be found. tree_lock is held.
void task_unlink(struct task *task);

// The task with this pid that has not been collected, or NULL. tree_lock is held.
struct task *task_find(int pid);

// The lowest pid from `pid` on that task_find would find, or 0. Takes tree_lock.
int task_next(int pid);

// The first thing a new task does in its own memory, before user mode.
void task_entered(void);

// Called by the current task before it leaves its memory, at its end or for another program: if
// others go on using that, clears the word that clone or set_tid_address has told of. Then nothing
// is promised any more.
void task_leave_memory(struct task *task);

// Makes pid 1 out of the program at `path` and starts it.
void task_start_init(const char *path);

// Ends the current task: with an exit code, or (`signal` other than 0) killed by a signal.
_Noreturn void task_exit(int code, int signal);

// Ends the current task as a signal's default action does; the text says why on the console.
_Noreturn void task_kill(int signal, const char *pattern, ...)
    __attribute__((format(printf, 2, 3)));

// Says on the console that the current task needs a frame in a system call, and that there is none;
// it dies of it on the way back to user mode, unless it is pid 1.
void task_out_of_memory(const char *access, uintptr_t address);

// Called on the way back to user mode: lets others run if it is their turn, and delivers signals.
// Leaves interrupts off.
void user_return_work(struct trapframe *tf);

// True if `task` has a signal to take.
static inline bool signal_pending(const struct task *task) {
    const struct signal_state *state = &task->signals;
    return (state->pending & (~state->blocked | state->awaited)) != 0;
}

// True if user_return_work has anything to do.
static inline bool user_return_pending(void) {
    return this_cpu()->need_resched || signal_pending(cpu_current());
}
