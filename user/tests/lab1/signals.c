// SPDX-License-Identifier: MIT
// Signals: the child has its parent's actions, mask and alternate stack, of its own; what is
// pending in the parent is the parent's alone.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tine.h>

#include "child.h"

struct findings {
    bool handler, ignored, blocked, alternate, pending;
};

static char alternate_stack[16384];

static void handler(int signal) {
    (void)signal;
}

static void set_action(int signal, void (*function)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    sigaction(signal, &action, NULL);
}

static struct findings look(void) {
    struct findings now;
    struct sigaction action;
    sigset_t set;
    stack_t stack;
    memset(&now, 0, sizeof now);
    sigaction(SIGUSR1, NULL, &action);
    now.handler = action.sa_handler == handler;
    sigaction(SIGUSR2, NULL, &action);
    now.ignored = action.sa_handler == SIG_IGN;
    sigprocmask(SIG_BLOCK, NULL, &set);
    now.blocked = sigismember(&set, SIGTERM) == 1;
    sigaltstack(NULL, &stack);
    now.alternate = stack.ss_sp == alternate_stack && stack.ss_flags == 0;
    sigpending(&set);
    now.pending = sigismember(&set, SIGTERM) == 1;
    return now;
}

static void work(int from_parent, int to_parent) {
    struct findings own = look();
    sigset_t none;
    (void)from_parent;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL); // what is pending would end the child here
    set_action(SIGUSR1, SIG_DFL);
    set_action(SIGUSR2, SIG_DFL);
    probe_mark(1, own.pending);
    tell(to_parent, &own, sizeof own);
}

static void show(const char *who, const struct findings *now) {
    printf("%s: handler %s, ignored %s, blocked %s, alternate stack %s, pending %s\n", who,
           now->handler ? "yes" : "no", now->ignored ? "yes" : "no", now->blocked ? "yes" : "no",
           now->alternate ? "yes" : "no", now->pending ? "yes" : "no");
}

int main(void) {
    sigset_t set;
    stack_t stack;
    struct findings childs;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = alternate_stack;
    stack.ss_size = sizeof alternate_stack;
    sigaltstack(&stack, NULL);
    set_action(SIGUSR1, handler);
    set_action(SIGUSR2, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
    struct child child = child_start(work);
    bool told = hear(child.from, &childs, sizeof childs);
    struct findings own = look();
    if (!told) {
        puts("the child ended when it unblocked the signal that is pending in its parent");
        return 1;
    }
    show("child", &childs);
    show("parent", &own);
    return 0;
}
