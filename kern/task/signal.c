// SPDX-License-Identifier: MIT
#include "task/signal.h"

#include <arch/trapframe.h>

#include "arch/sigframe.h"
#include "errno.h"
#include "mm/heap.h"
#include "task/cred.h"
#include "task/jobs.h"
#include "task/sched.h"
#include "task/task.h"

#define BIT(signal) sigset_of(signal)
#define NEVER_BLOCKED (BIT(SIGKILL) | BIT(SIGSTOP))

// Raised by what the program itself has just done; but for SIGKILL these go first.
#define SYNCHRONOUS \
    (BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE) | BIT(SIGSYS))

// What signals do by default; the others end the task.
#define IGNORED_BY_DEFAULT (BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT))
#define STOP_BY_DEFAULT (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))

// Details about a signal that is pending.
struct pending_signal {
    struct list link;
    struct siginfo info;
};

static bool is_realtime(int signal) {
    return signal > SIGSYS;
}

enum outcome { NOTHING, HANDLER, STOP, END };

// Pid 1 cannot be stopped or ended by a signal that it has no handler for.
static enum outcome outcome_of(const struct task *task, const struct sigaction *action,
                               int signal) {
    if (action->handler > SIG_IGN) {
        return HANDLER;
    }
    if (action->handler == SIG_IGN || (IGNORED_BY_DEFAULT & BIT(signal)) || task->pid == 1) {
        return NOTHING;
    }
    return (STOP_BY_DEFAULT & BIT(signal)) ? STOP : END;
}

// ---- The queue -------------------------------------------------------------------------------

// Takes the oldest `signal` out of the queue; state->lock is held.
static void dequeue(struct signal_state *state, int signal, struct siginfo *info) {
    bool found = false;
    bool more = false;
    *info = (struct siginfo){.signal = signal}; // if there was no memory for the details
    list_for_each_safe(link, &state->queue) {
        struct pending_signal *entry = list_entry(link, struct pending_signal, link);
        if (entry->info.signal != signal) {
            continue;
        }
        if (found) {
            more = true;
            break;
        }
        found = true;
        *info = entry->info;
        list_remove(link);
        state->queued--;
        kfree(entry);
    }
    if (!more) {
        state->pending &= ~BIT(signal);
    }
}

// signal_take, with state->lock held.
static int take(struct signal_state *state, sigset_t set, struct siginfo *info) {
    set &= state->pending;
    if (set == 0) {
        return 0;
    }
    if (set & BIT(SIGKILL)) {
        set = BIT(SIGKILL);
    } else if (set & SYNCHRONOUS) {
        set &= SYNCHRONOUS;
    }
    int signal = __builtin_ctzll(set) + 1;
    dequeue(state, signal, info);
    return signal;
}

static void discard(struct signal_state *state, sigset_t set) {
    struct siginfo unused;
    while (take(state, set, &unused) != 0) {
    }
}

// ---- Sending ---------------------------------------------------------------------------------

static bool is_ignored(struct task *task, int signal) {
    if (task->signals.gone) {
        return true;
    }
    if (task->signals.blocked & BIT(signal)) {
        return false; // it may get a handler before it is unblocked
    }
    spin_lock(&task->sighand->lock);
    bool ignored = outcome_of(task, &task->sighand->actions[signal - 1], signal) == NOTHING;
    spin_unlock(&task->sighand->lock);
    return ignored;
}

