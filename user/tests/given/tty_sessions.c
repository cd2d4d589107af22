// SPDX-License-Identifier: MIT
// Controlling terminals: how a session comes by one, who may have it, how it is lost, and who hears
// of it.
#include "jobs.h"
#include "proc_text.h"

// The terminal by a name of its own.
static const char *terminal(void) {
#ifdef __tine__
    return "/dev/ttyS0";
#else
    return ttyname(0);
#endif
}

static void on_signal(int signal) {
    say(signal == SIGHUP ? 'H' : signal == SIGCONT ? 'C' : 'T');
}

// What /proc says about the terminal, behind the name, state, parent, group and session.
static void show_known(void) {
    slurp(getpid(), "stat");
    char *at = strchr(text, ')') + 3;
    strtol(at, &at, 10);
    for (int i = 0; i < 3; i++) {
        strtol(at, &at, 10);
    }
    printf("%d ", strtol(at, &at, 10) != 0);
    printf("%d\n", strtol(at, &at, 10) == tcgetpgrp(0));
}

static void open_own(const char *what) {
    show_known();
    int fd = open("/dev/tty", O_RDWR);
    result(what, fd);
    if (fd >= 0) {
        printf("the session's: %d, the group's: %d\n", tcgetsid(fd) == getsid(0),
               tcgetpgrp(fd) == tcgetpgrp(0));
        close(fd);
    }
}

// Runs `function` in a child and waits for it.
static void in_child(void (*function)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        alarm(60);
        function();
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

static void no_leader(void) {
    puts("-- a member");
    open_own("/dev/tty");
    result("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
    result("TIOCNOTTY", ioctl(0, TIOCNOTTY));
    open_own("/dev/tty");
    result("TIOCNOTTY again", ioctl(0, TIOCNOTTY));
    result("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
    result("tcgetpgrp", tcgetpgrp(0));
    result("open", close(open(terminal(), O_RDWR)));
    open_own("/dev/tty");
    setpgid(0, 0);
    install(SIGTTIN, SIG_DFL, 0);
    type("read by a stranger\\r");
    show_read(100);
    putchar('\n');
}

static void other_session(void) {
    puts("-- another session");
    setsid();
    open_own("/dev/tty");
    result("open", close(open(terminal(), O_RDWR)));
    open_own("/dev/tty");
    result("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
    result("TIOCNOTTY", ioctl(0, TIOCNOTTY));
    result("tcgetpgrp", tcgetpgrp(0));
    result("tcgetsid", tcgetsid(0));
}

static int life[2]; // as long as somebody can write here, listeners live

// A child that says what signals it gets; in a group of its own or not.
static pid_t listener(int own_group) {
    pid_t pid = fork();
    if (pid == 0) {
        if (own_group) {
            setpgid(0, 0);
        }
        close(life[1]);
        install(SIGTSTP, SIG_DFL, 0);
        install(SIGHUP, on_signal, 0);
        install(SIGCONT, on_signal, 0);
        install(SIGTERM, on_signal, 0);
        say('r');
        char c;
        while (read(life[0], &c, 1) != 0) {
        }
        _exit(0);
    }
    hear();
    return pid;
}

static void hear_two(const char *what) {
    char first = hear();
    printf("%s: %c%c\n", what, first, hear());
}

// Only a leader can have it, even if it is free.
static void trying(void) {
    result("a member: TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
    result("open", close(open(terminal(), O_RDWR)));
    open_own("/dev/tty");
}

static void given_up(void) {
    puts("-- the leader gives it up");
    pid_t member = listener(0);
    pid_t other = listener(1);
    result("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
    result("TIOCNOTTY", ioctl(0, TIOCNOTTY));
    hear_two("the foreground");
    kill(other, SIGTERM);
    printf("the background: %c\n", hear());
    open_own("/dev/tty");
    result("tcgetpgrp", tcgetpgrp(0));
    in_child(trying);
    finish(member);
    finish(other);
}

static void get_by_opening(void) {
    puts("-- got by opening");
    setsid();
    result("O_NOCTTY", close(open(terminal(), O_RDWR | O_NOCTTY)));
    open_own("/dev/tty");
    result("O_WRONLY", close(open(terminal(), O_WRONLY)));
    open_own("/dev/tty");
    result("open", close(open(terminal(), O_RDONLY | O_NONBLOCK)));
    open_own("/dev/tty");
    printf("in the foreground: %d\n", tcgetpgrp(0) == getpgrp());
    result("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
    in_child(other_session);
    in_child(no_leader);
    open_own("/dev/tty");
    result("setsid", setsid());
    open_own("/dev/tty");
}

// A leader with a child in its own group, which is in the foreground, and another one behind.
static void leave(void) {
    setsid();
    ioctl(0, TIOCSCTTY, 0);
    listener(0);
    listener(1);
}

static void left(void) {
    puts("-- the leader ends");
    in_child(leave);
    printf("the foreground: %c\n", hear());
    say('.');
    printf("then: %c\n", hear());
    result("free", ioctl(0, TIOCSCTTY, 0));
    open_own("/dev/tty");
    ioctl(0, TIOCNOTTY);
}

// A job in the foreground: the leader's end hangs it up, too; a stopped one in the background goes
// on.
static void leave_jobs(void) {
    setsid();
    ioctl(0, TIOCSCTTY, 0);
    pid_t front = listener(1);
    pid_t behind = listener(1);
    while (getpgid(front) != front || getpgid(behind) != behind) {
        rest_ms(1);
    }
    kill(behind, SIGTSTP);
    waitpid(behind, NULL, WUNTRACED);
    tcsetpgrp(0, front);
}

static void jobs_left(void) {
    puts("-- the leader of jobs ends");
    in_child(leave_jobs);
    char heard[3] = {hear(), hear(), hear()};
    int hang_ups = 0;
    for (int i = 0; i < 3; i++) {
        hang_ups += heard[i] == 'H';
    }
    printf("hang-ups: %d of 3\n", hang_ups);
    say('.');
    printf("then: %c\n", hear());
}

int main(void) {
    survive();
    if (pipe(life) < 0) {
        return 1;
    }
    struct termios termios = plain();
    set(&termios);
    open_own("/dev/tty");
    result("TIOCSCTTY", ioctl(0, TIOCSCTTY, 0));
    in_child(no_leader);
    in_child(other_session);
    given_up();
    in_child(get_by_opening);
    left();
    jobs_left();
    return 0;
}
