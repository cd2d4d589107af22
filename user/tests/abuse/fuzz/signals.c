// SPDX-License-Identifier: MIT
// Calls about signals. They go to the process itself, its children and its group.
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define BIT(signal) (1UL << ((signal)-1))
enum { SET_BYTES = 8, CODE_QUEUE = -1, SIGINFO_USED = 48 };

// What the system call takes; the library's structure may differ.
struct action {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
};

static volatile int handled;
static uintptr_t restorer; // the library's

static void count(int signal) {
    (void)signal;
    handled++;
}

// Where the program would only fault again.
static void leave(int signal) {
    _exit(64 + signal);
}

static bool is_fault(int signal) {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
           signal == SIGTRAP;
}

static struct action action_of(int signal, unsigned long flags) {
    uintptr_t handler = (uintptr_t)(is_fault(signal) ? leave : count);
    return (struct action){handler, flags | 0x04000000, restorer, 0};
}

void signals_setup(void) {
    static const int counted[] = {SIGHUP,  SIGINT, SIGUSR1, SIGPIPE, SIGALRM,
                                  SIGTERM, 34,     35,      WAKE_UP};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    sigaction(WAKE_UP, &action, NULL);
    struct action raw;
    TRY(SYS_rt_sigaction, WAKE_UP, NULL, &raw, SET_BYTES);
    restorer = raw.restorer;
    for (unsigned i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        raw = action_of(counted[i], 0);
        TRY(SYS_rt_sigaction, counted[i], &raw, NULL, SET_BYTES);
    }
}

static uint64_t random_set(void) {
    uint64_t set = random_bits();
    set &= chance(40) ? 0 : random_bits();
    return set & ~BIT(WAKE_UP);
}

static uint64_t *set_in_memory(uint64_t set) {
    uint64_t *memory = (uint64_t *)((uintptr_t)good(8) & ~7UL);
    *memory = set;
    return chance(95) ? memory : (uint64_t *)wild();
}

static size_t set_bytes(void) {
    return chance(97) ? SET_BYTES : below(20);
}

static int any_signal(void) {
    static const int gentle[] = {SIGUSR1, SIGCHLD, SIGCONT, SIGURG, SIGHUP, SIGINT, 34, 35};
    static const int odd[] = {0, -1, 65, 1000, INT_MIN};
    unsigned choice = below(100);
    if (choice < 35) {
        return 0;
    }
    if (choice < 85) {
        return ONE_OF(gentle);
    }
    int signal = choice < 92 ? ONE_OF(odd) : 1 + (int)below(64);
    bool stops = signal >= SIGSTOP && signal <= SIGTTOU; // nobody would continue a lone process
    return state->alone && stops ? SIGURG : signal;
}

static long do_sigaction(void) {
    static const int odd[] = {0, -1, 65, SIGKILL, SIGSTOP, INT_MAX};
    int signal = 1 + (int)below(64);
    if (signal == WAKE_UP || chance(8)) {
        signal = ONE_OF(odd);
    }
    struct action *action = (struct action *)((uintptr_t)good(sizeof *action) & ~7UL);
    unsigned long flags = random_bits() & (0x50000006 | (state->alone ? 0 : 0x88000000));
    *action = action_of(signal, flags);
    action->mask = random_set();
    if (chance(40)) {
        action->handler = below(3) != 0; // ignored more often than by default
    } else if (chance(1) && !state->alone) {
        action->handler = (uintptr_t)wild();
    }
    struct action *from = chance(75) ? action : chance(90) ? NULL : (struct action *)wild();
    return TRY(SYS_rt_sigaction, signal, from, chance(70) ? NULL : buffer(32), set_bytes());
}

static long do_sigprocmask(void) {
    uint64_t *from = chance(15) ? NULL : set_in_memory(random_set());
    int how = chance(95) ? (int)below(3) : (int)random_bits();
    return TRY(SYS_rt_sigprocmask, how, from, chance(70) ? NULL : buffer(8), set_bytes());
}

static long do_sigpending(void) {
    return TRY(SYS_rt_sigpending, buffer(8), set_bytes());
}

static void send_to_self_blocked(int signal) {
    uint64_t set = BIT(signal);
    TRY(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, SET_BYTES);
    TRY(SYS_kill, getpid(), signal);
}

static long do_sigtimedwait(void) {
    uint64_t set = random_set();
    if (chance(50)) {
        send_to_self_blocked(SIGUSR1);
        set |= BIT(SIGUSR1);
    }
    set &= ~(state->alone ? BIT(SIGPIPE) : 0); // whether it goes before others varies
    long *span = (long *)((uintptr_t)good(16) & ~7UL);
    span[0] = chance(97) ? 0 : (long)random_bits();
    span[1] = chance(70) || state->alone ? 0 : (long)below(2000000);
    long *timeout = chance(96) ? span : state->alone || chance(50) ? (long *)wild() : NULL;
    uint64_t *from = chance(95) ? set_in_memory(set) : (uint64_t *)wild();
    timeout = (char *)timeout == (char *)from ? NULL : timeout;
    if (state->alone && timeout == NULL) {
        return -EINVAL; // it would wait for ever
    }
    return TRY(SYS_rt_sigtimedwait, from, chance(70) ? NULL : buffer(128), timeout, set_bytes());
}

