// SPDX-License-Identifier: MIT
// A handler is code of the old program: its signal has the default action afterwards. What was
// ignored is ignored, what was blocked is blocked, what was pending is pending; the alternate stack
// was in the old memory.
#include <signal.h>

#include "again.h"

enum { LAST_SIGNAL = 64 };

static void handler(int signal) {
    (void)signal;
}

static void set_action(int signal, void (*function)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART;
    sigaddset(&action.sa_mask, SIGHUP);
    sigaction(signal, &action, NULL);
}

static void show_action(const char *name, int signal) {
    struct sigaction action;
    sigaction(signal, NULL, &action);
    int bare = (action.sa_flags & (SA_ONSTACK | SA_NODEFER | SA_RESTART)) == 0 &&
               sigismember(&action.sa_mask, SIGHUP) == 0;
    printf("%s: %s%s\n", name,
           action.sa_handler == SIG_DFL   ? "default action"
           : action.sa_handler == SIG_IGN ? "ignored"
                                          : "a handler",
           bare ? "" : ", and something of the old action");
}

static int look(void) {
    sigset_t blocked;
    sigset_t pending;
    sigset_t unblocked;
    stack_t stack;
    show_action("caught before", SIGUSR1);
    show_action("caught and pending before", SIGTERM);
    show_action("ignored before", SIGUSR2);
    show_action("left alone before", SIGALRM);
    show_action("the last signal, caught before", LAST_SIGNAL);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    sigpending(&pending);
    printf("blocked: %s; pending: %s\n", sigismember(&blocked, SIGTERM) == 1 ? "yes" : "no",
           sigismember(&pending, SIGTERM) == 1 ? "yes" : "no");
    printf("others: %s\n",
           sigismember(&blocked, SIGUSR1) == 1 || sigismember(&pending, SIGUSR1) == 1
               ? "blocked or pending"
               : "neither blocked nor pending");
    sigaltstack(NULL, &stack);
    printf("alternate stack: %s\n", stack.ss_flags == SS_DISABLE ? "none" : "there");
    printf("the alarm: %s\n", alarm(0) > 0 ? "still to come" : "lost");
    sigemptyset(&unblocked);
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
    puts("what was pending did not come");
    return 0;
}

static void prepare(void) {
    static char alternate_stack[16384];
    sigset_t set;
    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = alternate_stack;
    stack.ss_size = sizeof alternate_stack;
    sigaltstack(&stack, NULL);
    set_action(SIGUSR1, handler);
    set_action(SIGTERM, handler);
    set_action(LAST_SIGNAL, handler);
    set_action(SIGUSR2, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
    alarm(100);
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 1) {
        return look();
    }
    pid_t pid = fork();
    if (pid == 0) {
        prepare();
        execve(ITSELF("signals"), WORDS("signals", "look"), NO_WORDS);
        _exit(EXEC_FAILED + errno);
    }
    printf("unblocked, the signal that was pending kills: %s\n",
           outcome(pid) == KILLED + SIGTERM ? "yes" : "no");
    return 0;
}
