// SPDX-License-Identifier: MIT
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "call.h"

int clock_gettime(clockid_t clock, struct timespec *time) {
    return (int)CALL(SYS_clock_gettime, clock, time);
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

unsigned alarm(unsigned seconds) {
    return (unsigned)CALL(SYS_alarm, seconds);
}

int getitimer(int which, struct itimerval *value) {
    return (int)CALL(SYS_getitimer, which, value);
}

int setitimer(int which, const struct itimerval *value, struct itimerval *old) {
    return (int)CALL(SYS_setitimer, which, value, old);
}
