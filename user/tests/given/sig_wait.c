// SPDX-License-Identifier: MIT
// Sleeping until a signal comes, or until it is time: pause, sigsuspend, sigtimedwait, nanosleep,
// alarm, timers.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000L

static volatile int rings;

static void ring(int signal) {
    rings++;
    (void)signal;
}

static void install(int signal, void (*function)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    action.sa_flags = (unsigned)flags;
    sigaction(signal, &action, NULL);
}

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / MS;
}

static void timer_in(int ms, int interval_ms) {
    struct itimerval timer = {{0, interval_ms * 1000L}, {0, ms * 1000L}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void sleeping(void) {
    struct timespec span = {0, 30 * MS};
    struct timespec rest = {7, 7};
    long before = now_ms();
    printf("nanosleep: %d\n", nanosleep(&span, &rest));
    long took = now_ms() - before;
    printf("as long as that: %d, rest untouched: %d\n", took >= 30 && took < 500, rest.tv_sec == 7);
    timer_in(20, 0);
    span.tv_sec = 5;
    int result = nanosleep(&span, &rest);
    printf("interrupted: %d %d, rings %d, rest %d\n", result, errno == EINTR, rings,
           rest.tv_sec == 4 || (rest.tv_sec == 5 && rest.tv_nsec <= 30 * MS));
    install(SIGALRM, ring, SA_RESTART);
    timer_in(20, 0);
    result = nanosleep(&span, &rest);
    printf("SA_RESTART does not matter: %d %d, rings %d\n", result, errno == EINTR, rings);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 20 * MS;
    if (until.tv_nsec >= 1000 * MS) {
        until.tv_sec++;
        until.tv_nsec -= 1000 * MS;
    }
    printf("until then: %d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
    struct timespec after;
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("it is then: %d\n", after.tv_sec > until.tv_sec || (after.tv_sec == until.tv_sec &&
                                                               after.tv_nsec >= until.tv_nsec));
    span.tv_nsec = 1000 * MS;
    printf("too many nanoseconds: %d %d\n", nanosleep(&span, NULL), errno);
    span.tv_sec = -1;
    span.tv_nsec = 0;
    printf("a negative time: %d %d\n", nanosleep(&span, NULL), errno);
    printf("no such clock: %d %d\n", clock_gettime(77, &span), errno);
    clock_gettime(CLOCK_REALTIME, &span);
    printf("after 2025: %d\n", span.tv_sec > 1760000000);
}

static void waiting(void) {
    sigset_t none;
    sigset_t alarms;
    sigset_t old;
    sigemptyset(&none);
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    rings = 0;
    timer_in(10, 0);
    int result = pause();
    printf("pause: %d %d, rings %d\n", result, errno == EINTR, rings);

    sigprocmask(SIG_BLOCK, &alarms, NULL);
    timer_in(1, 0);
    struct timespec span = {0, 30 * MS};
    nanosleep(&span, NULL);
    printf("blocked: rings %d\n", rings);
    result = sigsuspend(&none);
    sigprocmask(SIG_SETMASK, NULL, &old);
    printf("sigsuspend: %d %d, rings %d, blocked again: %d\n", result, errno == EINTR, rings,
           sigismember(&old, SIGALRM));

    siginfo_t info;
    memset(&info, 0xff, sizeof info);
    timer_in(10, 0);
    result = sigtimedwait(&alarms, &info, NULL);
    printf("sigtimedwait: %d, code %x, rings %d\n", result, (unsigned)info.si_code, rings);
    result = sigtimedwait(&alarms, &info, &span);
    printf("none: %d %d\n", result, errno);
    span.tv_nsec = 0;
    raise(SIGALRM);
    result = sigtimedwait(&alarms, &info, &span);
    printf("pending: %d, from me: %d\n", result, info.si_pid == getpid());
    raise(SIGALRM);
    span.tv_nsec = 2000 * MS;
    result = sigtimedwait(&alarms, &info, &span);
    printf("a bad time: %d %d\n", result, errno);
    sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    printf("at last: rings %d\n", rings);
}

// Real-time signals queue, each with its value.
static void queueing(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, 40);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 6; i++) {
        siginfo_t info;
        memset(&info, 0, sizeof info);
        info.si_code = i < 5 ? -1 : 3;
        info.si_value.sival_int = 100 + i;
        int signal = i % 3 == 2 ? SIGUSR1 : 40;
        printf("queued: %d\n",
               (int)syscall(SYS_rt_sigqueueinfo, (long)getpid(), (long)signal, &info));
    }
    struct timespec now = {0, 0};
    siginfo_t info;
    for (int signal = 1; signal > 0;) {
        signal = sigtimedwait(&set, &info, &now);
        printf("took: %d code %d value %d\n", signal, signal > 0 ? info.si_code : 0,
               signal > 0 ? info.si_value.sival_int : 0);
    }
    long none = syscall(SYS_rt_sigqueueinfo, 29999L, 40L, &info);
    printf("to nobody: %ld %d\n", none, errno);
    memset(&info, 0, sizeof info);
    none = syscall(SYS_rt_sigqueueinfo, 29999L, 40L, &info);
    printf("as if by kill: %ld %d\n", none, errno);
    none = syscall(SYS_rt_sigqueueinfo, (long)getpid(), 40L, (void *)16);
    printf("from nowhere: %ld %d\n", none, errno);
}

static void timers(void) {
    struct itimerval timer;
    rings = 0;
    timer_in(10, 10);
    while (rings < 5) {
        pause();
    }
    getitimer(ITIMER_REAL, &timer);
    printf("interval: %d us, value is less: %d\n", (int)timer.it_interval.tv_usec,
           timer.it_value.tv_sec == 0 && timer.it_value.tv_usec <= 10000);
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, &timer);
    rings = 0;
    printf("interval: %d us\n", (int)timer.it_interval.tv_usec);
    struct timespec span = {0, 40 * MS};
    nanosleep(&span, NULL);
    printf("stopped: rings %d\n", rings);
    getitimer(ITIMER_REAL, &timer);
    printf("value: %d %d\n", (int)timer.it_value.tv_sec, (int)timer.it_value.tv_usec);
    printf("alarm: %d\n", (int)alarm(10));
    printf("alarm: %d\n", (int)alarm(0));
    printf("alarm: %d\n", (int)alarm(0));
    timer.it_value.tv_usec = 1000000;
    printf("too many microseconds: %d %d\n", setitimer(ITIMER_REAL, &timer, NULL), errno);
}

int main(void) {
    install(SIGALRM, ring, 0);
    sleeping();
    waiting();
    queueing();
    timers();
    return 0;
}
