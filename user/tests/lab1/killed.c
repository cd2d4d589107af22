// SPDX-License-Identifier: MIT
// What wait tells about a child that a signal ended.
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

static volatile char *volatile nowhere; // NULL

static void term(void) {
    raise(SIGTERM);
}

static void kill_itself(void) {
    kill(getpid(), SIGKILL);
}

static void read_nothing(void) {
    (void)*nowhere;
}

static void exit_9(void) {
    _exit(SIGKILL);
}

static void attempt(const char *what, void (*end)(void)) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        end();
        _exit(55);
    }
    if (waitpid(pid, &status, 0) != pid) {
        puts("waitpid failed");
        return;
    }
    probe_mark(1, status & 0x7f);
    if (WIFSIGNALED(status)) {
        printf("%s: killed by signal %d\n", what, WTERMSIG(status));
    } else {
        printf("%s: %s %d\n", what, WIFEXITED(status) ? "exited with" : "status", //
               WIFEXITED(status) ? WEXITSTATUS(status) : status);
    }
}

int main(void) {
    attempt("SIGTERM", term);
    attempt("SIGKILL", kill_itself);
    attempt("a read of NULL", read_nothing);
    attempt("exit(9)", exit_9);
    return 0;
}
