// SPDX-License-Identifier: MIT
// What the calls about signals and time refuse. Raw calls: a C library checks some itself.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, long result) {
    printf("%s: %ld %d\n", what, result, result < 0 ? errno : 0);
}

static void senders(void) {
    say("kill 0 to oneself", syscall(SYS_kill, (long)getpid(), 0L));
    say("kill nobody", syscall(SYS_kill, 29999L, 0L));
    say("kill no group", syscall(SYS_kill, -29999L, 9L));
    say("kill all others", syscall(SYS_kill, -1L, 15L));
    say("kill 65", syscall(SYS_kill, (long)getpid(), 65L));
    say("kill -1", syscall(SYS_kill, (long)getpid(), -1L));
    say("kill the lowest number", syscall(SYS_kill, (long)INT32_MIN, 0L));
    say("tkill 0", syscall(SYS_tkill, 0L, 0L));
    say("tkill nobody", syscall(SYS_tkill, 29999L, 0L));
    say("tkill oneself", syscall(SYS_tkill, (long)getpid(), 0L));
    say("tgkill 0", syscall(SYS_tgkill, (long)getpid(), 0L, 0L));
    say("tgkill another group", syscall(SYS_tgkill, 29999L, (long)getpid(), 0L));
    say("tgkill oneself", syscall(SYS_tgkill, (long)getpid(), (long)getpid(), 0L));
}

static void handling(void) {
    uint64_t action[4] = {0, 0, 0, 0};
    say("sigaction 0", syscall(SYS_rt_sigaction, 0L, NULL, action, 8L));
    say("sigaction 65", syscall(SYS_rt_sigaction, 65L, NULL, action, 8L));
    say("sigaction 64", syscall(SYS_rt_sigaction, 64L, NULL, action, 8L));
    say("sigaction SIGKILL, asking", syscall(SYS_rt_sigaction, 9L, NULL, action, 8L));
    say("sigaction SIGKILL, setting", syscall(SYS_rt_sigaction, 9L, action, NULL, 8L));
    say("sigaction SIGSTOP, setting", syscall(SYS_rt_sigaction, 19L, action, NULL, 8L));
    say("sigaction, a set of 16", syscall(SYS_rt_sigaction, 10L, action, NULL, 16L));
    uint64_t set = 0;
    say("sigprocmask, how 3", syscall(SYS_rt_sigprocmask, 3L, &set, NULL, 8L));
    say("sigprocmask, how 3, asking", syscall(SYS_rt_sigprocmask, 3L, NULL, &set, 8L));
    say("sigprocmask, a set of 4", syscall(SYS_rt_sigprocmask, 0L, &set, NULL, 4L));
    say("sigpending, 4 bytes", syscall(SYS_rt_sigpending, &set, 4L));
    say("sigpending, 16 bytes", syscall(SYS_rt_sigpending, &set, 16L));
    say("sigsuspend, a set of 4", syscall(SYS_rt_sigsuspend, &set, 4L));
}

static void times(void) {
    struct timespec span = {0, 0};
    say("clock_nanosleep, no such clock", syscall(SYS_clock_nanosleep, 99L, 0L, &span, NULL));
    say("getitimer 3", syscall(SYS_getitimer, 3L, &span));
}

int main(void) {
    senders();
    handling();
    times();
    return 0;
}