int signal_send_info(struct task *task, const struct siginfo *info) {
    struct signal_state *state = &task->signals;
    int error = 0;
    if (info->signal == SIGCONT) {
        job_continue(task);
    }
    spin_lock(&state->lock);
    if (info->signal == SIGCONT) {
        discard(state, STOP_BY_DEFAULT);
    } else if (STOP_BY_DEFAULT & BIT(info->signal)) {
        discard(state, BIT(SIGCONT));
    }
    bool merges = (state->pending & BIT(info->signal)) && !is_realtime(info->signal);
    if (!merges && !is_ignored(task, info->signal)) {
        bool limited = is_realtime(info->signal) || info->code < 0; // or they are few
        struct pending_signal *entry = NULL;
        if (state->queued < SIGNAL_QUEUE_LIMIT || !limited) {
            entry = kmalloc(sizeof *entry);
        }
        if (entry != NULL) {
            entry->info = *info;
            list_push_back(&state->queue, &entry->link);
            state->queued++;
        } else if (is_realtime(info->signal) && info->code < 0) {
            error = -EAGAIN;
        }
        if (error == 0) {
            state->pending |= BIT(info->signal);
        }
        if (info->signal == SIGKILL) {
            wait_wake_all(&task->continued);
        }
        if (signal_pending(task)) {
            sched_interrupt(task);
        }
    }
    spin_unlock(&state->lock);
    return error;
}

int signal_send(struct task *task, int signal) {
    struct siginfo info = {.signal = signal, .code = SI_KERNEL};
    return signal_send_info(task, &info);
}

int signal_send_group(int pgid, int signal) {
    int error = -ESRCH;
    list_for_each(link, &tasks) {
        struct task *task = list_entry(link, struct task, link);
        if (task->pgid == pgid) {
            signal_send(task, signal);
            error = 0;
        }
    }
    return error;
}

bool signal_may_send(const struct task *from, const struct task *to, int signal) {
    const struct cred *own = from->cred;
    const struct cred *its = to->cred;
    return own->euid == 0 || own->euid == its->uid || own->euid == its->suid ||
           own->uid == its->uid || own->uid == its->suid || from == to ||
           (signal == SIGCONT && from->sid == to->sid);
}

// ---- Taking ----------------------------------------------------------------------------------

int signal_take(struct signal_state *state, sigset_t set, struct siginfo *info) {
    spin_lock(&state->lock);
    int signal = take(state, set, info);
    spin_unlock(&state->lock);
    return signal;
}

void signal_set_blocked(sigset_t set) {
    struct signal_state *state = &current->signals;
    spin_lock(&state->lock);
    state->blocked = set & ~NEVER_BLOCKED;
    spin_unlock(&state->lock);
}

struct sigaction signal_action(int signal) {
    struct sighand *sighand = current->sighand;
    spin_lock(&sighand->lock);
    struct sigaction action = sighand->actions[signal - 1];
    spin_unlock(&sighand->lock);
    return action;
}

bool signal_is_ignored(int signal) {
    struct sigaction action = signal_action(signal);
    return (current->signals.blocked & BIT(signal)) ||
           outcome_of(current, &action, signal) == NOTHING;
}

bool signal_is_fatal(void) {
    sigset_t set = current->signals.pending & ~current->signals.blocked;
    for (; set != 0; set &= set - 1) {
        int signal = __builtin_ctzll(set) + 1;
        struct sigaction action = signal_action(signal);
        if (outcome_of(current, &action, signal) >= STOP) {
            return true;
        }
    }
    return false;
}

void signal_set_action(int signal, const struct sigaction *action) {
    struct sighand *sighand = current->sighand;
    spin_lock(&sighand->lock);
    sighand->actions[signal - 1] = *action;
    sighand->actions[signal - 1].mask &= ~NEVER_BLOCKED;
    spin_unlock(&sighand->lock);
    if (outcome_of(current, action, signal) == NOTHING) {
        spin_lock(&current->signals.lock);
        discard(&current->signals, BIT(signal));
        spin_unlock(&current->signals.lock);
    }
}

bool signal_force(const struct siginfo *info) {
    return signal_action(info->signal).handler > SIG_IGN &&
           (current->signals.blocked & BIT(info->signal)) == 0 &&
           signal_send_info(current, info) == 0;
}

bool signal_on_altstack(const struct sigstack *stack, uintptr_t sp) {
    return (stack->flags & (SS_DISABLE | SS_AUTODISARM)) == 0 && sp > stack->start &&
           sp - stack->start <= stack->bytes;
}

// ---- Delivering ------------------------------------------------------------------------------

