// SPDX-License-Identifier: MIT
// The stack grows by being used, down to a limit of 8 MiB below its top (RLIMIT_STACK's default),
// unless something is mapped there. Whatever may end in a fault happens in a child.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

#define PAGE 4096UL
#define KIB 1024UL
#define MIB (KIB * KIB)
#define RW (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
#define HERE (PRIVATE | MAP_FIXED_NOREPLACE)

enum { SEGV = 60, ALTERNATE_BYTES = 16384 };

static char *top; // page-aligned, in the stack: never more than a few pages below its end
static char alternate[ALTERNATE_BYTES];

// How far the stack pointer is below `top` after calling itself `levels` times; a page and some
// more each.
static long dig(int levels) {
    volatile char page[PAGE];
    page[0] = page[PAGE - 1] = (char)levels;
    long depth = levels > 0 ? dig(levels - 1) : top - (char *)page;
    return page[0] == (char)levels && page[PAGE - 1] == (char)levels ? depth : 0;
}

static void on_segv(int signal, siginfo_t *info, void *context) {
    (void)context;
    size_t below = (size_t)(top - (char *)info->si_addr);
    printf("signal %d code %d, %s\n", signal, info->si_code,
           below < 8 * MIB - 256 * KIB   ? "within the limit"
           : below < 8 * MIB + 256 * KIB ? "at the limit"
                                         : "far below");
    _exit(SEGV);
}

static void handle_faults(void) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_segv;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
}

// Runs `body` in a child.
static void in_child(const char *what, void body(void)) {
    int status = 0;
    printf("%s\n", what);
    pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    printf("  exit %d, signal %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void touch(char *at) {
    volatile char *byte = at;
    printf("%d", *byte);
    *byte = 1;
    printf("%d\n", *byte);
}

static void deep(void) {
    printf("deep enough: %d\n", dig(1600) > (long)(6 * MIB));
}

static void too_deep(void) {
    handle_faults();
    dig(4000);
}

static void too_deep_without_handler(void) {
    dig(4000);
}

// The stack pointer is far above: that does not matter.
static void at_once(void) {
    touch(top - 7 * MIB);
    handle_faults();
    touch(top - 9 * MIB);
}

static void by_the_kernel(void) {
    int zero = open("/dev/zero", O_RDONLY);
    number("read within the limit", read(zero, top - 3 * MIB, 2 * PAGE));
    number("read below", read(zero, top - 9 * MIB, 100));
}

static void place(const char *what, char *at, size_t bytes, int prot, int flags) {
    char *got = mmap(at, bytes, prot, flags, -1, 0);
    result(what, got == MAP_FAILED ? -1 : 0);
    printf("  %s\n", got == at ? "there" : "elsewhere");
}

// Not closer than 1 MiB to a mapping that may be used.
static void in_the_way(void) {
    place("a mapping", top - 4 * MIB, PAGE, RW, HERE);
    touch(top - 2 * MIB);
    handle_faults();
    touch(top - 3 * MIB - 512 * KIB);
}

static void dig_into_it(void) {
    place("a mapping", top - 4 * MIB, PAGE, RW, HERE);
    handle_faults();
    dig(1600);
}

// One that may not be used is a guard itself.
static void in_the_way_unusable(void) {
    place("a mapping", top - 4 * MIB, PAGE, PROT_NONE, HERE);
    touch(top - 4 * MIB + PAGE);
    handle_faults();
    touch(top - 4 * MIB);
}

static void beyond_the_way(void) {
    place("a mapping", top - 4 * MIB, PAGE, RW, HERE);
    handle_faults();
    touch(top - 4 * MIB - PAGE);
}

// What is asked for there is given, but nothing else is put there.
static void room(void) {
    place("a hint", top - 6 * MIB, PAGE, RW, PRIVATE);
    munmap(top - 6 * MIB, PAGE);
    for (int i = 0; i < 100; i++) {
        char *got = mmap(NULL, 64 * KIB, RW, PRIVATE, -1, 0);
        if (got == MAP_FAILED || (got < top && got > top - 8 * MIB)) {
            puts("in the way");
        }
    }
    deep();
}

// A hole in the stack is filled again from above.
static void hole(void) {
    memset(top - 5 * MIB, 7, PAGE);
    memset(top - 3 * MIB, 7, PAGE);
    result("unmap", munmap(top - 4 * MIB, 2 * MIB));
    touch(top - 3 * MIB);
    touch(top - 5 * MIB);
    result("protect the rest", mprotect(top - 5 * MIB, PAGE, PROT_READ));
    handle_faults();
    touch(top - 5 * MIB);
}

static void far_touch(void) {
    touch(top - 5 * MIB);
}

// Each grows its own.
static void inherit(void) {
    touch(top - 2 * MIB);
    in_child("child's own", far_touch);
    place("nothing there", top - 5 * MIB, PAGE, RW, HERE);
    touch(top - 2 * MIB);
}

int main(void) {
    char local;
    top = (char *)((uintptr_t)&local & ~(PAGE - 1));
    in_child("deep", deep);
    in_child("too deep", too_deep);
    in_child("too deep without a handler", too_deep_without_handler);
    in_child("at once", at_once);
    in_child("by the kernel", by_the_kernel);
    in_child("in the way", in_the_way);
    in_child("dig into it", dig_into_it);
    in_child("in the way, unusable", in_the_way_unusable);
    in_child("beyond it", beyond_the_way);
    in_child("room", room);
    in_child("hole", hole);
    in_child("inherit", inherit);
    return 0;
}
