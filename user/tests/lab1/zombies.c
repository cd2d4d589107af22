// SPDX-License-Identifier: MIT
// A process ends whose own child has ended already, and was never waited for: the zombie is init's
// now, and init, asleep in wait, must hear of it. A process in between is the parent of the one
// that ends, so that nothing else wakes init.
//
//     init (waits) --- keeper (waits for a word from init) --- parent (ends) --- zombie (has ended)
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

static void parent_of_zombie(void) {
    siginfo_t info;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(31);
    }
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    for (int i = 0; i < 100; i++) { // init shall be asleep by now
        sched_yield();
    }
    _exit(32);
}

static void keeper(int from_init, int to_init) {
    (void)to_init;
    pid_t pid = fork();
    if (pid == 0) {
        parent_of_zombie();
    }
    await(from_init);
    waitpid(pid, NULL, 0);
    _exit(33);
}

static void reap(void) {
    int status = 0;
    pid_t pid = wait(&status);
    probe_mark(1, WEXITSTATUS(status));
    printf("init found the one that ended with %d\n", pid > 0 ? WEXITSTATUS(status) : -1);
}

int main(void) {
    struct child child = child_start(keeper);
    reap();
    go_on(child.to);
    reap();
    printf("more: %s\n", wait(NULL) < 0 ? "none" : "one");
    return 0;
}