// What signal `info` shall lead to; a handler that is for once is forgotten here.
static struct sigaction action_for(const struct siginfo *info) {
    struct sighand *sighand = current->sighand;
    spin_lock(&sighand->lock);
    struct sigaction *slot = &sighand->actions[info->signal - 1];
    struct sigaction action = *slot;
    if (action.handler > SIG_IGN && (action.flags & SA_RESETHAND)) {
        slot->handler = SIG_DFL;
    }
    spin_unlock(&sighand->lock);
    return action;
}

// -ERESTARTSYS or -ERESTARTNOHAND, if a system call has answered that; otherwise 0.
static int64_t interrupted(const struct trapframe *tf) {
    int64_t result = trapframe_in_syscall(tf) ? trapframe_return(tf) : 0;
    return result == -ERESTARTSYS || result == -ERESTARTNOHAND ? result : 0;
}

// The handler could not be called: there is no stack. If it was the one for SIGSEGV, that is the
// end; otherwise the one for SIGSEGV may have a stack of its own.
static void frame_failed(const struct trapframe *tf, int signal) {
    struct siginfo segv = {.signal = SIGSEGV, .code = SI_KERNEL};
    if (current->signals.pending & BIT(SIGKILL)) {
        return; // there is a stack, but no memory for it
    }
    if (signal == SIGSEGV || !signal_force(&segv)) {
        task_kill(SIGSEGV, "there is no room for a handler's stack frame below 0x%lx",
                  trapframe_sp(tf));
    }
}

static void run_handler(struct trapframe *tf, const struct siginfo *info,
                        const struct sigaction *action) {
    struct signal_state *state = &current->signals;
    current->restart_deadline = 0;
    if (interrupted(tf) == -ERESTARTSYS && (action->flags & SA_RESTART)) {
        trapframe_restart(tf);
    } else if (interrupted(tf) != 0) {
        trapframe_set_return(tf, -EINTR);
    }
    struct sigframe frame = {
        .action = action,
        .info = info,
        .mask = state->mask_is_temporary ? state->saved_mask : state->blocked,
        .altstack = state->altstack,
    };
    if (sigframe_push(tf, &frame) < 0) {
        frame_failed(tf, info->signal);
        return;
    }
    if (state->altstack.flags & SS_AUTODISARM) {
        state->altstack = (struct sigstack){.flags = SS_DISABLE};
    }
    state->mask_is_temporary = false;
    sigset_t itself = action->flags & SA_NODEFER ? 0 : BIT(info->signal);
    signal_set_blocked(state->blocked | action->mask | itself);
}

static _Noreturn void kill_by_default(const struct siginfo *info) {
    if (info->pid == 0) { // the details may have been lost
        task_kill(info->signal, "sent by the kernel");
    }
    task_kill(info->signal, "sent by pid %d", info->pid);
}

// Takes a signal, if there is one, and does what it leads to; if that is to stop, with the tree
// locked from the start: a SIGCONT that shall undo it comes before it is taken, or when the task
// has stopped.
static enum outcome take_next(struct siginfo *info, struct sigaction *action) {
    enum outcome outcome = NOTHING;
    spin_lock(&tree_lock);
    if (signal_take(&current->signals, ~current->signals.blocked, info) != 0) {
        *action = action_for(info);
        outcome = outcome_of(current, action, info->signal);
    }
    if (outcome == STOP) {
        job_stop(info->signal);
    }
    spin_unlock(&tree_lock);
    return outcome;
}

void signal_end_temporary_mask(void) {
    struct signal_state *state = &current->signals;
    if (state->mask_is_temporary) {
        state->mask_is_temporary = false;
        signal_set_blocked(state->saved_mask);
    }
}

void signal_deliver(struct trapframe *tf) {
    struct siginfo info;
    struct sigaction action;
    while (signal_pending(current)) {
        enum outcome outcome = take_next(&info, &action);
        if (outcome == HANDLER) {
            run_handler(tf, &info, &action);
        } else if (outcome == END) {
            kill_by_default(&info);
        }
    }
    if (interrupted(tf) != 0) {
        trapframe_restart(tf);
    }
    signal_end_temporary_mask();
}
