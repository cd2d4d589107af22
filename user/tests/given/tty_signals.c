// SPDX-License-Identifier: MIT
// Characters that make signals: for the foreground group, for all of it, and for nobody else.
#include "jobs.h"

static void on_signal(int signal) {
    say(signal == SIGINT     ? 'i'
        : signal == SIGQUIT  ? 'q'
        : signal == SIGTSTP  ? 'z'
        : signal == SIGWINCH ? 'w'
        : signal == SIGUSR1  ? 'u'
                             : '?');
}

// A child that says which of these signals it gets.
static pid_t listener(pid_t group) {
    static const int signals[] = {SIGINT, SIGQUIT, SIGTSTP, SIGWINCH, SIGUSR1};
    pid_t pid = job(group);
    if (pid == 0) {
        for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
            install(signals[i], on_signal, 0);
        }
        say('r');
        for (;;) {
            pause();
        }
    }
    hear();
    return pid;
}

static void typed_for_a_group(void) {
    static const char *const keys[] = {"\\x03", "\\x1c", "\\x1a"};
    puts("-- to all of the foreground group");
    pid_t one = listener(0);
    pid_t two = listener(one);
    pid_t other = listener(0);
    foreground(one);
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        type(keys[i]);
        char first = hear();
        printf("%c%c\n", first, hear());
    }
    foreground(other);
    type("\\x03");
    printf("%c\n", hear());
    kill(one, SIGUSR1);
    printf("%c\n", hear());
    foreground(one);
    puts("-- the size changes, or does not");
    struct winsize size = {10, 20, 0, 0};
    ioctl(0, TIOCSWINSZ, &size);
    char first = hear();
    printf("%c%c\n", first, hear());
    ioctl(0, TIOCSWINSZ, &size);
    kill(other, SIGUSR1);
    printf("%c\n", hear());
    foreground(getpgrp());
    finish(one);
    finish(two);
    finish(other);
}

static void with_default_actions(void) {
    static const char *const keys[] = {"\\x03", "\\x1c"};
    puts("-- by default");
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        pid_t pid = job(0);
        if (pid == 0) {
            say('r');
            for (volatile int spin = 0;; spin++) { // never looks
            }
        }
        foreground(pid);
        hear();
        type(keys[i]);
        show_child("spinning", pid, WUNTRACED);
    }
    pid_t pid = job(0);
    if (pid == 0) {
        await_foreground();
        say('r');
        show_read(10);
        say('s');
        _exit(7);
    }
    foreground(pid);
    hear();
    type("\\x1a");
    show_child("reading", pid, WUNTRACED);
    foreground(pid);
    kill(-pid, SIGCONT);
    show_child("reading", pid, WCONTINUED);
    type("x\\r");
    printf("%c\n", hear());
    show_child("reading", pid, 0);
    foreground(getpgrp());
}

// What has been typed before is forgotten, unless NOFLSH says not to.
static void flushing(struct termios termios, const char *what, int bytes) {
    set(&termios);
    pid_t pid = job(0);
    if (pid == 0) {
        char text[20] = "";
        install(SIGINT, on_signal, SA_RESTART);
        await_foreground();
        printf("-- %s\n", what);
        type("one\\rtwo\\x03\\rx");
        hear();
        await_bytes(bytes);
        printf("%d\n", readable());
        type("y\\r");
        while (strchr(text, 'y') == NULL) {
            ssize_t got = read(0, text, sizeof text - 1);
            text[got > 0 ? got : 0] = '\0';
            show(text, got);
        }
        printf("\n");
        _exit(0);
    }
    tcsetpgrp(0, pid); // from here on only the child speaks
    show_child("it", pid, 0);
    foreground(getpgrp());
}

static void interrupting(void) {
    puts("-- a read is interrupted");
    pid_t pid = job(0);
    if (pid == 0) {
        char text[10];
        install(SIGINT, on_signal, 0);
        await_foreground();
        type("ab");
        rest_ms(500);
        type("\\x03");
        int got = (int)read(0, text, sizeof text);
        printf("%d %d %c\n", got, errno == EINTR, hear());
        type("cd\\r");
        show_read(10);
        _exit(0);
    }
    tcsetpgrp(0, pid); // from here on only the child speaks
    show_child("\nit", pid, 0);
    foreground(getpgrp());
}

// With other characters, without any, and without ISIG.
static void other_characters(struct termios usual) {
    struct termios termios = usual;
    puts("-- other characters");
    termios.c_cc[VINTR] = 'i';
    termios.c_cc[VQUIT] = 0;
    termios.c_cc[VSUSP] = 0;
    set(&termios);
    pid_t one = listener(0);
    foreground(one);
    type("i");
    printf("%c\n", hear());
    foreground(getpgrp());
    type("\\x03\\x1c\\x1a\\x00\\r");
    show_read(10);
    usual.c_lflag &= ~(tcflag_t)ISIG;
    set(&usual);
    type("\\x03\\x1c\\x1a\\r");
    show_read(10);
    putchar('\n');
    finish(one);
}

static void type_and_rest(const char *text) {
    type(text);
    rest_ms(500);
}

static void echoed(struct termios termios) {
    puts("-- echo");
    pid_t one = listener(0);
    foreground(one);
    termios.c_lflag |= ECHO;
    set(&termios);
    type_and_rest("a");
    type_and_rest("\\x03");
    printf("%c\n", hear());
    type_and_rest("b");
    type_and_rest("\\x1c");
    printf("%c\n", hear());
    termios.c_lflag &= ~(tcflag_t)ECHOCTL;
    set(&termios);
    type_and_rest("c");
    type_and_rest("\\x1a");
    printf("%c\n", hear());
    foreground(getpgrp());
    finish(one);
}

int main(void) {
    survive();
    struct termios termios = plain();
    termios.c_lflag &= ~(tcflag_t)ECHO;
    set(&termios);
    typed_for_a_group();
    with_default_actions();
    flushing(termios, "flushing", 1);
    termios.c_lflag |= NOFLSH;
    flushing(termios, "NOFLSH", 8);
    termios.c_lflag &= ~(tcflag_t)NOFLSH;
    set(&termios);
    interrupting();
    other_characters(termios);
    set(&termios);
    echoed(termios);
    return 0;
}