// Whom a signal goes to. Others are not to be disturbed; process 1 does not mind.
static int target(void) {
    static const int nobody[] = {99999, 30001, INT_MAX, INT_MIN};
    unsigned choice = below(100);
    if (state->alone || choice < 30) {
        return choice < 90 ? getpid() : ONE_OF(nobody);
    }
    if (choice < 75) {
        int child = some_child();
        return child != 0 ? child : getpid();
    }
    if (choice < 80) {
        return 0;
    }
    if (choice < 87) {
        int group = (int)TRY(SYS_getpgrp);
        return group > 1 ? -group : 0;
    }
    return choice < 92 ? 1 : ONE_OF(nobody);
}

// Now and then a child is killed.
static int signal_for(int pid) {
    return pid > 1 && pid != getpid() && chance(15) ? SIGKILL : any_signal();
}

static long do_kill(void) {
    int pid = target();
    if (pid == 0 && TRY(SYS_getpgrp) == 1) {
        pid = getpid(); // it has joined the supervisor's group
    }
    return TRY(SYS_kill, pid, signal_for(pid));
}

static long do_tkill(void) {
    int pid = target();
    return TRY(SYS_tkill, pid, signal_for(pid));
}

static long do_tgkill(void) {
    int pid = target();
    return TRY(SYS_tgkill, chance(90) ? pid : pid + 1, pid, signal_for(pid));
}

static long do_sigqueueinfo(void) {
    siginfo_t *info = (siginfo_t *)((uintptr_t)good(sizeof *info) & ~7UL);
    int pid = target();
    memset(info, 0, sizeof *info);
    memset(info, (int)below(256), SIGINFO_USED);
    info->si_code = chance(80) ? CODE_QUEUE : (int)random_bits();
    return TRY(SYS_rt_sigqueueinfo, pid, chance(60) ? 34 + (int)below(3) : any_signal(),
               chance(95) ? info : (siginfo_t *)wild());
}

static long do_sigsuspend(void) {
    return TRY(SYS_rt_sigsuspend, set_in_memory(random_set()), set_bytes());
}

static long do_pause(void) {
    return TRY(SYS_pause);
}

static long do_sigaltstack(void) {
    static const size_t sizes[] = {0, 2047, 2048, 8192, 65536, ~0UL};
    static const unsigned flags[] = {0, 0, 0, 1, 2, 4, 1u << 31, ~0u};
    stack_t *stack = (stack_t *)((uintptr_t)good(sizeof *stack) & ~7UL);
    memset(stack, 0, sizeof *stack);
    stack->ss_size = chance(60) ? 8192 : ONE_OF(sizes);
    // Whether the program's own stack is part of a huge one that begins anywhere is the system's
    // business.
    stack->ss_sp = chance(95) || state->alone ? good_start : wild();
    stack->ss_flags = (int)ONE_OF(flags);
    stack = chance(75) ? stack : chance(90) ? NULL : (stack_t *)wild();
    return TRY(SYS_sigaltstack, stack, chance(70) ? NULL : buffer(24));
}

static void return_from_nothing(void) {
    TRY(SYS_rt_sigreturn);
}

// How a handler comes back; or, in a process of its own, without having been called.
static long do_sigreturn(void) {
    if (!state->alone && chance(30)) {
        return fork_by(SYS_fork, 0, 0, return_from_nothing);
    }
    unsigned long flags = random_bits() & (0x50000004 | (state->alone ? 0 : 0x88000000));
    struct action action = action_of(SIGUSR1, flags);
    uint64_t set = BIT(SIGUSR1);
    int before = handled;
    TRY(SYS_rt_sigaction, SIGUSR1, &action, NULL, SET_BYTES);
    TRY(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, SET_BYTES);
    TRY(SYS_tkill, getpid(), SIGUSR1);
    return handled > before ? 0 : -EINTR;
}

const struct call signal_calls[] = {
    {"rt_sigaction", do_sigaction, 15, ALONE, NULL},
    {"rt_sigprocmask", do_sigprocmask, 15, ALONE, NULL},
    {"rt_sigpending", do_sigpending, 4, ALONE, NULL},
    {"rt_sigtimedwait", do_sigtimedwait, 6, ALONE, NULL},
    {"kill", do_kill, 15, ALONE, NULL},
    {"tkill", do_tkill, 6, 0, NULL},
    {"tgkill", do_tgkill, 6, 0, NULL},
    {"rt_sigqueueinfo", do_sigqueueinfo, 8, ALONE, NULL},
    {"rt_sigsuspend", do_sigsuspend, 2, 0, "it returns only with EINTR"},
    {"pause", do_pause, 1, 0, "it returns only with EINTR"},
    {"sigaltstack", do_sigaltstack, 6, ALONE, NULL},
    {"rt_sigreturn", do_sigreturn, 6, ALONE, NULL},
    {0},
};
