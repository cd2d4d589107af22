// SPDX-License-Identifier: MIT
// What calls answer about the terminal: with arguments that are wrong, in the background, and to
// those whose terminal it is not.
#include <sys/uio.h>

#include "jobs.h"

#define NOWHERE 8L

static int bad_termios(void) {
    return ioctl(0, TCSETS, NOWHERE);
}

static int ours(void) {
    struct termios termios = plain();
    termios.c_lflag |= TOSTOP;
    return ioctl(0, TCSETS, &termios);
}

static int read_one(void) {
    char c;
    return (int)read(0, &c, 1);
}

static int read_parts(void) {
    char c;
    return (int)readv(0, &(struct iovec){&c, 1}, 1);
}

static int write_one(void) {
    return (int)write(1, "-", 1);
}

static int write_parts(void) {
    char dash = '-';
    return (int)writev(1, &(struct iovec){&dash, 1}, 1);
}

// In a group whose parent is gone: nobody could let it go on, so it is not stopped.
static void orphaned(const char *what, int (*function)(void)) {
    pid_t parent = job(0);
    if (parent == 0) {
        pid_t group = getpid();
        if (fork() == 0) {
            while (kill(group, 0) == 0) { // until its parent has been collected
                rest_ms(1);
            }
            say((char)('A' + (function() < 0 ? errno : 0)));
            _exit(0);
        }
        _exit(0);
    }
    waitpid(parent, NULL, 0);
    errno = hear() - 'A';
    result(what, errno == 0 ? 0 : -1);
}

// A background group that is not orphaned is stopped; then the call is made anew.
static void stopped(const char *what, int (*function)(void)) {
    pid_t pid = job(0);
    if (pid == 0) {
        while (getpgrp() != getpid()) {
            rest_ms(1);
        }
        function();
        _exit(0);
    }
    show_child(what, pid, WUNTRACED);
    finish(pid);
}

static void arguments(void) {
    int pgid = -1;
    result("TCGETS", ioctl(0, TCGETS, NOWHERE));
    result("TCSETS", bad_termios());
    result("TIOCGWINSZ", ioctl(0, TIOCGWINSZ, NOWHERE));
    result("FIONREAD", ioctl(0, FIONREAD, NOWHERE));
    result("TCFLSH of what", ioctl(0, TCFLSH, 99));
    result("TIOCSPGRP, a negative group", ioctl(0, TIOCSPGRP, &pgid));
    pgid = 99999;
    result("TIOCSPGRP, nobody's", ioctl(0, TIOCSPGRP, &pgid));
    pgid = getppid();
    result("TIOCSPGRP, another session's", ioctl(0, TIOCSPGRP, &pgid));
    result("unknown", ioctl(0, 0x54ff, 0));
    result("write what is not there", write(1, (const char *)NOWHERE, 1));
}

// A child without a terminal, which is its parent's.
static void strangers(void) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        result("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
        result("TIOCGPGRP", tcgetpgrp(0));
        result("open /dev/tty", open("/dev/tty", O_RDWR));
        result("openat /dev/tty", openat(AT_FDCWD, "/dev/tty", O_RDWR));
        result("creat /dev/tty", creat("/dev/tty", 0666));
        _exit(0);
    }
    waitpid(pid, &status, 0);
}

static void test(void) {
    arguments();
    strangers();
    result("a terminal that stops writers", ours());
    orphaned("read", read_one);
    orphaned("readv", read_parts);
    orphaned("write", write_one);
    orphaned("writev", write_parts);
    orphaned("TCSETS", ours);
    stopped("read", read_one);
    stopped("write", write_one);
    stopped("TCSETS", ours);
}

int main(void) {
    survive();
    return in_own_session(test);
}
