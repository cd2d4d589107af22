// SPDX-License-Identifier: MIT
// When the kernel has no memory for an execve, the search says so: that one program could not be
// looked at does not make another one the right one.
#include <sys/stat.h>
#include <tine.h>

#include "family.h"

enum { LIMIT = 300, NOT_NOTICED = 8 };

#define PROGRAM ITSELF("path_starving")

// In a child: the search when the nth allocation of the kernel fails. (A page that the program
// itself needs would be another matter.)
static int attempt(int n) {
    pid_t pid = fork();
    if (pid == 0) {
        probe_fail(INJECT_HEAP, n);
        execvp("program", WORDS("name"));
        int error = errno;
        probe_fail(INJECT_NONE, 0);
        _exit(EXEC_FAILED + error);
    }
    return outcome(pid);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    if (getpid() != 1) { // is the failure that was asked for still to come?
        return probe_fail(INJECT_NONE, 0) > 0 ? STARTED : NOT_NOTICED;
    }
    mkdir("first", 0755);
    mkdir("second", 0755);
    symlink(PROGRAM, "first/program");
    symlink(PROGRAM, "second/program");
    setenv("PATH", "missing:first:missing:second", 1);
    int points = 0;
    long findings = 0;
    int how;
    while ((how = attempt(points + 1)) == -ENOMEM && points < LIMIT) {
        points++;
    }
    findings = probe_audit();
    probe_mark(1, points);
    probe_mark(2, findings);
    printf("ENOMEM, until it succeeds: %s\n", how == STARTED       ? "yes"
                                              : how == NOT_NOTICED ? "not noticed"
                                                                   : outcome_name(how));
    return 0;
}
