// SPDX-License-Identifier: MIT
// Limits, of which Tine lets one be changed: how many descriptors there are.
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

enum { MOST = 1024, FEW = 10, NOBODY = 30000 };

static void set(const char *what, rlim_t soft, rlim_t hard) {
    struct rlimit limit = {soft, hard};
    result(what, setrlimit(RLIMIT_NOFILE, &limit));
}

static void show(void) {
    struct rlimit limit = {0, 0};
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("  %lu of %lu\n", (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
}

static void effect(void) {
    struct pollfd many[FEW + 1];
    int last = -1;
    for (int fd = dup(0); fd >= 0; fd = dup(0)) {
        last = fd;
    }
    number("the last descriptor", last);
    result("one more", dup(0));
    result("a pipe", pipe((int[2]){0, 0}));
    result("a file", open("/dev/null", O_RDONLY));
    result("dup2 to the limit", dup2(0, FEW));
    result("dup2 below", dup2(0, FEW - 1));
    result("F_DUPFD at the limit", fcntl(0, F_DUPFD, FEW));
    for (int i = 0; i <= FEW; i++) {
        many[i] = (struct pollfd){-1, 0, 0};
    }
    result("poll as many", poll(many, FEW, 0));
    result("poll one more", poll(many, FEW + 1, 0));
}

static void of_others(void) {
    struct rlimit limit = {FEW, FEW};
    result("prlimit of oneself", syscall(SYS_prlimit64, getpid(), RLIMIT_NOFILE, NULL, &limit));
    result("of nobody", syscall(SYS_prlimit64, NOBODY, RLIMIT_NOFILE, NULL, &limit));
    result("nothing asked", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, NULL));
    result("both", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &(struct rlimit){FEW, MOST}, &limit));
    printf("  it was %lu\n", (unsigned long)limit.rlim_cur);
    show();
}

int main(void) {
    struct rlimit stack;
    getrlimit(RLIMIT_STACK, &stack);
    printf("stack: %lu\n", (unsigned long)stack.rlim_cur);
    result("get what is not there", getrlimit(16, &stack));
    result("set what is not there", setrlimit(16, &stack));
    result("get without a place", syscall(SYS_getrlimit, RLIMIT_STACK, NULL));
    result("set without a value", syscall(SYS_setrlimit, RLIMIT_STACK, NULL));
    set("all descriptors", MOST, MOST);
    show();
    set("few", FEW, MOST);
    show();
    effect();
    set("more than the hard limit", MOST, FEW);
    of_others();
    if (fork() == 0) {
        show();
        set("the child's alone", FEW - 1, FEW);
        _exit(0);
    }
    wait(NULL);
    show();
    set("all again", MOST, MOST);
    result("one more", dup(0));
    return 0;
}
