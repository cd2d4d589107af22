// SPDX-License-Identifier: MIT
// Signals (POSIX); structures are Linux's for the x86-64.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "abi/signal.h"

#define NSIG 65

typedef int sig_atomic_t;

typedef struct {
    uint64_t bits; // signal n is bit n - 1
} sigset_t;

typedef union sigval {
    int sival_int;
    void *sival_ptr;
} sigval_t;

// Which of the fields count depends on the signal and on si_code.
typedef struct {
    int si_signo;
    int si_errno;
    int si_code;
    union {
        struct {
            pid_t pid;
            uid_t uid;
            union {
                int status;
                sigval_t value;
            };
        } from;        // a process: kill, the end of a child, sigqueue
        void *address; // SIGSEGV and the like
        char room[112];
    } si_fields __attribute__((aligned(8)));
} siginfo_t;

#define si_pid si_fields.from.pid
#define si_uid si_fields.from.uid
#define si_status si_fields.from.status
#define si_value si_fields.from.value
#define si_addr si_fields.address

struct sigaction {
    union {
        void (*sa_handler)(int signal);
        void (*sa_sigaction)(int signal, siginfo_t *info, void *context);
    };
    unsigned long sa_flags;
    void (*sa_restorer)(void); // the library's: where a handler returns to
    sigset_t sa_mask;
};

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int)) - 1)

typedef struct {
    void *ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

#define SIGSTKSZ 8192

int kill(pid_t pid, int signal);
int raise(int signal);
int tgkill(pid_t pid, pid_t thread, int signal);
int sigqueue(pid_t pid, int signal, union sigval value);
void (*signal(int number, void (*handler)(int)))(int);
int sigaction(int signal, const struct sigaction *action, struct sigaction *old);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int sigaltstack(const stack_t *stack, stack_t *old);

int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal);
