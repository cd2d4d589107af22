// SPDX-License-Identifier: MIT
// Signals at the receiver: sigaction(2), sigprocmask(2), sigsuspend(2), sigaltstack(2) and their
// like.
#include "sys/signal.h"

#include "arch/machine.h"
#include "arch/sigframe.h"
#include "errno.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "sys/time.h"
#include "task/task.h"
#include "task/wait.h"

const char *signal_name(int signal) {
    static const char *const names[] = {
        NULL,        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
        "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
    };
    bool named = signal > 0 && signal <= SIGSYS;
    return named ? names[signal] : "a real-time signal";
}

// Every call that takes a set of signals also takes its size, which must be this.
static bool set_size_ok(uint64_t bytes) {
    return bytes == sizeof(sigset_t);
}

// ---- Handling --------------------------------------------------------------------------------

int64_t sys_rt_sigaction(struct trapframe *tf) {
    int signal = (int)trapframe_argument(tf, 0);
    uintptr_t from = trapframe_argument(tf, 1);
    uintptr_t old_to = trapframe_argument(tf, 2);
    struct sigaction action;
    if (!set_size_ok(trapframe_argument(tf, 3))) {
        return -EINVAL;
    }
    if (from != 0 && copy_from_user(&action, from, sizeof action) < 0) {
        return -EFAULT;
    }
    if (signal < 1 || signal > SIGNALS || (from != 0 && (signal == SIGKILL || signal == SIGSTOP))) {
        return -EINVAL;
    }
    struct sigaction old = signal_action(signal);
    if (from != 0) {
        signal_set_action(signal, &action);
    }
    return old_to != 0 ? copy_to_user(old_to, &old, sizeof old) : 0;
}

int64_t sys_rt_sigprocmask(struct trapframe *tf) {
    uintptr_t from = trapframe_argument(tf, 1);
    uintptr_t old_to = trapframe_argument(tf, 2);
    sigset_t old = current->signals.blocked;
    sigset_t set = 0;
    if (!set_size_ok(trapframe_argument(tf, 3))) {
        return -EINVAL;
    }
    if (from != 0) {
        if (copy_from_user(&set, from, sizeof set) < 0) {
            return -EFAULT;
        }
        switch ((int)trapframe_argument(tf, 0)) {
        case SIG_BLOCK:
            set |= old;
            break;
        case SIG_UNBLOCK:
            set = old & ~set;
            break;
        case SIG_SETMASK:
            break;
        default:
            return -EINVAL;
        }
        signal_set_blocked(set);
    }
    return old_to != 0 ? copy_to_user(old_to, &old, sizeof old) : 0;
}

int64_t sys_rt_sigpending(struct trapframe *tf) {
    sigset_t set = current->signals.pending & current->signals.blocked;
    uint64_t bytes = trapframe_argument(tf, 1);
    return bytes > sizeof set ? -EINVAL : copy_to_user(trapframe_argument(tf, 0), &set, bytes);
}

// Stores a new alternate stack, unless the current one is in use.
static int64_t set_altstack(const struct sigstack *stack, uintptr_t sp) {
    struct sigstack *mine = &current->signals.altstack;
    unsigned mode = stack->flags & ~SS_AUTODISARM;
    if (signal_on_altstack(mine, sp)) {
        return -EPERM;
    }
    if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE) {
        return -EINVAL;
    }
    if (mode == SS_DISABLE) {
        *mine = (struct sigstack){.flags = stack->flags};
        return 0;
    }
    if (stack->bytes < MINSIGSTKSZ) {
        return -ENOMEM;
    }
    *mine = *stack;
    mine->flags = stack->flags & SS_AUTODISARM;
    return 0;
}

int64_t sys_sigaltstack(struct trapframe *tf) {
    uintptr_t from = trapframe_argument(tf, 0);
    uintptr_t old_to = trapframe_argument(tf, 1);
    struct sigstack stack;
    struct sigstack old = current->signals.altstack;
    if (signal_on_altstack(&old, trapframe_sp(tf))) {
        old.flags |= SS_ONSTACK;
    }
    if (from != 0) {
        if (copy_from_user(&stack, from, sizeof stack) < 0) {
            return -EFAULT;
        }
        int64_t error = set_altstack(&stack, trapframe_sp(tf));
        if (error < 0) {
            return error;
        }
    }
    return old_to != 0 ? copy_to_user(old_to, &old, sizeof old) : 0;
}

