// SPDX-License-Identifier: MIT
// Children that talk with their parent through two pipes. Nothing here waits for a child: until
// step 1c there is no way to. What a child tells is complete when its end of the pipe is closed, at
// the latest when it ends.
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

struct child {
    pid_t pid;
    int from; // what it tells
    int to;   // what it waits for
};

// Starts a child that runs `work` and ends with status 0. `work` gets the child's ends of the
// pipes.
static inline struct child child_start(void (*work)(int from_parent, int to_parent)) {
    int up[2];
    int down[2];
    if (pipe(up) < 0 || pipe(down) < 0) {
        puts("pipe failed");
        _exit(1);
    }
    pid_t pid = fork();
    if (pid < 0) {
        puts("fork failed");
        _exit(1);
    }
    if (pid == 0) {
        close(up[0]);
        close(down[1]);
        work(down[0], up[1]);
        _exit(0);
    }
    close(up[1]);
    close(down[0]);
    return (struct child){pid, up[0], down[1]};
}

// Reads exactly `bytes` from a pipe. False if it ends before that.
static inline bool hear(int from, void *answer, size_t bytes) {
    size_t done = 0;
    while (done < bytes) {
        ssize_t got = read(from, (char *)answer + done, bytes - done);
        if (got <= 0) {
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

static inline void tell(int to, const void *answer, size_t bytes) {
    if (write(to, answer, bytes) != (ssize_t)bytes) {
        _exit(99);
    }
}

// One side says "go on", the other waits for it.
static inline void go_on(int to) {
    tell(to, "!", 1);
}

static inline void await(int from) {
    char c;
    hear(from, &c, 1);
}

// Hears a child's last words, and waits until it has closed its pipe. Ends the test if it fell
// silent before.
static inline void child_finish(struct child *child, void *answer, size_t bytes) {
    char more;
    if (!hear(child->from, answer, bytes)) {
        puts("the child ended before it told its findings");
        _exit(1);
    }
    while (read(child->from, &more, 1) > 0) {
    }
    close(child->from);
    close(child->to);
}
