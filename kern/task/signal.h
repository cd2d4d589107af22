// SPDX-License-Identifier: MIT
// Signals: who has sent what, what shall happen then, and making it happen on the way to user mode.
//
// A signal that arrives is noted as pending; the task looks when it is about to return to user
// mode, and takes those that it does not block. Sleeping in a system call is cut short for it: the
// call answers -ERESTARTSYS, which never reaches the program. If a handler without SA_RESTART runs,
// that becomes -EINTR; otherwise the call is made anew.
//
// Locks, in this order: tree_lock, the alarms', signal_state.lock, sighand.lock, the scheduler's.
//
// A signal that stops discards a pending SIGCONT, and SIGCONT those that stop. What else it does to
// a stopped task it does at once, whatever the task does about the signal (task/jobs.h).
//
// A task is a process: a signal for the process is a signal for its one task.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "base/list.h"
#include "lock.h"
#include "refcount.h"
#include "sys/signal.h"

struct task;
struct trapframe;

// What a task does about signals; may be shared.
struct sighand {
    struct refcount owners;
    struct spinlock lock; // guards `actions`
    struct sigaction actions[SIGNALS];
};

enum { SIGNAL_QUEUE_LIMIT = 1024 }; // for each task

// A task's own part. The sets may be read without the lock.
struct signal_state {
    struct spinlock lock;     // guards all that follows, and going to sleep until a signal comes
    _Atomic sigset_t pending; // sent, not yet taken
    _Atomic sigset_t blocked; // changed by the task alone
    _Atomic sigset_t awaited; // blocked ones that sigtimedwait waits for
    struct list queue;        // details about pending ones, oldest first
    unsigned queued;          // how many
    bool gone;                // the task takes no signals any more
    // The task's own.
    bool mask_is_temporary; // sigsuspend: afterwards `saved_mask` counts again
    sigset_t saved_mask;
    struct sigstack altstack;
};

// ---- A task's parts --------------------------------------------------------------------------

// The default action for every signal. NULL when out of memory.
struct sighand *sighand_create(void);

// A new one with the same actions. NULL when out of memory.
struct sighand *sighand_copy(struct sighand *from);

// For a task that must not share it any more: `sighand` itself, claimed once more, if nobody else
// has a claim; else a copy. NULL when out of memory.
struct sighand *sighand_unshare(struct sighand *sighand);

// Gives `task` another one, whose claim it takes over. Returns the one before, with its claim. The
// caller may hold tree_lock, but need not.
struct sighand *sighand_exchange(struct task *task, struct sighand *sighand);

void sighand_get(struct sighand *sighand);
void sighand_put(struct sighand *sighand);

// Nothing pending, nothing blocked.
void signal_init(struct signal_state *state);

// The same, but blocked signals and the alternate stack are those of `from`, as after fork.
void signal_copy(struct signal_state *to, const struct signal_state *from);

// Gives up sighand, if there is one, forgets what is pending, and drops signals from now on.
void signal_exit(struct task *task);

// True if `parent` ignores SIGCHLD, or has set `flag` for it: SA_NOCLDWAIT (its children leave no
// zombies) or SA_NOCLDSTOP (it does not want to be told when they stop or go on).
bool signal_child_ignored(struct task *parent, uint64_t flag);

// What `task` has said about signals: which it ignores, and which have a handler. Nothing once it
// has ended.
void signal_dispositions(struct task *task, sigset_t *ignored, sigset_t *caught);

// ---- Sending: from any context ---------------------------------------------------------------

// Sends a signal, unless `task` ignores it, or it is pending already and not a real-time one. Wakes
// the task if it sleeps interruptibly. The caller makes sure that the task does not go away;
// for SIGCONT and SIGKILL tree_lock is held. Returns 0, or -EAGAIN if a real-time signal could
// not be queued; for others only details are lost then.
int signal_send_info(struct task *task, const struct siginfo *info);

// The same, from the kernel itself.
int signal_send(struct task *task, int signal);

// Sends to every task of a process group. Returns 0, or -ESRCH if there is none. tree_lock is held.
int signal_send_group(int pgid, int signal);

// True if `from` may send `signal` to `to`: who has one of its ids, or is the superuser, may; and
// to let a job go on, everybody in its session. tree_lock is held.
bool signal_may_send(const struct task *from, const struct task *to, int signal);

// ---- The current task ------------------------------------------------------------------------

// A fault of the program itself: makes its handler run, if it has one that is not blocked. Returns
// false if not: then the caller ends the task with task_kill, even pid 1.
bool signal_force(const struct siginfo *info);

// Blocks these signals and no others; SIGKILL and SIGSTOP stay unblocked.
void signal_set_blocked(sigset_t set);

// Blocks again what the task has blocked, if a call has set a mask of its own (sys/signal.h).
void signal_end_temporary_mask(void);

// What shall happen about a signal.
struct sigaction signal_action(int signal);

// True if the current task has a signal to take that ends or stops it.
bool signal_is_fatal(void);

// True if a signal would have no effect now: blocked, ignored, or pid 1 not prepared for it.
bool signal_is_ignored(int signal);

// Says what shall happen about a signal; one that is pending is forgotten if that is nothing.
void signal_set_action(int signal, const struct sigaction *action);

// Takes the first pending signal in `set`. Returns its number, or 0 if there is none.
int signal_take(struct signal_state *state, sigset_t set, struct siginfo *info);

// On the way to user mode, interrupts on: takes all pending signals, which may end the task or
// start handlers, and settles whether an interrupted call is made anew.
void signal_deliver(struct trapframe *tf);

// True if sp is on the alternate stack.
bool signal_on_altstack(const struct sigstack *stack, uintptr_t sp);
