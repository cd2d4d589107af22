// SPDX-License-Identifier: MIT
// pselect: which of three sets are ready, how long it takes, and the signals it lets through
// meanwhile.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

#define MS 1000000L
#define BIT(fd) (1UL << (fd))

enum { READ_END = 10, WRITE_END, A_FILE, EMPTY, CLOSED = 20 };

static volatile int rings;
static unsigned long sets[3];
static struct timespec left;

static void ring(int signal) {
    (void)signal;
    rings++;
}

// Waits for so long; below 0: for ever. `blocked`: the signals blocked meanwhile; NULL: as they
// are.
static long wait_for(int count, long ms, const sigset_t *blocked, unsigned long set_bytes) {
    struct {
        const sigset_t *set;
        unsigned long bytes;
    } mask = {blocked, set_bytes};
    left = (struct timespec){ms / 1000, ms % 1000 * MS};
    return syscall(SYS_pselect6, (long)count, &sets[0], &sets[1], &sets[2], ms < 0 ? NULL : &left,
                   &mask);
}

static long try_sets(const char *what, int count, unsigned long in, unsigned long out,
                     unsigned long other, long ms) {
    sets[0] = in;
    sets[1] = out;
    sets[2] = other;
    long ready = wait_for(count, ms, NULL, 8);
    number(what, ready);
    printf("  %lx %lx %lx\n", sets[0], sets[1], sets[2]);
    return ready;
}

static void ready(void) {
    unsigned long all = BIT(READ_END) | BIT(WRITE_END) | BIT(A_FILE) | BIT(EMPTY);
    try_sets("all sets", EMPTY + 1, all, all, all, -1);
    try_sets("the count is too small", READ_END, all, all, all, 0);
    try_sets("up to the first", READ_END + 1, all, all, all, 10);
    write(WRITE_END, "x", 1);
    try_sets("something has come", WRITE_END, all, all, all, -1);
    read(READ_END, (char[1]){0}, 1);
    close(WRITE_END);
    try_sets("nobody writes any more", EMPTY + 1, BIT(READ_END), BIT(READ_END), BIT(READ_END), -1);
    try_sets("one is not open", 64, BIT(READ_END) | BIT(CLOSED), 0, 0, -1);
    try_sets("not even for what never happens", 64, 0, 0, BIT(CLOSED), -1);
    try_sets("below it", CLOSED, 0, 0, BIT(CLOSED), 0);
    try_sets("no descriptors", 0, all, all, all, 0);
    try_sets("fewer than none", -1, all, all, all, 0);
}

static void times(void) {
    struct timespec before, after;
    sets[0] = BIT(EMPTY);
    sets[1] = sets[2] = 0;
    clock_gettime(CLOCK_MONOTONIC, &before);
    number("nothing comes", wait_for(64, 30, NULL, 8));
    clock_gettime(CLOCK_MONOTONIC, &after);
    long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / MS;
    printf("it took that long: %d, left: %ld %ld\n", ms >= 29 && ms < 1000, left.tv_sec,
           left.tv_nsec);
    sets[0] = BIT(A_FILE);
    number("a file is ready", wait_for(A_FILE + 1, 20000, NULL, 8));
    printf("left: %d\n", left.tv_sec == 19 || left.tv_sec == 20);
    left = (struct timespec){0, 1000 * MS};
    result("too many nanoseconds", syscall(SYS_pselect6, 0L, NULL, NULL, NULL, &left, NULL));
    left = (struct timespec){-1, 0};
    result("a negative time", syscall(SYS_pselect6, 0L, NULL, NULL, NULL, &left, NULL));
}

static void timer_in(long ms) {
    struct itimerval timer = {{0, 0}, {0, ms * 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void signals(void) {
    struct sigaction action;
    sigset_t alarm, none, now;
    memset(&action, 0, sizeof action);
    action.sa_handler = ring;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    sigemptyset(&none);
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sets[0] = BIT(EMPTY);
    timer_in(20);
    number("a signal", wait_for(64, 5000, NULL, 8));
    printf("rings: %d, left: %d, the set is as before: %d\n", rings, left.tv_sec == 4,
           sets[0] == BIT(EMPTY));
    sigprocmask(SIG_BLOCK, &alarm, NULL);
    raise(SIGALRM);
    number("it is blocked", wait_for(64, 10, NULL, 8));
    printf("rings: %d\n", rings);
    sets[0] = BIT(EMPTY);
    number("but not meanwhile", wait_for(64, -1, &none, 8));
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("rings: %d, blocked again: %d\n", rings, sigismember(&now, SIGALRM));
    raise(SIGALRM);
    number("even without waiting", wait_for(64, 0, &none, 8));
    raise(SIGALRM);
    sets[0] = BIT(A_FILE);
    number("unless a file is ready", wait_for(64, 0, &none, 8));
    printf("rings: %d, pending: %d\n", rings, sigpending(&now) == 0 && sigismember(&now, SIGALRM));
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    printf("rings: %d\n", rings);
    timer_in(20);
    sets[0] = BIT(EMPTY);
    number("blocked meanwhile alone", wait_for(64, 60, &alarm, 8));
    printf("rings: %d\n", rings);
    result("a set of another size", wait_for(64, 0, &none, 4));
    result("no set at all", wait_for(64, 0, NULL, 4));
}

// The library's functions, and its macros.
static void functions(void) {
    fd_set in;
    struct timeval none = {0, 0};
    const struct timespec soon = {0, MS};
    FD_ZERO(&in);
    FD_SET(A_FILE, &in);
    FD_SET(EMPTY, &in);
    int ready = select(CLOSED, &in, NULL, NULL, &none);
    printf("select: %d, the file %d, the empty pipe %d\n", ready, FD_ISSET(A_FILE, &in),
           FD_ISSET(EMPTY, &in));
    FD_CLR(A_FILE, &in);
    FD_SET(EMPTY, &in);
    ready = pselect(CLOSED, &in, NULL, NULL, &soon, NULL);
    printf("pselect: %d, time to wait: %d\n", ready, soon.tv_nsec == MS);
}

int main(void) {
    int ends[2], empty[2];
    pipe(ends);
    pipe(empty);
    dup2(ends[0], READ_END);
    dup2(ends[1], WRITE_END);
    dup2(open("f", O_RDWR | O_CREAT, 0644), A_FILE);
    dup2(empty[0], EMPTY);
    close(ends[1]);
    ready();
    times();
    signals();
    functions();
    return 0;
}
