// SPDX-License-Identifier: MIT
// Signals between processes: to a child, to a group, to all; SIGCHLD; what a child inherits;
// waiting that a signal cuts short. Processes wait for one another by signals alone.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sigset_t ready; // SIGUSR2, always blocked: "the other one has got so far"
static volatile int usr1;

static void count(int signal) {
    (void)signal;
    usr1++;
}

static void install(int signal, void (*function)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    action.sa_flags = flags;
    sigaction(signal, &action, NULL);
}

static void tell(pid_t pid) {
    kill(pid, SIGUSR2);
}

static void await(void) {
    siginfo_t info;
    while (sigtimedwait(&ready, &info, NULL) < 0) {
    }
}

static void collect(const char *what, pid_t pid) {
    int status = 0;
    pid_t got = waitpid(pid, &status, 0);
    printf("%s: the right one %d, exit %d %d, signal %d %d\n", what, got == pid, WIFEXITED(status),
           WIFEXITED(status) ? WEXITSTATUS(status) : 0, WIFSIGNALED(status),
           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

// A child that says it is there and then waits for ever.
static pid_t sleeper(int own_group) {
    pid_t pid = fork();
    if (pid == 0) {
        if (own_group) {
            setpgid(0, 0);
        }
        tell(getppid());
        for (;;) {
            pause();
        }
    }
    await();
    return pid;
}

static void killing(void) {
    static const int signals[] = {SIGTERM, SIGKILL, SIGHUP, SIGALRM, 40};
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        pid_t pid = sleeper(0);
        kill(pid, SIGCHLD); // ignored
        kill(pid, signals[i]);
        collect("killed", pid);
    }
    pid_t pid = sleeper(0);
    siginfo_t info;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    while (sigtimedwait(&set, &info, &(struct timespec){0, 0}) > 0) {
    }
    kill(pid, SIGTERM);
    sigtimedwait(&set, &info, NULL);
    printf("SIGCHLD: code %d, the child's %d, status %d\n", info.si_code, info.si_pid == pid,
           info.si_status);
    printf("kill a zombie: %d\n", kill(pid, SIGTERM));
    collect("killed", pid);
    printf("kill nobody: %d %d\n", kill(pid, SIGTERM), errno);
    pid = fork();
    if (pid == 0) {
        _exit(9);
    }
    sigtimedwait(&set, &info, NULL);
    printf("SIGCHLD: code %d, the child's %d, status %d\n", info.si_code, info.si_pid == pid,
           info.si_status);
    collect("exited", pid);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void inheriting(void) {
    sigset_t set;
    sigset_t pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    install(SIGUSR1, count, 0);
    install(SIGHUP, SIG_IGN, 0);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    alarm(100);
    pid_t pid = fork();
    if (pid == 0) {
        sigpending(&pending);
        printf("child: pending %d, alarm %d\n", sigismember(&pending, SIGUSR1), (int)alarm(0));
        raise(SIGUSR1);
        printf("child: blocked, so count %d\n", usr1);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        printf("child: handled, so count %d\n", usr1);
        raise(SIGHUP);
        puts("child: SIGHUP is ignored");
        install(SIGHUP, SIG_DFL, 0);
        raise(SIGHUP);
    }
    collect("child", pid);
    printf("parent: count %d, alarm %d\n", usr1, (int)alarm(0) > 90);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    printf("parent: count %d\n", usr1);
    raise(SIGHUP);
    install(SIGHUP, SIG_DFL, 0);
}

// A child interrupts its parent's wait, then ends when told.
static void interrupting(int flags) {
    install(SIGUSR1, count, flags);
    usr1 = 0;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        nanosleep(&(struct timespec){0, 50000000}, NULL);
        kill(parent, SIGUSR1);
        nanosleep(&(struct timespec){0, 50000000}, NULL);
        _exit(5);
    }
    int status = 0;
    int result = waitpid(pid, &status, 0);
    printf("wait with flags %x: %s, count %d\n", (unsigned)flags,
           result == pid ? "the child" : "EINTR", usr1);
    if (result != pid) {
        printf("errno is EINTR: %d\n", errno == EINTR);
        collect("again", pid);
    }
}

static void groups(void) {
    pid_t leader = sleeper(1);
    pid_t other = sleeper(0);
    printf("a group: %d\n", kill(-leader, SIGTERM));
    collect("leader", leader);
    printf("an empty group: %d %d\n", kill(-leader, SIGTERM), errno);
    install(SIGTERM, count, 0);
    usr1 = 0;
    printf("my group: %d, count %d\n", kill(0, SIGTERM), usr1);
    collect("other", other);
    install(SIGTERM, SIG_DFL, 0);
    pid_t one = sleeper(1);
    pid_t two = sleeper(0);
    printf("all: %d\n", kill(-1, SIGKILL));
    collect("one", one);
    collect("two", two);
}

// Nobody wants to know how the children end: they leave no zombies, and waiting finds nobody.
static void without_zombies(void (*function)(int), int flags) {
    usr1 = 0;
    install(SIGCHLD, function, flags);
    pid_t pid = 0;
    for (int i = 0; i < 3; i++) {
        pid = fork();
        if (pid == 0) {
            _exit(i);
        }
    }
    printf("wait: %d", (int)wait(NULL));
    printf(", ECHILD %d, gone %d", errno == ECHILD, kill(pid, 0));
    printf(", told %d\n", usr1 > 0);
    install(SIGCHLD, SIG_DFL, 0);
}

int main(void) {
    sigemptyset(&ready);
    sigaddset(&ready, SIGUSR2);
    sigprocmask(SIG_BLOCK, &ready, NULL);
    killing();
    inheriting();
    interrupting(0);
    interrupting(SA_RESTART);
    groups();
    without_zombies(SIG_IGN, 0);
    without_zombies(count, SA_NOCLDWAIT | SA_RESTART);
    return 0;
}
