// SPDX-License-Identifier: MIT
// One thread makes descriptors that close at an exec, in every way that is one step, again and
// again. Another, on another processor, starts programs meanwhile. None of these ever has such a
// descriptor, at whatever moment it was started.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <tine.h>

#include "itself.h"

// To open takes longer than the rest: so much rarer is the moment that is looked for.
enum { OF_OPEN = 120, CHILDREN = 60, EACH = 5, WAYS = 4 };
enum { STACK_BYTES = 16384, LAST = 40, PLACE = 20, END = WAYS };
enum { NONE_FOUND, FOUND_WITHOUT_FLAG, FOUND_IN_PROGRAM };

static const char *const ways[WAYS] = {"open", "pipe2", "dup3", "F_DUPFD_CLOEXEC"};

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile unsigned *shared; // [0]: descriptors made so far; [1]: in which way, or END

static void make_one(int file, unsigned way) {
    int ends[2];
    switch (way) {
    case 0:
        close(open("secret", O_RDONLY | O_CLOEXEC));
        break;
    case 1:
        pipe2(ends, O_CLOEXEC);
        close(ends[0]);
        close(ends[1]);
        break;
    case 2:
        dup3(file, PLACE, O_CLOEXEC);
        close(PLACE);
        break;
    default:
        close(fcntl(file, F_DUPFD_CLOEXEC, PLACE));
        break;
    }
}

static void make_again_and_again(void) {
    int file = open("secret", O_RDONLY | O_CLOEXEC);
    while (shared[1] != END) {
        make_one(file, shared[1]);
        shared[0]++;
    }
    _exit(0);
}

// Does this process have a descriptor, or, if `without_flag`, one that an exec would leave open?
static int has_one(int without_flag) {
    for (int fd = 3; fd < LAST; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags == 0 || (flags > 0 && !without_flag)) {
            return 1;
        }
    }
    return 0;
}

// A child that looks for such descriptors, and, if asked, a program that does. Returns what it has
// found, or another outcome.
static int start(int program) {
    pid_t pid = fork();
    if (pid == 0) {
        if (has_one(1)) {
            _exit(FOUND_WITHOUT_FLAG);
        }
        if (program) {
            execve(ITSELF("race"), WORDS("race", "find"), NO_WORDS);
            _exit(EXEC_FAILED + errno);
        }
        _exit(NONE_FOUND);
    }
    return outcome(pid);
}

static const char *finding(int found) {
    return found == NONE_FOUND           ? "none has such a descriptor"
           : found == FOUND_WITHOUT_FLAG ? "one has a descriptor without the flag"
           : found == FOUND_IN_PROGRAM   ? "all flags are there, but a program has the descriptor"
                                         : "something else";
}

static void try_way(unsigned way) {
    int children = way == 0 ? OF_OPEN : CHILDREN;
    int found = NONE_FOUND;
    unsigned before = shared[0];
    shared[1] = way;
    for (int i = 0; i < children && found == NONE_FOUND; i++) {
        while (shared[0] == before) {
            __builtin_ia32_pause();
        }
        before = shared[0];
        found = start(i % EACH == 0);
    }
    printf("%s: %d children, %d programs: %s\n", ways[way], children, children / EACH,
           finding(found));
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 1) {
        return has_one(0) ? FOUND_IN_PROGRAM : NONE_FOUND;
    }
    for (int fd = 3; fd < LAST; fd++) {
        close(fd); // whoever started this may have left some
    }
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    close(open("secret", O_WRONLY | O_CREAT, 0600));
    pid_t thread = probe_thread(make_again_and_again, stack + sizeof stack, 1);
    for (unsigned way = 0; way < WAYS; way++) {
        try_way(way);
    }
    shared[1] = END;
    printf("the other thread has ended: %d\n", outcome(thread));
    return 0;
}
