// SPDX-License-Identifier: MIT
// A pipe ends for its reader when the last process that could write into it is gone: not before,
// and however it went.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <tine.h>

#include "child.h"

static volatile char *volatile nowhere; // NULL

static void exits(int from_parent, int to_parent) {
    (void)to_parent;
    await(from_parent);
}

static void crashes(int from_parent, int to_parent) {
    (void)to_parent;
    await(from_parent);
    *nowhere = 1;
}

static const char *state(int fd) {
    char c;
    ssize_t got = read(fd, &c, 1);
    return got == 0 ? "its end" : got < 0 && errno == EAGAIN ? "nothing yet" : "something else";
}

static void attempt(const char *what, void (*work)(int, int)) {
    struct child child = child_start(work);
    fcntl(child.from, F_SETFL, O_NONBLOCK);
    printf("the child lives: the parent reads %s\n", state(child.from));
    fcntl(child.from, F_SETFL, 0);
    go_on(child.to);
    const char *now = state(child.from);
    probe_mark(1, now[0] == 'i');
    printf("the child %s: the parent reads %s\n", what, now);
}

int main(void) {
    attempt("ended", exits);
    attempt("was killed by a fault", crashes);
    return 0;
}
