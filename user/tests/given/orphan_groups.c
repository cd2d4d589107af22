// SPDX-License-Identifier: MIT
// Process groups whose last connection with their session ends: stopped ones are hung up and go on,
// others hear nothing; and a terminal's signals no longer stop them.
//
// Each scene has a session of its own. Its processes say in a pipe what happens to them: one letter
// each for the signals they get, and others.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int story[2];
static int ready[2]; // one byte for each process that listens
static int cue[2];   // who is to leave waits here for its cue

static void say_in(const int ends[2], char c) {
    if (write(ends[1], &c, 1) != 1) {
        _exit(99);
    }
}

static char hear_from(const int ends[2]) {
    char c = '?';
    return read(ends[0], &c, 1) == 1 ? c : 'E';
}

static void say(char c) {
    say_in(story, c);
}

static void install(int signal, void (*function)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    sigaction(signal, &action, NULL);
}

static void on_signal(int signal) {
    say(signal == SIGHUP ? 'H' : signal == SIGCONT ? 'C' : 'T');
}

// Says what signals it gets, until SIGTERM ends it.
static _Noreturn void listen(void) {
    say('r');
    say_in(ready, '!');
    for (;;) {
        pause();
    }
}

// Both set the group: whoever comes first.
static pid_t fork_into(pid_t group) {
    pid_t pid = fork();
    setpgid(pid, group);
    return pid;
}

static void stop(pid_t pid, int signal) {
    hear_from(ready);
    kill(pid, signal);
    waitpid(pid, NULL, WUNTRACED);
    say('s');
}

static _Noreturn void leave(void) {
    hear_from(cue);
    _exit(0);
}

// The leader's only child is in a group of its own.
static void child_stopped(void) {
    pid_t pid = fork_into(0);
    if (pid == 0) {
        listen();
    }
    stop(pid, SIGTSTP);
    leave();
}

static void child_running(void) {
    if (fork_into(0) == 0) {
        listen();
    }
    hear_from(ready);
    leave();
}

// In the leader's own group: that was orphaned before.
static void own_group(void) {
    pid_t pid = fork();
    if (pid == 0) {
        listen();
    }
    stop(pid, SIGSTOP);
    leave();
}

// The group's first member has a child in it, which is stopped; the first one leaves, the leader
// stays.
static void member_leaves(void) {
    pid_t first = fork_into(0);
    if (first == 0) {
        pid_t second = fork();
        if (second == 0) {
            listen();
        }
        stop(second, SIGTSTP);
        leave();
    }
    waitpid(first, NULL, 0);
    pause();
}

// Two children in one group, and one of them leaves: the other still connects it.
static void one_of_two(void) {
    pid_t first = fork_into(0);
    if (first == 0) {
        leave();
    }
    pid_t second = fork_into(first);
    if (second == 0) {
        listen();
    }
    stop(second, SIGTSTP);
    waitpid(first, NULL, 0);
    pause();
}

// Nobody handles the hang-up: it ends the child.
static void unhandled(void) {
    pid_t pid = fork_into(0);
    if (pid == 0) {
        install(SIGHUP, SIG_DFL);
        listen();
    }
    stop(pid, SIGTTIN);
    leave();
}

static void play(const char *title, void (*scene)(void), const char *letters) {
    printf("%s: ", title);
    pid_t leader = fork();
    if (leader == 0) {
        setsid();
        scene();
    }
    for (const char *c = letters; *c != '\0'; c++) {
        if (*c == '.') {
            say('.');
            printf("(exit)");
            say_in(cue, '!');
            waitpid(leader, NULL, scene == member_leaves || scene == one_of_two ? WNOHANG : 0);
            nanosleep(&(struct timespec){0, 100000000}, NULL); // time to hear too much
        }
        putchar(hear_from(story));
    }
    say('!');
    printf(" then %s", hear_from(story) == '!' ? "nothing" : "more");
    kill(-1, SIGKILL);
    int hung_up = 0;
    for (int status; wait(&status) > 0;) {
        hung_up += WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP;
    }
    printf(", ended by SIGHUP: %d\n", hung_up);
}

// In an orphaned group only SIGSTOP stops.
static void discarded(void) {
    static const int signals[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP};
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        listen();
    }
    hear_from(story);
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        kill(pid, signals[i]);
        nanosleep(&(struct timespec){0, 50000000}, NULL);
        printf("signal %d stops: %d\n", signals[i], waitpid(pid, NULL, WUNTRACED | WNOHANG) == pid);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

int main(void) {
    if (pipe(story) < 0 || pipe(ready) < 0 || pipe(cue) < 0) {
        return 1;
    }
    install(SIGHUP, on_signal);
    install(SIGCONT, on_signal);
    play("a stopped child", child_stopped, "rs.HC");
    play("a running child", child_running, "r.");
    play("in the leader's group", own_group, "rs.");
    play("a member leaves", member_leaves, "rs.HC");
    play("one of two leaves", one_of_two, "rs.");
    play("unhandled", unhandled, "rs.");
    discarded();
    return 0;
}
