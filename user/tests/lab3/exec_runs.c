// SPDX-License-Identifier: MIT
// A child becomes another program, which says so and exits with 7; the parent stays what it is.
#include "again.h"

int main(int argc, char **argv) {
    if (argc > 1) {
        printf("another program, in %s process\n",
               atoi(argv[1]) == getpid() ? "the same" : "a new");
        return 7;
    }
    pid_t pid = fork();
    if (pid == 0) {
        char number[16];
        snprintf(number, sizeof number, "%d", getpid());
        execve(ITSELF("exec_runs"), WORDS("exec_runs", number), NO_WORDS);
        _exit(EXEC_FAILED + errno);
    }
    printf("it ended with %d\n", outcome(pid));
    puts("this one goes on");
    return 0;
}
