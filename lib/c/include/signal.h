// SPDX-License-Identifier: MIT
// Signals (POSIX); numbers and structures are Linux's for the x86-64.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGWINCH 28
#define SIGRTMIN 32
#define SIGRTMAX 64

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

#define SI_USER 0
#define SI_KERNEL 0x80
#define SI_TKILL (-6)
#define FPE_INTDIV 1
#define ILL_ILLOPN 2
#define TRAP_BRKPT 1
#define TRAP_TRACE 2
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2

// si_code of SIGCHLD and waitid.
#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_DUMPED 3
#define CLD_STOPPED 5
#define CLD_CONTINUED 6

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

#define SA_NOCLDSTOP 0x00000001UL
#define SA_NOCLDWAIT 0x00000002UL
#define SA_SIGINFO 0x00000004UL
#define SA_RESTORER 0x04000000UL
#define SA_ONSTACK 0x08000000UL
#define SA_RESTART 0x10000000UL
#define SA_NODEFER 0x40000000UL
#define SA_RESETHAND 0x80000000UL

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

typedef struct {
    void *ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

#define SS_ONSTACK 1
#define SS_DISABLE 2
#define MINSIGSTKSZ 2048
#define SIGSTKSZ 8192

int kill(pid_t pid, int signal);
int raise(int signal);
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
