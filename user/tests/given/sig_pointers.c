// SPDX-License-Identifier: MIT
// Every call about signals that takes a pointer, with pointers that are wrong in every way.
#define _GNU_SOURCE
#include <signal.h>
#include <time.h>

#include "pointers.h"

#define BIT(signal) (1UL << ((signal)-1))

// As the kernel sees them.
static const uint64_t usr2[] = {BIT(SIGUSR2)};
static const uint64_t hup[] = {BIT(SIGHUP)};
static const uint64_t ignore[] = {1, 0, 0, 0};
static const int queued[12] = {0, 0, -1}; // si_code: SI_QUEUE
static const struct timespec at_once[] = {{0, 0}};
static char memory[65536];
static const stack_t stack[] = {{.ss_sp = memory, .ss_size = sizeof memory}};

static const struct call calls[] = {
    {"rt_sigaction", SYS_rt_sigaction, {SIGUSR1, BAD, 0, 8}, 0, GOOD(ignore)},
    {"rt_sigaction", SYS_rt_sigaction, {SIGUSR1, 0, BAD, 8}, 0, RESULT(32)},
    {"rt_sigaction of SIGKILL", SYS_rt_sigaction, {SIGKILL, BAD, 0, 8}, 0, GOOD(ignore)},
    {"rt_sigprocmask", SYS_rt_sigprocmask, {SIG_SETMASK, BAD, 0, 8}, 0, GOOD(usr2)},
    {"rt_sigprocmask", SYS_rt_sigprocmask, {SIG_SETMASK, 0, BAD, 8}, 0, RESULT(8)},
    {"rt_sigpending", SYS_rt_sigpending, {BAD, 8}, 0, RESULT(8)},
    {"rt_sigsuspend", SYS_rt_sigsuspend, {BAD, 8}, ENDLESS, GOOD(usr2)},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait, {BAD, 0, 0, 8}, 0, GOOD(usr2)},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait, {(long)usr2, BAD, 0, 8}, 0, RESULT(128)},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait, {(long)usr2, 0, BAD, 8}, 0, GOOD(at_once)},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo, {1, SIGUSR2, BAD}, 0, GOOD(queued)},
    {"sigaltstack", SYS_sigaltstack, {BAD, 0}, 0, GOOD(stack)},
    {"sigaltstack", SYS_sigaltstack, {0, BAD}, 0, RESULT(24)},
};

// SIGUSR2 is blocked, and pending, before each call.
static void send_one(void) {
    raise(SIGUSR2);
}

static int lost; // signals taken by a call that failed

static void take_it(const char *place, long value) {
    (void)place;
    lost += syscall(SYS_rt_sigtimedwait, usr2, NULL, at_once, 8L) != SIGUSR2 && value < 0;
}

// The new state holds although the old one could not be told.
static void half_done(void) {
    uint64_t action[4];
    uint64_t set;
    stack_t now;
    result("rt_sigaction", syscall(SYS_rt_sigaction, (long)SIGUSR1, ignore, NOWHERE, 8L));
    syscall(SYS_rt_sigaction, (long)SIGUSR1, NULL, action, 8L);
    printf("ignored: %d\n", action[0] == ignore[0]);
    result("rt_sigprocmask", syscall(SYS_rt_sigprocmask, (long)SIG_SETMASK, hup, NOWHERE, 8L));
    syscall(SYS_rt_sigprocmask, (long)SIG_SETMASK, NULL, &set, 8L);
    printf("blocked: %d\n", set == hup[0]);
    result("sigaltstack", syscall(SYS_sigaltstack, stack, NOWHERE));
    sigaltstack(NULL, &now);
    printf("set: %d\n", now.ss_sp == memory);
}

int main(void) {
    uint64_t defaults[4] = {0, 0, 0, 0};
    stack_t none = {.ss_flags = SS_DISABLE};
    map_places();
    syscall(SYS_rt_sigprocmask, (long)SIG_SETMASK, usr2, NULL, 8L);
    TRY_ALL(calls, send_one, take_it);
    number("signals lost", lost);
    syscall(SYS_rt_sigaction, (long)SIGUSR1, defaults, NULL, 8L);
    sigaltstack(&none, NULL);
    half_done();
    return 0;
}
