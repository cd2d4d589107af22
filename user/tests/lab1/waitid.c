// SPDX-License-Identifier: MIT
// waitid: the same decision, told in more words. WNOWAIT looks and leaves the child as it is.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

static void ends_with_11(int from_parent, int to_parent) {
    (void)to_parent;
    await(from_parent);
    _exit(11);
}

static void is_killed(int from_parent, int to_parent) {
    (void)from_parent;
    (void)to_parent;
    raise(SIGKILL);
}

static void show(const char *what, idtype_t type, pid_t id, int options, pid_t child) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    errno = 0;
    int result = waitid(type, (id_t)id, &info, options);
    probe_mark(1, info.si_pid);
    if (result < 0) {
        printf("%s: %s\n", what,
               errno == ECHILD   ? "ECHILD"
               : errno == EINVAL ? "EINVAL"
                                 : "another error");
    } else if (info.si_pid == 0) {
        printf("%s: nobody yet\n", what);
    } else {
        printf("%s: %s, signal %d, %s %d\n", what,
               info.si_pid == child ? "the child" : "somebody else", info.si_signo,
               info.si_code == CLD_EXITED   ? "exited with"
               : info.si_code == CLD_KILLED ? "killed by"
                                            : "code and status",
               info.si_status);
    }
}

int main(void) {
    struct child child = child_start(ends_with_11);
    show("alive, WNOHANG", P_PID, child.pid, WEXITED | WNOHANG, child.pid);
    show("without WEXITED", P_PID, child.pid, WNOHANG, child.pid);
    go_on(child.to);
    show("WNOWAIT", P_ALL, 0, WEXITED | WNOWAIT, child.pid);
    show("WNOWAIT again", P_PID, child.pid, WEXITED | WNOWAIT, child.pid);
    show("another pid", P_PID, child.pid + 1, WEXITED | WNOWAIT, child.pid);
    show("reaped", P_PID, child.pid, WEXITED, child.pid);
    show("and gone", P_PID, child.pid, WEXITED, child.pid);
    child = child_start(is_killed);
    show("a killed one", P_ALL, 0, WEXITED, child.pid);
    child = child_start(ends_with_11);
    setpgid(child.pid, child.pid);
    go_on(child.to);
    show("by group", P_PGID, child.pid, WEXITED, child.pid);
    return 0;
}
