// SPDX-License-Identifier: MIT
// An exec for which memory runs out, at every point where it may: nothing is closed, and each
// descriptor has the flag that it had, in a table of one's own and in one that a thread shares. The
// nth allocation fails, for n = 1, 2, 3, ... until exec succeeds; then they close.
#define _GNU_SOURCE
#include <sys/mman.h>
#include <tine.h>

#include "cells.h"

enum { LIMIT = 500, STACK_BYTES = 8192, CHANGED = 50 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile pid_t *thread; // is shared

static void sleep_on(void) {
    for (;;) {
        pause();
    }
}

// In a child: exec when the nth allocation fails. The program exits with 1 if it finds something
// wrong.
static int attempt(int n, int sharing) {
    pid_t pid = fork();
    if (pid == 0) {
        const char *words[ROWS + 4] = {"rollback", "find", "in the end"};
        add_words(words, 3);
        *thread = sharing ? probe_thread(sleep_on, stack + sizeof stack, 1) : 0;
        probe_fail(INJECT_ANY, n);
        execve(ITSELF("rollback"), (char *const *)words, NO_WORDS);
        int error = errno;
        probe_fail(INJECT_NONE, 0);
        cells = right_cells = 0;
        check_rows();
        _exit(cells == right_cells ? EXEC_FAILED + error : CHANGED);
    }
    int how = outcome(pid);
    if (*thread > 0) {
        kill(*thread, SIGKILL);
        wait(NULL); // an orphan, and this is process 1
    }
    return how;
}

int main(int argc, char **argv) {
    if (argc > 2) {
        probe_fail(INJECT_NONE, 0); // what was asked for is still to come: it shall not
        return check_words(argv[2], argv + 3);
    }
    thread = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    make_rows();
    for (int sharing = 0; sharing < 2; sharing++) {
        int points = 0;
        int how;
        long findings = 0;
        while ((how = attempt(points + 1, sharing)) == -ENOMEM && points < LIMIT) {
            points++;
            findings += probe_audit();
        }
        probe_mark(1 + sharing, points);
        probe_mark(3, findings);
        // If the allocation comes after exec, it is the new program that cannot go on.
        printf("%s: %s\n", sharing ? "a shared table" : "a table of one's own",
               how == 0 || how == KILLED + SIGKILL ? "as before after each of them"
               : how == CHANGED                    ? "an exec that failed has changed something"
                                                   : "another end");
    }
    *thread = 0;
    printf("then it succeeds: %d\n", attempt(LIMIT, 0));
    return 0;
}
