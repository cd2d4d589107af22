// SPDX-License-Identifier: MIT
// Handlers run, in the right order, with the right signals blocked; what a signal means by default.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int depth;

static void say(int signal) {
    depth++;
    printf("handler of %d, depth %d\n", signal, depth);
    depth--;
}

static void say_info(int signal, siginfo_t *info, void *context) {
    (void)context;
    printf("info: %d, number %d, code %d, from myself: %d\n", signal, info->si_signo, info->si_code,
           info->si_pid == getpid());
}

// Sends itself what it handles: blocked, so that it runs again only afterwards, unless SA_NODEFER.
static void again(int signal) {
    depth++;
    printf("depth %d begins\n", depth);
    if (depth == 1) {
        kill(getpid(), signal);
    }
    printf("depth %d ends\n", depth);
    depth--;
    static int times;
    times++;
    if (times == 1) {
        depth = 5; // the next one starts here
    }
}

static void install(int signal, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    if (sigaction(signal, &action, NULL) < 0) {
        printf("sigaction(%d): errno %d\n", signal, errno);
    }
}

static void set_of(sigset_t *set, int a, int b) {
    sigemptyset(set);
    sigaddset(set, a);
    sigaddset(set, b);
}

static void masks(void) {
    sigset_t set;
    sigset_t old;
    sigset_t pending;
    set_of(&set, SIGUSR1, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    sigpending(&pending);
    printf("pending: USR1 %d, USR2 %d, TERM %d\n", sigismember(&pending, SIGUSR1),
           sigismember(&pending, SIGUSR2), sigismember(&pending, SIGTERM));
    puts("unblock");
    sigprocmask(SIG_UNBLOCK, &set, &old);
    printf("was blocked: %d %d\n", sigismember(&old, SIGUSR1), sigismember(&old, SIGUSR2));
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigprocmask(SIG_SETMASK, NULL, &old);
    printf("SIGKILL and SIGSTOP blocked: %d %d, SIGTERM: %d\n", sigismember(&old, SIGKILL),
           sigismember(&old, SIGSTOP), sigismember(&old, SIGTERM));
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

// A signal that arrives while ignored is lost; one that arrives blocked waits to see what becomes
// of it.
static void ignoring(void) {
    sigset_t set;
    sigset_t pending;
    install(SIGUSR1, SIG_IGN, 0);
    kill(getpid(), SIGUSR1);
    install(SIGUSR1, say, 0);
    puts("nothing came");
    set_of(&set, SIGUSR1, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    install(SIGUSR1, SIG_IGN, 0);
    sigpending(&pending);
    printf("forgotten when ignored: %d\n", !sigismember(&pending, SIGUSR1));
    install(SIGUSR1, say, 0);
    kill(getpid(), SIGCHLD);
    install(SIGCHLD, say, 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void realtime(void) {
    sigset_t set;
    set_of(&set, 40, 41);
    install(40, say, 0);
    install(41, say, 0);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), 41);
    kill(getpid(), 40);
    kill(getpid(), 40);
    kill(getpid(), 41);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int main(void) {
    struct sigaction action;
    install(SIGUSR1, say, 0);
    install(SIGUSR2, say, 0);
    printf("kill: %d\n", kill(getpid(), SIGUSR1));
    printf("raise: %d\n", raise(SIGUSR2));
    memset(&action, 0, sizeof action);
    action.sa_sigaction = say_info;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGTERM, &action, NULL);
    kill(getpid(), SIGTERM);
    raise(SIGTERM);

    masks();
    ignoring();
    realtime();

    install(SIGHUP, again, 0);
    kill(getpid(), SIGHUP);
    depth = 0;
    install(SIGHUP, again, SA_NODEFER);
    kill(getpid(), SIGHUP);

    install(SIGINT, say, SA_RESETHAND);
    depth = 0;
    kill(getpid(), SIGINT);
    sigaction(SIGINT, NULL, &action);
    printf("reset: %d, flags %x\n", action.sa_handler == SIG_DFL,
           (unsigned)(action.sa_flags & SA_RESETHAND));

    puts("pid 1 survives what it does not handle");
    kill(getpid(), SIGINT);
    kill(getpid(), SIGKILL);
    kill(getpid(), SIGSTOP);
    kill(getpid(), SIGABRT);
    puts("end");
    return 0;
}
