// SPDX-License-Identifier: MIT
// WNOHANG: 0 while no child has ended, then the child; and ECHILD, not 0, when there is none to
// wait for.
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

static void waits(int from_parent, int to_parent) {
    (void)to_parent;
    await(from_parent);
}

static void show(const char *when, pid_t asked, pid_t child) {
    errno = 0;
    pid_t got = waitpid(asked, NULL, WNOHANG);
    probe_mark(1, got);
    printf("%s: %s\n", when,
           got == 0          ? "0"
           : got == child    ? "the child"
           : errno == ECHILD ? "ECHILD"
                             : "something else");
}

int main(void) {
    siginfo_t info;
    show("no child yet", -1, 0);
    struct child child = child_start(waits);
    show("the child lives, asked for any", -1, child.pid);
    show("the child lives, asked for", child.pid, child.pid);
    show("the child lives, asked for another", child.pid + 1, child.pid);
    go_on(child.to);
    waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT);
    show("the child has ended", -1, child.pid);
    show("the child has been reaped", child.pid, child.pid);
    return 0;
}
