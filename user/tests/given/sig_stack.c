// SPDX-License-Identifier: MIT
// The alternate signal stack: when it is used, when it may be changed, and what happens when a
// stack has no room for a frame.
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STACK_BYTES = 16384 };

static char alternate[STACK_BYTES];

static int on_alternate(const void *address) {
    return (uintptr_t)address - (uintptr_t)alternate < STACK_BYTES;
}

static void show(const char *when) {
    stack_t now;
    sigaltstack(NULL, &now);
    printf("%s: flags %d, mine %d, size %d\n", when, now.ss_flags, now.ss_sp == alternate,
           (int)now.ss_size);
}

static void try(const char *what, void *start, size_t bytes, int flags) {
    stack_t stack = {.ss_sp = start, .ss_flags = flags, .ss_size = bytes};
    int result = sigaltstack(&stack, NULL);
    printf("%s: %d %d\n", what, result, result < 0 ? errno : 0);
}

static void handler(int signal) {
    char local;
    printf("signal %d, on the alternate stack: %d\n", signal, on_alternate(&local));
    if (signal == SIGUSR1) {
        show("meanwhile");
        try("changing it meanwhile", alternate, STACK_BYTES, 0);
        raise(SIGUSR2); // stays there
    }
}

static void install(int signal, void (*function)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = function;
    action.sa_flags = flags;
    sigaction(signal, &action, NULL);
}

// The stack pointer points to nowhere: only a handler with a stack of its own can run.
static void without_stack(void) {
    __asm__ volatile("mov %%rsp, %%rbx\n\t"
                     "xor %%esp, %%esp\n\t"
                     "push %%rax\n\t"
                     "mov %%rbx, %%rsp"
                     :
                     :
                     : "rbx", "memory");
}

static void overflow(int signal, siginfo_t *info, void *context) {
    char local;
    (void)context;
    printf("signal %d code %d, on the alternate stack: %d\n", signal, info->si_code,
           on_alternate(&local));
    _exit(3);
}

int main(void) {
    try("too small", alternate, MINSIGSTKSZ - 1, 0);
    try("bad flags", alternate, STACK_BYTES, 4);
    install(SIGUSR1, handler, SA_ONSTACK);
    install(SIGUSR2, handler, 0);
    raise(SIGUSR1);
    try("set", alternate, STACK_BYTES, 0);
    show("set");
    raise(SIGUSR2);
    raise(SIGUSR1);
    show("afterwards");
    try("disable", NULL, 0, SS_DISABLE);
    raise(SIGUSR1);
    try("set", alternate, STACK_BYTES, 0);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = overflow;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, NULL);
    puts("and without a stack");
    without_stack();
    return 0;
}
