// SPDX-License-Identifier: MIT
// Stopping children and letting them go on: what wait4 and waitid report, how often, and which
// signals come with it.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proc_text.h"

static int told[2]; // children tell here that they have got somewhere

static void install(int signal, void (*function)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    action.sa_flags = flags;
    sigaction(signal, &action, NULL);
}

static void block(int how, int signal) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(how, &set, NULL);
}

static void tell(char c) {
    if (write(told[1], &c, 1) != 1) {
        _exit(99);
    }
}

static char hear(void) {
    char c = '?';
    return read(told[0], &c, 1) == 1 ? c : '!';
}

// What wait4 says, in words.
static void show(const char *what, pid_t pid, int options) {
    int status = 0;
    pid_t got = waitpid(pid, &status, options);
    printf("%s: ", what);
    if (got != pid) {
        printf("%s\n", got == 0 ? "nothing" : errno == ECHILD ? "ECHILD" : "another error");
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

// What waitid says.
static void show_id(const char *what, pid_t pid, int options) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int result = waitid(P_PID, (id_t)pid, &info, options);
    printf("%s: %s, signal %d, code %d, the child %d, uid %d, status %d\n", what,
           result == 0       ? "ok"
           : errno == ECHILD ? "ECHILD"
                             : "another error",
           info.si_signo, info.si_code, info.si_pid == pid, (int)info.si_uid, info.si_status);
}

// A child that waits for signals for ever; a handler may answer them.
static void answer(int signal) {
    tell(signal == SIGCONT ? 'c' : 's');
}

static pid_t sleeper(int own_group) {
    pid_t pid = fork();
    if (pid == 0) {
        if (own_group) {
            setpgid(0, 0);
        }
        install(SIGUSR1, answer, SA_RESTART);
        tell('!');
        for (;;) {
            pause();
        }
    }
    hear();
    return pid;
}

static void once(void) {
    puts("-- reported once");
    pid_t pid = sleeper(0);
    show("running", pid, WNOHANG | WUNTRACED | WCONTINUED);
    kill(pid, SIGSTOP);
    show("not asked for", pid, WNOHANG);
    show("stopped", pid, WUNTRACED);
    slurp(pid, "status");
    puts(line("State:"));
    show("again", pid, WUNTRACED | WCONTINUED | WNOHANG);
    kill(pid, SIGUSR1); // waits until it goes on
    kill(pid, SIGSTOP); // of a stopped one: nothing new
    kill(pid, SIGTSTP);
    show("stop of a stopped one", pid, WUNTRACED | WNOHANG);
    kill(pid, SIGCONT);
    show("not asked for", pid, WNOHANG | WUNTRACED);
    show("continued", pid, WCONTINUED);
    show("again", pid, WCONTINUED | WUNTRACED | WNOHANG);
    printf("the signal came: %c\n", hear());
    kill(pid, SIGCONT); // of a running one: nothing new
    show("continue of a running one", pid, WCONTINUED | WNOHANG);
    kill(pid, SIGSTOP);
    show("stopped anew", pid, WUNTRACED);
    kill(pid, SIGKILL);
    show("killed while stopped", pid, WUNTRACED | WCONTINUED);
}

static void by_each_signal(void) {
    static const int signals[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
    puts("-- each signal that stops");
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        pid_t pid = sleeper(1);
        kill(pid, signals[i]);
        show("stopped", pid, WUNTRACED);
        kill(pid, SIGHUP); // stays pending
        show("still there", pid, WNOHANG);
        kill(pid, SIGCONT);
        show("ended", pid, 0);
    }
    pid_t pid = sleeper(0);
    kill(pid, SIGSTOP);
    show("stopped", pid, WUNTRACED);
    kill(pid, SIGHUP);
    kill(pid, SIGKILL); // goes first
    show("ended", pid, 0);
}

static void with_waitid(void) {
    puts("-- waitid");
    pid_t pid = sleeper(0);
    show_id("running", pid, WSTOPPED | WNOHANG);
    kill(pid, SIGSTOP);
    show_id("left there", pid, WSTOPPED | WNOWAIT);
    show_id("left there", pid, WSTOPPED | WEXITED | WNOWAIT);
    show_id("not asked for", pid, WCONTINUED | WEXITED | WNOHANG);
    show_id("stopped", pid, WSTOPPED);
    show_id("again", pid, WSTOPPED | WNOHANG);
    kill(pid, SIGCONT);
    show_id("left there", pid, WCONTINUED | WNOWAIT);
    show_id("continued", pid, WCONTINUED | WSTOPPED);
    show_id("again", pid, WCONTINUED | WNOHANG);
    kill(pid, SIGTERM);
    show_id("left there", pid, WEXITED | WNOWAIT);
    show_id("a zombie does not stop", pid, WSTOPPED | WCONTINUED);
    show_id("ended", pid, WEXITED | WSTOPPED);
    show_id("again", pid, WEXITED | WSTOPPED);
}

// Which of several children `which` means.
static void selecting(void) {
    puts("-- which child");
    pid_t other = sleeper(1);
    pid_t mine = sleeper(0);
    kill(other, SIGSTOP);
    show_id("left there", other, WSTOPPED | WNOWAIT);
    printf("my group: %d\n", (int)waitpid(0, NULL, WUNTRACED | WNOHANG));
    printf("the other's: %d\n", waitpid(-other, NULL, WUNTRACED) == other);
    kill(mine, SIGSTOP);
    printf("any: %d\n", waitpid(-1, NULL, WUNTRACED) == mine);
    printf("no group: %d %d\n", (int)waitpid(-mine, NULL, WUNTRACED), errno == ECHILD);
    kill(mine, SIGKILL);
    kill(other, SIGKILL);
    show("mine", mine, 0);
    show("other", other, 0);
}

static void show_pending(const char *what, const sigset_t *set) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    int signal = sigtimedwait(set, &info, &(struct timespec){0, 0});
    printf("%s: %s, code %d, uid %d, status %d\n", what,
           signal == SIGCHLD ? "SIGCHLD" : "no signal", info.si_code, (int)info.si_uid,
           info.si_status);
}

