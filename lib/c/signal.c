// SPDX-License-Identifier: MIT
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "call.h"

// Where a handler returns to: x86_64/restorer.asm.
void signal_restorer(void);

int kill(pid_t pid, int signal) {
    return (int)CALL(SYS_kill, pid, signal);
}

int raise(int signal) {
    return (int)CALL(SYS_tkill, CALL(SYS_gettid), signal);
}

int tgkill(pid_t pid, pid_t thread, int signal) {
    return (int)CALL(SYS_tgkill, pid, thread, signal);
}

int sigqueue(pid_t pid, int signal, union sigval value) {
    siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value = value;
    return (int)CALL(SYS_rt_sigqueueinfo, pid, signal, &info);
}

int sigaction(int signal, const struct sigaction *action, struct sigaction *old) {
    struct sigaction with_restorer;
    if (action != NULL) {
        with_restorer = *action;
        with_restorer.sa_flags |= SA_RESTORER;
        with_restorer.sa_restorer = signal_restorer;
        action = &with_restorer;
    }
    return (int)CALL(SYS_rt_sigaction, signal, action, old, sizeof(sigset_t));
}

void (*signal(int number, void (*handler)(int)))(int) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    return sigaction(number, &action, &action) < 0 ? SIG_ERR : action.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old) {
    return (int)CALL(SYS_rt_sigprocmask, how, set, old, sizeof *set);
}

int sigpending(sigset_t *set) {
    return (int)CALL(SYS_rt_sigpending, set, sizeof *set);
}

int sigsuspend(const sigset_t *mask) {
    return (int)CALL(SYS_rt_sigsuspend, mask, sizeof *mask);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout) {
    return (int)CALL(SYS_rt_sigtimedwait, set, info, timeout, sizeof *set);
}

int pause(void) {
    return (int)CALL(SYS_pause);
}

int sigaltstack(const stack_t *stack, stack_t *old) {
    return (int)CALL(SYS_sigaltstack, stack, old);
}

int sigemptyset(sigset_t *set) {
    set->bits = 0;
    return 0;
}

int sigfillset(sigset_t *set) {
    set->bits = UINT64_MAX;
    return 0;
}

static uint64_t bit_of(int signal) {
    return 1UL << (signal - 1);
}

static bool is_signal(int signal) {
    return signal >= 1 && signal <= SIGRTMAX;
}

int sigaddset(sigset_t *set, int signal) {
    if (!is_signal(signal)) {
        errno = EINVAL;
        return -1;
    }
    set->bits |= bit_of(signal);
    return 0;
}

int sigdelset(sigset_t *set, int signal) {
    if (!is_signal(signal)) {
        errno = EINVAL;
        return -1;
    }
    set->bits &= ~bit_of(signal);
    return 0;
}

int sigismember(const sigset_t *set, int signal) {
    if (!is_signal(signal)) {
        errno = EINVAL;
        return -1;
    }
    return (set->bits & bit_of(signal)) != 0;
}
