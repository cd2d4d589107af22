// SPDX-License-Identifier: MIT
// The working directory and the umask: the child begins with its parent's, and changes its own.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tine.h>

#include "child.h"

struct surroundings {
    char cwd[200];
    mode_t mask;
};

static struct surroundings look(void) {
    struct surroundings now;
    memset(&now, 0, sizeof now);
    if (getcwd(now.cwd, sizeof now.cwd) == NULL) {
        puts("getcwd failed");
    }
    now.mask = umask(0);
    umask(now.mask);
    return now;
}

static void work(int from_parent, int to_parent) {
    struct surroundings own = look();
    (void)from_parent;
    chdir("..");
    umask(0777);
    probe_mark(1, own.mask);
    tell(to_parent, &own, sizeof own);
}

static void show(const char *what, const struct surroundings *now,
                 const struct surroundings *wanted) {
    printf("%s: cwd %s, umask %s\n", what, strcmp(now->cwd, wanted->cwd) == 0 ? "kept" : "lost",
           now->mask == wanted->mask ? "kept" : "lost");
}

int main(void) {
    struct surroundings childs;
    if (mkdir("here", 0700) < 0 || chdir("here") < 0) {
        puts("the test could not be set up");
        return 1;
    }
    umask(027);
    struct surroundings own = look();
    struct child child = child_start(work);
    child_finish(&child, &childs, sizeof childs);
    struct surroundings later = look();
    show("the child begins", &childs, &own);
    show("the child changed both; the parent", &later, &own);
    return 0;
}
