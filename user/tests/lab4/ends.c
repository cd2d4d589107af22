// SPDX-License-Identifier: MIT
// What closes at an exec is closed as by close: who reads from a pipe finds its end, who writes is
// told that nobody reads, and both are woken if they wait; unless somebody else has the end still.
// The program that was executed lives on meanwhile.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>

#include "itself.h"

enum { YIELDS = 300, PATIENCE_MS = 250, NOTED = 7, NOT_NOTED = 8, NO_SIGNAL = 9 };
enum { MORE_THAN_A_PIPE = 1 << 20 };

static int news[2]; // from who waits at the pipe, to the program that has been executed

static void handler(int signal) {
    (void)signal;
    write(news[1], "S", 1);
}

static void let_others_go_on(void) {
    for (int i = 0; i < YIELDS; i++) {
        sched_yield();
    }
}

// The program: waits for the news of the end, within reason; and, if there should be one, of a
// signal before.
static int be_started(int from, int signals) {
    struct pollfd wanted = {.fd = from, .events = POLLIN};
    char byte;
    while (poll(&wanted, 1, PATIENCE_MS) == 1 && read(from, &byte, 1) == 1) {
        if (byte == 'E') {
            return signals ? NO_SIGNAL : NOTED;
        }
        signals = 0;
    }
    return NOT_NOTED;
}

static void become_it(const char *signals) {
    char from[16];
    snprintf(from, sizeof from, "%d", news[0]);
    execve(ITSELF("ends"), WORDS("ends", from, signals), NO_WORDS);
    _exit(EXEC_FAILED + errno);
}

// Waits at the end `side` (0: reads, 1: writes) of a pipe, and tells when it goes on.
static void wait_at(const int ends[2], int side) {
    static char bytes[MORE_THAN_A_PIPE];
    signal(SIGPIPE, handler);
    if (side == 0) {
        _exit(read(ends[0], bytes, 1) == 0 && write(news[1], "E", 1) == 1 ? 0 : 1);
    }
    while (write(ends[1], bytes, sizeof bytes) > 0) { // a part, before the reader goes
    }
    _exit(errno == EPIPE && write(news[1], "E", 1) == 1 ? 0 : 1);
}

// Somebody waits at one end; the other one closes when its owner becomes another program, which is
// `late`: he waits by then.
static void at_end(const char *what, int side, int late) {
    int ends[2];
    pipe(news);
    pipe2(ends, O_CLOEXEC);
    if (fcntl(ends[0], F_GETFD) != FD_CLOEXEC || fcntl(ends[1], F_GETFD) != FD_CLOEXEC) {
        puts("the ends are not open, or without the flag");
    }
    pid_t waits = fork();
    if (waits == 0) {
        close(ends[!side]);
        if (!late) {
            let_others_go_on();
        }
        wait_at(ends, side);
    }
    pid_t program = fork();
    if (program == 0) {
        close(ends[side]);
        if (late) {
            let_others_go_on();
        }
        become_it(side == 1 ? "1" : "0");
    }
    close(ends[0]);
    close(ends[1]);
    close(news[1]);
    int how = outcome(program);
    printf("%s: %s\n", what,
           how == NOTED       ? "noticed while the program runs"
           : how == NOT_NOTED ? "not noticed"
           : how == NO_SIGNAL ? "noticed, but there was no signal"
                              : "the program could not be executed");
    outcome(waits);
    close(news[0]);
}

// The same, and this process has a duplicate of the end.
static void end_kept(void) {
    int ends[2];
    char byte;
    pipe(news);
    pipe2(ends, O_CLOEXEC | O_NONBLOCK);
    int kept = dup(ends[1]);
    pid_t pid = fork();
    if (pid == 0) {
        close(kept);
        become_it("none");
    }
    close(ends[1]);
    int how = outcome(pid);
    printf("a duplicate elsewhere: %d, %s", how,
           read(ends[0], &byte, 1) < 0 && errno == EAGAIN ? "no end yet" : "it has ended");
    printf(", %s", write(kept, "x", 1) == 1 && read(ends[0], &byte, 1) == 1 ? "a byte goes through"
                                                                            : "it is broken");
    close(kept);
    printf(", %s\n", read(ends[0], &byte, 1) == 0 ? "and then it ends" : "and it does not end");
}

// A file of which one descriptor closes, and another stays: they shared an offset.
static void offset_shared(void) {
    int file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int kept = dup(file);
    pipe(news);
    write(file, "abcdef", 6);
    pid_t pid = fork();
    if (pid == 0) {
        lseek(file, 4, SEEK_SET);
        become_it("none");
    }
    int how = outcome(pid);
    printf("a file of two descriptors: %d, now at %ld and %ld\n", how,
           (long)lseek(file, 0, SEEK_CUR), (long)lseek(kept, 0, SEEK_CUR));
}

int main(int argc, char **argv) {
    if (argc > 2) {
        return strcmp(argv[2], "none") == 0 ? NOTED : be_started(atoi(argv[1]), atoi(argv[2]));
    }
    at_end("a reader waits", 0, 1);
    at_end("a reader comes later", 0, 0);
    at_end("a writer waits", 1, 1);
    at_end("a writer comes later", 1, 0);
    end_kept();
    offset_shared();
    return 0;
}
