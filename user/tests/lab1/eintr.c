// SPDX-License-Identifier: MIT
// A signal with a handler interrupts a parent that waits: EINTR, or the wait goes on (SA_RESTART).
// The child is not lost either way. It sends its signal again and again, since nobody can know when
// the parent has gone to sleep.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

static volatile int caught;

static void handler(int signal) {
    caught += signal == SIGUSR1;
}

static void set_handler(int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(SIGUSR1, &action, NULL);
}

static void pause_a_little(void) {
    for (int i = 0; i < 50; i++) {
        sched_yield();
    }
}

static void signals_until_told(int from_parent, int to_parent) {
    char c;
    (void)to_parent;
    fcntl(from_parent, F_SETFL, O_NONBLOCK);
    do {
        kill(getppid(), SIGUSR1);
        pause_a_little();
    } while (read(from_parent, &c, 1) <= 0);
    _exit(41);
}

static void signals_five_times(int from_parent, int to_parent) {
    (void)from_parent;
    (void)to_parent;
    for (int i = 0; i < 5; i++) {
        kill(getppid(), SIGUSR1);
        pause_a_little();
    }
    _exit(42);
}

int main(void) {
    int status = 0;
    pid_t got;
    set_handler(0);
    struct child child = child_start(signals_until_told);
    errno = 0;
    got = waitpid(child.pid, NULL, 0);
    printf("without SA_RESTART: %s\n", got < 0 && errno == EINTR ? "EINTR" : "something else");
    go_on(child.to);
    while ((got = waitpid(child.pid, &status, 0)) < 0 && errno == EINTR) {
    }
    printf("then: %s, %d\n", got == child.pid ? "the child" : "no child", WEXITSTATUS(status));
    probe_mark(1, caught);
    caught = 0;
    set_handler(SA_RESTART);
    child = child_start(signals_five_times);
    got = waitpid(child.pid, &status, 0);
    probe_mark(2, caught);
    printf("with SA_RESTART: %s, %d, after %s\n", got == child.pid ? "the child" : "no child",
           WEXITSTATUS(status), caught > 0 ? "signals" : "no signal");
    return 0;
}
