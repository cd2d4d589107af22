// SPDX-License-Identifier: MIT
// What only the foreground may do on a terminal, and what happens to others who try.
#include "jobs.h"

static pid_t leader;

// What jobs do. Each returns as its call does.
static long reading(void) {
    char text[10];
    return read(0, text, sizeof text);
}

static long writing(void) {
    return write(1, "", 1) == 1 ? 0 : -1;
}

static long setting(void) {
    struct termios termios;
    return tcgetattr(0, &termios) < 0 ? -1 : tcsetattr(0, TCSANOW, &termios);
}

static long flushing(void) {
    return tcflush(0, TCIFLUSH);
}

static long draining(void) {
    return tcdrain(0);
}

static long taking(void) {
    return tcsetpgrp(0, getpgrp());
}

static long resizing(void) {
    struct winsize size = {0, 0, 0, 0};
    return ioctl(0, TIOCSWINSZ, &size);
}

static long asking(void) {
    struct termios termios;
    return tcgetattr(0, &termios) < 0 || tcgetpgrp(0) < 0 || readable() < 0 ? -1 : 0;
}

static const struct deed {
    const char *name;
    long (*function)(void);
    int signal;
} deeds[] = {
    {"read", reading, SIGTTIN},        {"write", writing, SIGTTOU},
    {"tcsetattr", setting, SIGTTOU},   {"tcflush", flushing, SIGTTOU},
    {"tcdrain", draining, SIGTTOU},    {"tcsetpgrp", taking, SIGTTOU},
    {"TIOCSWINSZ", resizing, SIGTTOU}, {"asking", asking, SIGTTOU},
};
enum { DEEDS = sizeof deeds / sizeof deeds[0] };

static void nothing(int signal) {
    (void)signal;
}

enum manner { PLAIN, IGNORING, BLOCKING, HANDLING };

// A child in the background that does it. Its status tells the result.
static pid_t start(const struct deed *deed, enum manner manner) {
    pid_t pid = job(0);
    if (pid == 0) {
        if (manner == BLOCKING) {
            block(SIG_BLOCK, deed->signal);
        } else if (manner != PLAIN) {
            install(deed->signal, manner == IGNORING ? SIG_IGN : nothing, 0);
        }
        while (getpgrp() != getpid() || tcgetpgrp(0) != leader) {
            rest_ms(1);
        }
        _exit(deed->function() == 0 ? 0 : errno);
    }
    return pid;
}

static void show_end(const char *what, pid_t pid) {
    int status = 0;
    waitpid(pid, &status, WUNTRACED);
    if (WIFSTOPPED(status)) {
        printf("%s: stopped by %d\n", what, WSTOPSIG(status));
        finish(pid);
    } else {
        errno = WEXITSTATUS(status);
        result(what, errno == 0 ? 0 : -1);
    }
    tcsetpgrp(0, leader);
}

static void in_the_background(void) {
    static const char *const manners[] = {"plainly", "ignoring", "blocking", "handling"};
    for (int tostop = 0; tostop < 2; tostop++) {
        struct termios termios = plain();
        termios.c_lflag |= tostop ? TOSTOP : 0;
        set(&termios);
        for (int manner = PLAIN; manner <= HANDLING; manner++) {
            printf("-- %s%s\n", manners[manner], tostop ? ", TOSTOP" : "");
            for (int i = 0; i < DEEDS; i++) {
                show_end(deeds[i].name, start(&deeds[i], (enum manner)manner));
            }
        }
    }
}

// The group of whoever does it has lost its parent.
static void orphaned(void) {
    puts("-- orphaned, TOSTOP");
    for (int i = 0; i < DEEDS; i++) {
        pid_t parent = job(0);
        if (parent == 0) {
            pid_t group = getpid();
            if (fork() == 0) {
                while (kill(group, 0) == 0) { // until its parent has been collected
                    rest_ms(1);
                }
                say((char)('A' + (deeds[i].function() == 0 ? 0 : errno)));
                _exit(0);
            }
            _exit(0);
        }
        waitpid(parent, NULL, 0);
        errno = hear() - 'A';
        result(deeds[i].name, errno == 0 ? 0 : -1);
    }
}

// All of the group is stopped for what one does; in the foreground it goes on.
static void together(void) {
    struct termios termios = plain();
    termios.c_lflag &= ~(tcflag_t)ECHO;
    set(&termios);
    puts("-- a group");
    pid_t one = job(0);
    if (one == 0) {
        say('r'); // signals do to it what they usually do
        for (;;) {
            pause();
        }
    }
    hear();
    pid_t two = job(one);
    if (two == 0) {
        while (getpgrp() != one) {
            rest_ms(1);
        }
        show_read(10);
        say('d');
        _exit(3);
    }
    show_child("one", one, WUNTRACED);
    show_child("two", two, WUNTRACED);
    kill(-one, SIGCONT);
    show_child("one", one, WUNTRACED); // two still tries to read
    show_child("two", two, WUNTRACED);
    foreground(one);
    kill(-one, SIGCONT);
    show_child("one", one, WCONTINUED);
    type("x\\r");
    hear();
    show_child("two", two, 0);
    foreground(leader);
    finish(one);
}

static void moving(void) {
    puts("-- tcsetpgrp");
    pid_t pid = job(0);
    if (pid == 0) {
        pause();
        _exit(0);
    }
    pid_t member = job(pid);
    if (member == 0) {
        pause();
        _exit(0);
    }
    int pair[2];
    printf("mine: %d, the session's: %d\n", tcgetpgrp(0) == getpgrp(), tcgetsid(0) == getsid(0));
    result("a group of the session", tcsetpgrp(0, pid));
    printf("now there: %d\n", tcgetpgrp(1) == pid);
    result("no group, but a member", tcsetpgrp(0, member));
    result("back", tcsetpgrp(0, leader));
    result("below 0", tcsetpgrp(0, -1));
    result("nobody's", tcsetpgrp(0, 4194303));
    result("0", tcsetpgrp(0, 0));
    result("another session's", tcsetpgrp(0, getppid()));
    result("from nowhere", ioctl(0, TIOCSPGRP, 8));
    result("to nowhere", ioctl(0, TIOCGPGRP, 8));
    result("not a terminal", pipe(pair) < 0 ? 0 : tcsetpgrp(pair[0], pid));
    result("not a terminal", tcgetpgrp(pair[0]));
    result("not a file", tcsetpgrp(99, pid));
    finish(member);
    finish(pid);
    result("gone", tcsetpgrp(0, pid));
    pid = fork();
    if (pid == 0) {
        setsid();
        result("from another session", tcsetpgrp(0, getpgrp()));
        result("asked from another session", tcgetpgrp(0));
        result("asked from another session", tcgetsid(0));
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    // A group that has ended in the foreground: its number stays.
    pid = job(0);
    if (pid == 0) {
        pause();
    }
    result("to end there", tcsetpgrp(0, pid));
    finish(pid);
    printf("still there: %d\n", tcgetpgrp(0) == pid);
    result("back", tcsetpgrp(0, leader));
}

static void test(void) {
    leader = getpid();
    moving();
    in_the_background();
    orphaned();
    together();
}

int main(void) {
    survive();
    return in_own_session(test);
}
