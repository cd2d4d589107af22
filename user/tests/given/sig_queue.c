// SPDX-License-Identifier: MIT
// As many real-time signals as may wait at once; what can be sent then, and what is still told
// about it.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

enum { PRLIMIT64 = 302, RESOURCE_SIGPENDING = 11, USER = 54321 };
enum { LIMIT = 1000, LEAST = 100, MOST = 1000000 };

static const struct timespec at_once = {0, 0};

static int queue(int signal) {
    return sigqueue(getpid(), signal, (union sigval){.sival_int = 7});
}

// Takes the pending ones of `set`. Returns how many there were.
static int take(const sigset_t *set, int most, int tell) {
    siginfo_t info;
    int taken = 0;
    int signal;
    while (taken < most && (signal = sigtimedwait(set, &info, &at_once)) > 0) {
        taken++;
        if (tell) {
            printf("%s%d, code %d, sender known: %d\n", signal >= SIGRTMIN ? "SIGRTMIN + " : "",
                   signal >= SIGRTMIN ? signal - SIGRTMIN : signal, info.si_code,
                   info.si_pid == getpid());
        }
    }
    return taken;
}

int main(void) {
    unsigned long limit[2] = {LIMIT, LIMIT}; // Linux's; Tine has one of its own
    syscall((long)PRLIMIT64, 0L, (long)RESOURCE_SIGPENDING, limit, NULL);
    setuid(USER); // the limit is for all processes of a user: this one has no other
    int kind = SIGRTMIN + 1;
    int sent = 0;
    sigset_t one;
    sigset_t others;
    sigfillset(&others);
    sigprocmask(SIG_BLOCK, &others, NULL);
    sigdelset(&others, kind);
    sigemptyset(&one);
    sigaddset(&one, kind);
    while (sent < MOST && queue(kind) == 0) {
        sent++;
    }
    printf("many: %d, then %s\n", sent >= LEAST && sent < MOST, error_name(errno));
    result("another kind", queue(SIGRTMIN + 2));
    result("tkill", syscall(SYS_tkill, (long)getpid(), (long)SIGRTMIN + 2));
    result("tgkill", syscall(SYS_tgkill, (long)getpid(), (long)getpid(), (long)SIGRTMIN + 2));
    result("kill with the same", kill(getpid(), kind));
    result("kill with another", kill(getpid(), SIGRTMIN + 3));
    result("kill with SIGUSR2", kill(getpid(), SIGUSR2));
    result("tkill with SIGUSR1", syscall(SYS_tkill, (long)getpid(), (long)SIGUSR1));
    number("others", take(&others, MOST, 1));
    result("there is room again", (take(&one, 2, 0), queue(kind)));
    printf("all that there was room for: %d\n", take(&one, MOST, 0) - sent + 1);
    return 0;
}
