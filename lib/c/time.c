// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "call.h"

int clock_gettime(clockid_t clock, struct timespec *time) {
    return (int)CALL(SYS_clock_gettime, clock, time);
}

time_t time(time_t *seconds) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds != NULL) {
        *seconds = now.tv_sec;
    }
    return now.tv_sec;
}

int gettimeofday(struct timeval *time, void *unused) {
    (void)unused;
    struct timespec precise = {0, 0};
    int error = clock_gettime(CLOCK_REALTIME, &precise);
    *time = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
    return error;
}

int clock_getres(clockid_t clock, struct timespec *resolution) {
    return (int)CALL(SYS_clock_getres, clock, resolution);
}

int nanosleep(const struct timespec *span, struct timespec *rest) {
    return (int)CALL(SYS_nanosleep, span, rest);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                    struct timespec *rest) {
    return (int)-raw_syscall(SYS_clock_nanosleep, clock, flags, (long)time, (long)rest, 0, 0);
}

unsigned sleep(unsigned seconds) {
    struct timespec span = {(time_t)seconds, 0};
    return nanosleep(&span, &span) < 0 ? (unsigned)span.tv_sec + (span.tv_nsec != 0) : 0;
}

int usleep(useconds_t microseconds) {
    struct timespec span = {microseconds / 1000000, microseconds % 1000000 * 1000};
    return nanosleep(&span, NULL);
}

unsigned alarm(unsigned seconds) {
    return (unsigned)CALL(SYS_alarm, seconds);
}

int getitimer(int which, struct itimerval *value) {
    return (int)CALL(SYS_getitimer, which, value);
}

int setitimer(int which, const struct itimerval *value, struct itimerval *old) {
    return (int)CALL(SYS_setitimer, which, value, old);
}
