// SPDX-License-Identifier: MIT
// Every call about the process, the machine and time that takes a pointer, with pointers that are
// wrong in every way.
#include <asm/prctl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "pointers.h"

static const struct timespec soon[] = {{0, 1}};
static const struct timespec late[] = {{1000, 0}};
static const struct itimerval off[1];
static const struct rlimit usual[] = {{1024, 1024}};
static const struct itimerval on[] = {{{1000, 0}, {1000, 0}}};

static const struct call calls[] = {
    {"uname", SYS_uname, {BAD}, 0, RESULT(6 * 65)},
    {"sysinfo", SYS_sysinfo, {BAD}, 0, RESULT(112)},
    {"getcwd", SYS_getcwd, {BAD, PAGE}, 0, RESULT(sizeof "/")},
    {"prctl", SYS_prctl, {PR_SET_NAME, BAD}, 0, GOOD("name")},
    {"prctl", SYS_prctl, {PR_GET_NAME, BAD}, 0, RESULT(16)},
    {"arch_prctl", SYS_arch_prctl, {ARCH_GET_FS, BAD}, 0, RESULT(8)},
    {"set_tid_address", SYS_set_tid_address, {BAD}, 0, RESULT(4)},
    {"clock_gettime", SYS_clock_gettime, {CLOCK_MONOTONIC, BAD}, 0, RESULT(16)},
    {"clock_gettime, no such clock", SYS_clock_gettime, {99, BAD}, 0, RESULT(16)},
    {"clock_getres", SYS_clock_getres, {CLOCK_MONOTONIC, BAD}, 0, RESULT(16)},
    {"nanosleep", SYS_nanosleep, {BAD, 0}, 0, GOOD(soon)},
    {"nanosleep to the end", SYS_nanosleep, {(long)soon, BAD}, 0, RESULT(16)},
    {"clock_nanosleep", SYS_clock_nanosleep, {CLOCK_MONOTONIC, 0, BAD, 0}, 0, GOOD(soon)},
    {"clock_nanosleep until", SYS_clock_nanosleep, {1, TIMER_ABSTIME, BAD, 0}, 0, GOOD(soon)},
    {"gettimeofday", SYS_gettimeofday, {BAD, 0}, 0, RESULT(16)},
    {"gettimeofday", SYS_gettimeofday, {0, BAD}, 0, RESULT(8)},
    {"time", SYS_time, {BAD}, 0, RESULT(8)},
    {"times", SYS_times, {BAD}, 0, RESULT(32)},
    {"getrusage", SYS_getrusage, {RUSAGE_SELF, BAD}, 0, RESULT(144)},
    {"getrusage, nobody's", SYS_getrusage, {2, BAD}, 0, RESULT(144)},
    {"getrlimit", SYS_getrlimit, {RLIMIT_STACK, BAD}, 0, RESULT(16)},
    {"setrlimit", SYS_setrlimit, {RLIMIT_NOFILE, BAD}, 0, GOOD(usual)},
    {"prlimit64", SYS_prlimit64, {0, RLIMIT_STACK, 0, BAD}, 0, RESULT(16)},
    {"prlimit64", SYS_prlimit64, {0, RLIMIT_NOFILE, BAD, 0}, 0, GOOD(usual)},
    {"prlimit64 of nobody", SYS_prlimit64, {30000, RLIMIT_NOFILE, BAD, 0}, 0, GOOD(usual)},
    {"getrandom", SYS_getrandom, {BAD, 8, 0}, COUNTS | PARTLY, RESULT(8)},
    {"getrandom, many", SYS_getrandom, {BAD, PAGE, 0}, COUNTS | PARTLY, RESULT(PAGE)},
    // How much Linux writes depends on how many processors there may be.
    {"sched_getaffinity", SYS_sched_getaffinity, {0, 1024, BAD}, ENDLESS, RESULT(8)},
    {"getresuid", SYS_getresuid, {BAD, (long)spare, (long)spare}, 0, RESULT(4)},
    {"getresuid", SYS_getresuid, {(long)spare, BAD, (long)spare}, 0, RESULT(4)},
    {"getresuid", SYS_getresuid, {(long)spare, (long)spare, BAD}, 0, RESULT(4)},
    {"getresgid", SYS_getresgid, {BAD, (long)spare, (long)spare}, 0, RESULT(4)},
    {"getresgid", SYS_getresgid, {(long)spare, (long)spare, BAD}, 0, RESULT(4)},
    {"getitimer", SYS_getitimer, {ITIMER_REAL, BAD}, 0, RESULT(32)},
    {"setitimer", SYS_setitimer, {ITIMER_REAL, BAD, 0}, 0, GOOD(off)},
    {"setitimer", SYS_setitimer, {ITIMER_REAL, (long)off, BAD}, 0, RESULT(32)},
};

// These are interrupted: the kernel has a rest to tell.
static const struct call sleeps[] = {
    {"nanosleep", SYS_nanosleep, {(long)late, BAD}, 0, RESULT(16)},
    {"clock_nanosleep", SYS_clock_nanosleep, {CLOCK_MONOTONIC, 0, (long)late, BAD}, 0, RESULT(16)},
};

static void handler(int signal) {
    (void)signal;
}

// More than one signal: the first may come before the sleep begins.
static void disturb(void) {
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 1000}, {0, 1000}}, NULL);
}

static void leave_alone(const char *place, long value) {
    (void)place;
    (void)value;
    setitimer(ITIMER_REAL, off, NULL);
}

int main(void) {
    struct sigaction action;
    struct itimerval now;
    map_places();
    chdir("/");
    TRY_ALL(calls, nothing_before, nothing_after);
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGALRM, &action, NULL);
    TRY_ALL(sleeps, disturb, leave_alone);
    result("set a timer", syscall(SYS_setitimer, (long)ITIMER_REAL, on, NOWHERE));
    getitimer(ITIMER_REAL, &now);
    printf("it is set all the same: %d\n", now.it_value.tv_sec > 0);
    return 0; // the last set_tid_address has left a bad address
}