// Called by the restorer. What it answers is in the registers it has restored.
int64_t sys_rt_sigreturn(struct trapframe *tf) {
    sigset_t mask = current->signals.blocked;
    struct sigstack stack;
    uintptr_t sp = trapframe_sp(tf);
    int error = sigframe_pop(tf, &mask, &stack);
    signal_set_blocked(mask);
    if (error < 0) {
        struct siginfo info = {.signal = SIGSEGV, .code = SI_KERNEL};
        if (!signal_force(&info)) {
            task_kill(SIGSEGV, "there is no signal frame to return from at 0x%lx", sp);
        }
        return 0;
    }
    (void)set_altstack(&stack, trapframe_sp(tf)); // as the handler left it, if that can be
    return trapframe_return(tf);
}

// ---- Waiting ---------------------------------------------------------------------------------

// Sleeps until a signal is to be delivered.
static int64_t wait_for_delivery(void) {
    struct signal_state *state = &current->signals;
    struct wait_queue nobody_wakes;
    wait_queue_init(&nobody_wakes);
    spin_lock(&state->lock);
    while (wait_sleep_interruptible(&nobody_wakes, &state->lock) == 0) {
    }
    spin_unlock(&state->lock);
    return -ERESTARTNOHAND;
}

int64_t sys_pause(struct trapframe *tf) {
    (void)tf;
    return wait_for_delivery();
}

int signal_mask_for_call(uintptr_t from, uint64_t bytes) {
    struct signal_state *state = &current->signals;
    sigset_t set;
    if (!set_size_ok(bytes)) {
        return -EINVAL;
    }
    if (copy_from_user(&set, from, sizeof set) < 0) {
        return -EFAULT;
    }
    state->saved_mask = state->blocked;
    state->mask_is_temporary = true;
    signal_set_blocked(set);
    return 0;
}

int64_t sys_rt_sigsuspend(struct trapframe *tf) {
    int error = signal_mask_for_call(trapframe_argument(tf, 0), trapframe_argument(tf, 1));
    return error < 0 ? error : wait_for_delivery();
}

// Waits until one of `set` is pending. Returns it, or -EAGAIN (deadline over), or -EINTR.
static int wait_for_one(sigset_t set, uint64_t deadline, struct siginfo *info) {
    struct signal_state *state = &current->signals;
    state->awaited = set;
    int error = 0;
    int signal = signal_take(state, set, info);
    while (signal == 0 && error == 0) {
        struct wait_queue nobody_wakes;
        wait_queue_init(&nobody_wakes);
        spin_lock(&state->lock);
        error = cycle_count() < deadline ? wait_sleep_until(&nobody_wakes, &state->lock, deadline)
                                         : -ETIMEDOUT;
        spin_unlock(&state->lock);
        signal = signal_take(state, set, info);
    }
    state->awaited = 0;
    if (signal != 0) {
        return signal;
    }
    return error == -ETIMEDOUT ? -EAGAIN : error;
}

int64_t sys_rt_sigtimedwait(struct trapframe *tf) {
    uintptr_t info_to = trapframe_argument(tf, 1);
    uint64_t deadline;
    sigset_t set;
    struct siginfo info[SIGINFO_BYTES / sizeof(struct siginfo) + 1] = {0};
    if (!set_size_ok(trapframe_argument(tf, 3))) {
        return -EINVAL;
    }
    if (copy_from_user(&set, trapframe_argument(tf, 0), sizeof set) < 0) {
        return -EFAULT;
    }
    int error = deadline_from_user(trapframe_argument(tf, 2), &deadline);
    if (error < 0) {
        return error;
    }
    int signal = wait_for_one(set & ~(sigset_of(SIGKILL) | sigset_of(SIGSTOP)), deadline, info);
    if (signal > 0 && info_to != 0 && copy_to_user(info_to, info, SIGINFO_BYTES) < 0) {
        return -EFAULT;
    }
    return signal;
}
