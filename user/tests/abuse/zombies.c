// SPDX-License-Identifier: MIT
// As many zombies as there may be, and what goes on beside them. For Tine alone: their number is
// its own.
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int collect(void) {
    int count = 0;
    int status = 0;
    while (waitpid(-1, &status, 0) > 0) {
        count += WIFEXITED(status) && WEXITSTATUS(status) == 7;
    }
    return count;
}

int main(void) {
    int made = 0;
    pid_t pid;
    while ((pid = fork()) > 0) {
        made++;
        sched_yield(); // it ends at once
    }
    if (pid == 0) {
        _exit(7);
    }
    int last = made + 1;
    printf("%d processes, then %s\n", last, errno == EAGAIN ? "EAGAIN" : "another error");
    printf("signals for all of them: %d\n", kill(-1, SIGTERM) == 0 && kill(0, 0) == 0);
    printf("a new one: %d\n", fork() < 0 && errno == EAGAIN);
    printf("the last one is collected: %d\n", waitpid(last, NULL, 0) == last);
    pid = fork();
    if (pid == 0) {
        _exit(7);
    }
    printf("there is room for another one: %d\n", pid > 0);
    printf("all are collected: %d\n", collect() == made);
    printf("nobody is left: %d\n", kill(-1, 0) < 0 && errno == ESRCH);
    return 0;
}
