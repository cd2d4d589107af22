// SPDX-License-Identifier: MIT
// A zombie waits for its parent, keeps its pid until then, is reaped once, and is gone.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

static const char *word(long result) {
    return result >= 0 ? "success" : errno == ECHILD ? "ECHILD" : errno == ESRCH ? "ESRCH" : "?";
}

static const char *reap(pid_t pid) {
    errno = 0;
    return word(waitpid(pid, NULL, 0));
}

static const char *exists(pid_t pid) {
    errno = 0;
    return word(kill(pid, 0));
}

int main(void) {
    siginfo_t info;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(5);
    }
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    printf("signal 0 to a zombie: %s\n", exists(pid));
    printf("the first wait: %s\n", reap(pid));
    printf("the second wait: %s\n", reap(pid));
    printf("signal 0 to one that was reaped: %s\n", exists(pid));
    probe_mark(1, pid);

    pid = fork();
    if (pid == 0) {
        _exit(6);
    }
    errno = 0;
    long result = waitpid(pid, (int *)8, 0);
    printf("a wait with a wrong pointer: %s\n", result < 0 && errno == EFAULT ? "EFAULT" : "?");
    printf("the next wait: %s\n", reap(-1));
    return 0;
}
