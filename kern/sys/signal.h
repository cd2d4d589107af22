// SPDX-License-Identifier: MIT
// Signals as programs see them: the numbers, bits and structures of Linux's ABI.
#pragma once

#include <stdint.h>

enum {
    SIGHUP = 1,
    SIGINT = 2,
    SIGQUIT = 3,
    SIGILL = 4,
    SIGTRAP = 5,
    SIGABRT = 6,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGPIPE = 13,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGSTKFLT = 16,
    SIGCHLD = 17,
    SIGCONT = 18,
    SIGSTOP = 19,
    SIGTSTP = 20,
    SIGTTIN = 21,
    SIGTTOU = 22,
    SIGURG = 23,
    SIGXCPU = 24,
    SIGXFSZ = 25,
    SIGVTALRM = 26,
    SIGPROF = 27,
    SIGWINCH = 28,
    SIGIO = 29,
    SIGPWR = 30,
    SIGSYS = 31,
    SIGNALS = 64, // 32 to 64 are real-time signals: they queue
};

// A set of signals: signal n is bit n - 1.
typedef uint64_t sigset_t;

static inline sigset_t sigset_of(int signal) {
    return (sigset_t)1 << (signal - 1);
}

// Handlers that are none.
#define SIG_DFL 0UL
#define SIG_IGN 1UL

#define SA_NOCLDWAIT 0x2UL
#define SA_SIGINFO 0x4UL
#define SA_RESTORER 0x04000000UL
#define SA_ONSTACK 0x08000000UL
#define SA_RESTART 0x10000000UL
#define SA_NODEFER 0x40000000UL
#define SA_RESETHAND 0x80000000UL

struct sigaction {
    uintptr_t handler;
    uint64_t flags;
    uintptr_t restorer; // where a handler returns to
    sigset_t mask;      // blocked while the handler runs, besides the signal itself
};

// Why a signal was sent.
enum {
    SI_USER = 0,      // kill
    SI_KERNEL = 0x80, // the kernel, without details
    SI_TKILL = -6,    // tkill, tgkill
    ILL_ILLOPN = 2,
    FPE_INTDIV = 1,
    FPE_INTOVF = 2,
    FPE_FLTDIV = 3,
    FPE_FLTOVF = 4,
    FPE_FLTUND = 5,
    FPE_FLTRES = 6,
    FPE_FLTINV = 7,
    SEGV_MAPERR = 1, // nothing is mapped there
    SEGV_ACCERR = 2, // the mapping does not permit it
    BUS_ADRALN = 1,
    TRAP_BRKPT = 1,
    TRAP_TRACE = 2,
    CLD_EXITED = 1,
    CLD_KILLED = 2,
};

// What a handler is told: the first part of Linux's siginfo_t, whose rest is zero.
struct siginfo {
    int signal;
    int error;
    int code;
    int padding;
    union {
        struct {
            int pid; // the sender, or the child
            unsigned uid;
            union {
                int status;     // SIGCHLD: the exit status, or the signal
                uint64_t value; // sigqueue
            };
        };
        uintptr_t address; // faults
        uint64_t words[4];
    };
};
enum { SIGINFO_BYTES = 128 };
_Static_assert(sizeof(struct siginfo) == 48, "Linux's layout");

// An alternate signal stack.
enum { SS_ONSTACK = 1, SS_DISABLE = 2, MINSIGSTKSZ = 2048 };
#define SS_AUTODISARM (1u << 31)

struct sigstack {
    uintptr_t start;
    unsigned flags;
    unsigned padding;
    uint64_t bytes;
};

// For messages: "SIGSEGV".
const char *signal_name(int signal);
