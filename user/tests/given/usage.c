// SPDX-License-Identifier: MIT
// What programs have used; random numbers; on which processors they run; file systems; old calls
// for the time.
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

enum { PAGE = 4096, PAGES = 500, NOBODY = 30000 };

// Runs until two hundredths of a second have been counted, most of them its own.
static void be_busy(void) {
    struct tms start, now;
    times(&start);
    do {
        for (volatile int i = 0; i < 100000; i++) {
        }
        times(&now);
    } while (now.tms_utime < start.tms_utime + 2);
}

static long centiseconds(const struct rusage *usage) {
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 100 +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 10000;
}

static void counted(void) {
    struct rusage usage, childs;
    struct tms all;
    struct timespec used;
    int status;
    long start = times(NULL);
    be_busy();
    printf("time goes on: %d\n", times(NULL) > start);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    printf("a clock counts it: %d\n", used.tv_sec > 0 || used.tv_nsec > 0);
    result("of children", getrusage(RUSAGE_CHILDREN, &usage));
    printf("  nothing yet: %d\n", centiseconds(&usage) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        getrusage(RUSAGE_SELF, &usage);
        printf("a child begins with nothing: %d\n", centiseconds(&usage) < 2);
        be_busy();
        _exit(0);
    }
    wait4(pid, &status, 0, &childs);
    getrusage(RUSAGE_CHILDREN, &usage);
    times(&all);
    printf("it was busy: %d, %d, %d\n", centiseconds(&childs) > 0, centiseconds(&usage) > 0,
           all.tms_cutime > 0);
    result("of nobody", getrusage(2, &usage));
}

static void memory_used(void) {
    static char memory[PAGES * PAGE];
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    memset(memory, 1, sizeof memory);
    getrusage(RUSAGE_SELF, &after);
    printf("memory: %d, more: %d\n", before.ru_maxrss > 0,
           after.ru_maxrss - before.ru_maxrss >= PAGES * PAGE / 1024 / 2);
}

static void random_numbers(void) {
    unsigned char bytes[2][300];
    memset(bytes, 0, sizeof bytes);
    number("getrandom", syscall(SYS_getrandom, bytes[0], sizeof bytes[0], 0));
    number("nothing", syscall(SYS_getrandom, bytes[0], 0, 0));
    number("now", syscall(SYS_getrandom, bytes[1], 16, 1));
    printf("they differ: %d\n", memcmp(bytes[0], bytes[1], 16) != 0);
    int seen[256] = {0};
    int kinds = 0;
    for (int i = 0; i < 300; i++) {
        kinds += seen[bytes[0][i]]++ == 0;
    }
    printf("all kinds: %d\n", kinds > 100);
    result("unknown flag", syscall(SYS_getrandom, bytes[0], 1, 8));
    result("contrary flags", syscall(SYS_getrandom, bytes[0], 1, 2 | 4));
}

static void processors(void) {
    unsigned long mask[128] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int some = 0;
    for (int i = 0; i < 128; i++) {
        some |= mask[i] != 0;
    }
    printf("affinity: %d, %d\n", bytes >= 8 && bytes % 8 == 0, some);
    result("too small", syscall(SYS_sched_getaffinity, 0, 0, mask));
    result("no words", syscall(SYS_sched_getaffinity, 0, 1023, mask));
    result("nobody's", syscall(SYS_sched_getaffinity, NOBODY, sizeof mask, mask));
}

static void older_calls(void) {
    struct timeval now = {0, -1};
    int zone[2] = {1, 1};
    long seconds = 0;
    long answer = syscall(SYS_time, &seconds);
    result("gettimeofday", syscall(SYS_gettimeofday, &now, zone));
    printf("  %d %d, %d %d\n", now.tv_sec - seconds < 2, now.tv_usec >= 0 && now.tv_usec < 1000000,
           zone[0], zone[1]);
    result("of nothing", syscall(SYS_gettimeofday, NULL, NULL));
    printf("time: %d, %d\n", answer == seconds, time(NULL) - seconds < 2);
    result("robust list", syscall(SYS_set_robust_list, &seconds, 24));
    result("one of another size", syscall(SYS_set_robust_list, &seconds, 23));
}

// As Linux lays it out.
static void file_systems(void) {
    long info[15];
    int ends[2];
    pipe(ends);
    result("statfs", syscall(SYS_statfs, "/proc", info));
    printf("  proc: %d, blocks: %ld\n", (int)(info[0] == 0x9fa0), info[2]);
    result("of what is not there", syscall(SYS_statfs, "/none", info));
    result("of a pipe", syscall(SYS_fstatfs, ends[0], info));
    printf("  pipe: %d\n", (int)(info[0] == 0x50495045));
    result("of nothing", syscall(SYS_fstatfs, 77, info));
    result("of a file's", syscall(SYS_statfs, ".", info));
    printf("  blocks: %d, free: %d, names: %ld\n", info[2] > 0,
           info[3] > 0 && info[3] <= info[2] && info[4] <= info[3], info[8]);
}

int main(void) {
    counted();
    memory_used();
    random_numbers();
    processors();
    older_calls();
    file_systems();
    return 0;
}
