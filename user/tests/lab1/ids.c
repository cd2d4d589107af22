// SPDX-License-Identifier: MIT
// Process group and session are inherited, and left one by one; so are user and name.
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <tine.h>

#include "child.h"

struct ids {
    pid_t pid;
    pid_t group;
    pid_t session;
    pid_t childs_group;
    uid_t user;
    char name[16];
};

static void grandchild(int from_parent, int to_parent) {
    pid_t group = getpgrp();
    (void)from_parent;
    tell(to_parent, &group, sizeof group);
}

static void work(int from_parent, int to_parent) {
    struct ids own = {getpid(), getpgrp(), getsid(0), 0, getuid(), ""};
    (void)from_parent;
    prctl(PR_GET_NAME, own.name);
    probe_mark(1, own.group);
    setpgid(0, 0);
    struct child child = child_start(grandchild);
    child_finish(&child, &own.childs_group, sizeof own.childs_group);
    tell(to_parent, &own, sizeof own);
}

static const char *same(bool yes) {
    return yes ? "the same" : "another";
}

int main(void) {
    struct ids childs;
    char name[16] = "";
    setsid(); // unless it leads one already
    pid_t group = getpgrp();
    prctl(PR_GET_NAME, name);
    struct child child = child_start(work);
    child_finish(&child, &childs, sizeof childs);
    printf("the child has %s group, %s session, %s user, %s name\n", same(childs.group == group),
           same(childs.session == getsid(0)), same(childs.user == getuid()),
           same(strcmp(childs.name, name) == 0));
    printf("the child made a group of its own: its child has %s\n",
           same(childs.childs_group == childs.pid));
    printf("the parent has %s as before\n", same(getpgrp() == group));
    return 0;
}
