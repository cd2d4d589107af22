// SPDX-License-Identifier: MIT
// Many processes at once: all send signals to all; all write to one pipe, and then nobody reads any
// more.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

enum { CROWD = 12, ROUNDS = 200, RECORD_BYTES = 60, RECORDS = 300, LARGE_BYTES = 6000 };

// Shared by all.
static struct crowd {
    atomic_int ready;
    atomic_int handled[CROWD];
    pid_t pids[CROWD];
} * crowd;

static int me;
static int read_end; // the parent's alone

static void count(int signal) {
    (void)signal;
    crowd->handled[me]++;
}

static void handle(int signal, unsigned long flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    action.sa_flags = (int)flags;
    sigaction(signal, &action, NULL);
}

static void start(void work(int fd), int fd) {
    for (int i = 0; i < CROWD; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            me = i;
            work(fd);
            _exit(0);
        }
        crowd->pids[i] = pid;
    }
}

// How many have ended in that way: with status 0, or by a signal.
static int collect(int signal) {
    int found = 0;
    for (int i = 0; i < CROWD; i++) {
        int status = -1;
        waitpid(crowd->pids[i], &status, 0);
        found += signal == 0 ? status == 0 : WIFSIGNALED(status) && WTERMSIG(status) == signal;
    }
    return found;
}

static void storm(int fd) {
    static const int signals[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGCHLD, SIGCONT};
    sigset_t usr1, none;
    (void)fd;
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        handle(signals[i], i % 2 == 0 ? SA_RESTART : SA_NODEFER);
    }
    sigemptyset(&none);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    crowd->ready++;
    while (crowd->ready < CROWD + 1) { // and their parent, who knows all numbers
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    for (int i = 0; i < ROUNDS; i++) {
        kill(crowd->pids[(me + i) % CROWD], signals[i % 5]);
        if (i % 10 == 0) {
            sigprocmask(SIG_BLOCK, &usr1, NULL);
            raise(SIGUSR1);
            sigsuspend(&none);
            sigprocmask(SIG_UNBLOCK, &usr1, NULL);
        }
    }
}

static void signals(void) {
    start(storm, -1);
    crowd->ready++;
    printf("ended by themselves: %d\n", collect(0));
    int all = 1;
    for (int i = 0; i < CROWD; i++) {
        all = all && crowd->handled[i] >= ROUNDS / 10; // each has at least its own
    }
    printf("all have been called: %d\n", all);
}

// Writes small records, which arrive whole.
static void write_records(int fd) {
    char record[RECORD_BYTES];
    memset(record, 'a' + me, sizeof record);
    for (int i = 0; i < RECORDS; i++) {
        if (write(fd, record, sizeof record) != (ssize_t)sizeof record) {
            _exit(1);
        }
    }
}

static void records(void) {
    char record[RECORD_BYTES];
    int counts[CROWD] = {0};
    int torn = 0;
    int ends[2];
    pipe(ends);
    start(write_records, ends[1]);
    close(ends[1]);
    for (;;) {
        size_t got = 0;
        ssize_t more = 1;
        while (got < sizeof record && more > 0) {
            more = read(ends[0], record + got, sizeof record - got);
            got += more > 0 ? (size_t)more : 0;
        }
        if (got == 0) {
            break;
        }
        for (unsigned i = 1; i < sizeof record; i++) {
            torn += record[i] != record[0];
        }
        counts[record[0] - 'a']++;
    }
    int complete = 0;
    for (int i = 0; i < CROWD; i++) {
        complete += counts[i] == RECORDS;
    }
    printf("writers that are done: %d; of whom all has come: %d; torn: %d\n", collect(0), complete,
           torn);
    close(ends[0]);
}

// Large pieces until the pipe is full, and then it waits.
static void write_for_ever(int fd) {
    static char piece[LARGE_BYTES];
    close(read_end);
    crowd->ready++;
    while (write(fd, piece, sizeof piece) > 0) {
    }
}

static void nobody_reads(void) {
    static char room[100];
    int ends[2];
    pipe(ends);
    read_end = ends[0];
    crowd->ready = 0;
    start(write_for_ever, ends[1]);
    close(ends[1]);
    while (crowd->ready < CROWD) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    number("something has come", read(ends[0], room, sizeof room));
    kill(crowd->pids[0], SIGKILL);
    close(ends[0]);
    printf("ended by SIGPIPE: %d\n", collect(SIGPIPE));
}

int main(void) {
    crowd = mmap(NULL, sizeof *crowd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(crowd, 0, sizeof *crowd);
    signals();
    records();
    nobody_reads();
    return 0;
}
