// SPDX-License-Identifier: MIT
// SIGCHLD: the parent is told who ended and how. A parent that ignores it, or says SA_NOCLDWAIT,
// gets no zombies: wait returns when all have ended, with ECHILD.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

static volatile int signals;
static volatile pid_t who;
static volatile int how;
static volatile int code;

static void on_sigchld(int signal, siginfo_t *info, void *context) {
    (void)context;
    signals += signal == SIGCHLD;
    who = info->si_pid;
    how = info->si_status;
    code = info->si_code;
}

static void ends_with_7(int from_parent, int to_parent) {
    (void)to_parent;
    await(from_parent);
    _exit(7);
}

static void with_handler(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_sigchld;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGCHLD, &action, NULL);
    struct child child = child_start(ends_with_7);
    printf("the child lives: %d signals\n", signals);
    go_on(child.to);
    pid_t got = waitpid(child.pid, NULL, 0);
    probe_mark(1, signals);
    printf("the child has ended: %d signal, %s, %s %d; then wait finds %s\n", signals,
           who == child.pid ? "from the child" : "from somebody else",
           code == CLD_EXITED ? "exited with" : "code and status:", how,
           got == child.pid ? "it" : "nothing");
}

static void without_zombies(const char *what, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(SIGCHLD, &action, NULL);
    struct child children[2] = {child_start(ends_with_7), child_start(ends_with_7)};
    go_on(children[0].to);
    go_on(children[1].to);
    errno = 0;
    pid_t got = wait(NULL);
    probe_mark(2, got);
    printf("%s: wait says %s\n", what, got < 0 && errno == ECHILD ? "ECHILD" : "something else");
    printf("%s: the children %s\n", what,
           kill(children[0].pid, 0) < 0 && kill(children[1].pid, 0) < 0 ? "are gone" : "are there");
}

int main(void) {
    with_handler();
    without_zombies("SIGCHLD ignored", SIG_IGN, 0);
    without_zombies("SA_NOCLDWAIT", SIG_DFL, SA_NOCLDWAIT);
    return 0;
}