static void with_sigchld(int flags) {
    printf("-- SIGCHLD%s\n", (flags & SA_NOCLDSTOP) ? ", SA_NOCLDSTOP" : "");
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    install(SIGCHLD, answer, flags);
    pid_t pid = sleeper(0);
    kill(pid, SIGSTOP);
    show("stopped", pid, WUNTRACED);
    show_pending("stopped", &set);
    kill(pid, SIGCONT);
    show("continued", pid, WCONTINUED);
    kill(pid, SIGUSR1);
    hear(); // by now it has told its parent
    show_pending("continued", &set);
    kill(pid, SIGTERM);
    show("ended", pid, 0);
    show_pending("ended", &set);
    install(SIGCHLD, SIG_DFL, 0);
}

// SIGCONT works whatever the task does about it.
static void continuing(void (*function)(int), int blocked) {
    printf("-- SIGCONT %s%s\n", function == SIG_IGN ? "ignored" : "handled",
           blocked ? ", blocked" : "");
    pid_t pid = fork();
    if (pid == 0) {
        install(SIGCONT, function, 0);
        block(blocked ? SIG_BLOCK : SIG_UNBLOCK, SIGCONT);
        install(SIGUSR1, answer, 0);
        tell('!');
        for (;;) {
            pause();
        }
    }
    hear();
    kill(pid, SIGSTOP);
    show("stopped", pid, WUNTRACED);
    kill(pid, SIGCONT);
    show("continued", pid, WCONTINUED);
    if (function == answer && !blocked) {
        printf("handled: %c\n", hear());
    }
    kill(pid, SIGUSR1);
    printf("handled: %c\n", hear());
    kill(pid, SIGKILL);
    show("ended", pid, 0);
}

static int pending(int signal) {
    sigset_t set;
    sigpending(&set);
    return sigismember(&set, signal);
}

// Signals that stop and SIGCONT discard each other, wherever they wait.
static void discarding(void) {
    puts("-- discarding");
    block(SIG_BLOCK, SIGCONT);
    block(SIG_BLOCK, SIGTSTP);
    block(SIG_BLOCK, SIGTTIN);
    raise(SIGTSTP);
    raise(SIGTTIN);
    printf("stops: %d %d\n", pending(SIGTSTP), pending(SIGTTIN));
    raise(SIGCONT);
    printf("continue: %d, stops: %d %d\n", pending(SIGCONT), pending(SIGTSTP), pending(SIGTTIN));
    install(SIGTTOU, SIG_IGN, 0);
    raise(SIGTTOU); // ignored, but generated
    printf("continue: %d, stops: %d\n", pending(SIGCONT), pending(SIGTTOU));
    install(SIGTTOU, SIG_DFL, 0);
    raise(SIGTSTP);
    install(SIGTSTP, SIG_IGN, 0);
    printf("ignored while pending: %d\n", pending(SIGTSTP));
    install(SIGTSTP, SIG_DFL, 0);
    block(SIG_UNBLOCK, SIGCONT);
    block(SIG_UNBLOCK, SIGTSTP);
    block(SIG_UNBLOCK, SIGTTIN);
}

static long elapsed_ms(const struct timespec *since) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static int input[2];

static int sleeping(void) {
    return nanosleep(&(struct timespec){1, 0}, NULL);
}

static int polling(void) {
    return poll(NULL, 0, 1000);
}

static int reading(void) {
    char c = '?';
    return read(input[0], &c, 1) == 1 ? c : -1;
}

// A call that a stop interrupts goes on afterwards; if it waits for a time, then for no longer than
// it would have without.
static void interrupting(const char *what, int (*function)(void)) {
    printf("-- interrupted: %s\n", what);
    pid_t pid = fork();
    if (pid == 0) {
        struct timespec start;
        clock_gettime(CLOCK_MONOTONIC, &start);
        tell('!');
        int answer = function();
        long took_ms = elapsed_ms(&start);
        printf("%d, too early %d, too late %d\n", answer, function != reading && took_ms < 1000,
               took_ms >= 1600);
        _exit(0);
    }
    hear();
    nanosleep(&(struct timespec){0, 600000000}, NULL);
    kill(pid, SIGSTOP);
    show("stopped", pid, WUNTRACED);
    kill(pid, SIGCONT);
    show("continued", pid, WCONTINUED);
    if (function == reading && write(input[1], "x", 1) != 1) {
        return;
    }
    show("ended", pid, 0);
}

int main(void) {
    if (pipe(told) < 0 || pipe(input) < 0) {
        return 1;
    }
    block(SIG_BLOCK, SIGCHLD);
    once();
    by_each_signal();
    with_waitid();
    selecting();
    with_sigchld(0);
    with_sigchld(SA_NOCLDSTOP);
    continuing(SIG_IGN, 0);
    continuing(answer, 0);
    continuing(answer, 1);
    discarding();
    interrupting("read", reading);
    interrupting("nanosleep", sleeping);
    interrupting("poll", polling);
    return 0;
}
