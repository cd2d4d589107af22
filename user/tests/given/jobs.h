// SPDX-License-Identifier: MIT
// What tests of job control on the terminal share: processes in groups of their own, which tell in
// a pipe what happens to them.
#pragma once

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "typing.h"

static int story[2];

static inline void say(char c) {
    if (write(story[1], &c, 1) != 1) {
        _exit(99);
    }
}

static inline char hear(void) {
    char c = '?';
    while (read(story[0], &c, 1) < 0 && errno == EINTR) {
    }
    return c;
}

static inline void install(int signal, void (*function)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    action.sa_flags = flags;
    sigaction(signal, &action, NULL);
}

static inline void block(int how, int signal) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(how, &set, NULL);
}

// The test itself shall survive what it does, whatever it is to the terminal; but not for ever.
static inline void survive(void) {
    static const int signals[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP};
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        install(signals[i], SIG_IGN, 0);
    }
    setvbuf(stdout, NULL, _IONBF, 0); // what a child has printed stays printed when it is killed
    alarm(100);
    if (pipe(story) < 0) {
        exit(99);
    }
}

// A child in process group `group` (0: its own), to whom signals do what they usually do. It does
// not outlive the test by much.
static inline pid_t job(pid_t group) {
    pid_t pid = fork();
    setpgid(pid, group);
    if (pid == 0) {
        for (int signal = 1; signal < 32; signal++) {
            install(signal, SIG_DFL, 0);
        }
        alarm(60);
    }
    return pid;
}

static inline void await_foreground(void) {
    while (tcgetpgrp(0) != getpgrp()) {
        rest_ms(1);
    }
}

static inline void foreground(pid_t group) {
    result("tcsetpgrp", tcsetpgrp(0, group));
}

// What has become of a child, in words.
static inline void show_child(const char *what, pid_t pid, int options) {
    int status = 0;
    pid_t got = waitpid(pid, &status, options);
    printf("%s: ", what);
    if (got != pid) {
        printf("%s\n", got == 0 ? "nothing" : "no such child");
    } else if (WIFSTOPPED(status)) {
        printf("stopped by %d\n", WSTOPSIG(status));
    } else if (WIFCONTINUED(status)) {
        printf("continued\n");
    } else if (WIFSIGNALED(status)) {
        printf("killed by %d\n", WTERMSIG(status));
    } else {
        printf("exited with %d\n", WEXITSTATUS(status));
    }
}

static inline void finish(pid_t pid) {
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

// Runs `test` in a session of its own, to which the terminal goes over.
static inline int in_own_session(void (*test)(void)) {
    ioctl(0, TIOCNOTTY);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        if (ioctl(0, TIOCSCTTY, 0) < 0) {
            result("TIOCSCTTY", -1);
        }
        alarm(100);
        test();
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}
