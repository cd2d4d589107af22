// SPDX-License-Identifier: MIT
// execve when memory runs out at every point where it may: its caller is told, goes on as before,
// and nothing is lost. The nth allocation fails, for n = 1, 2, 3, ... until execve succeeds. And
// once there is no room where the stack belongs.
#include <signal.h>
#include <sys/mman.h>
#include <tine.h>

#include "made.h"

enum { LIMIT = 500, PAGE = 4096 };

#define STACK_PLACE 0x7ffffffe0000UL // among the stack's first pages

static char heap[5 * PAGE];
static char threads_stack[2 * PAGE] __attribute__((aligned(16)));
static volatile pid_t *thread; // is shared
static char *shared;
static int file;

static void handler(int signal) {
    (void)signal;
}

static int is_as_before(void) {
    struct sigaction action;
    stack_t stack;
    sigaction(SIGUSR1, NULL, &action);
    sigaltstack(NULL, &stack);
    return heap[0] == 'h' && heap[sizeof heap - 1] == 'h' && shared[0] == 's' &&
           action.sa_handler == handler && stack.ss_sp == (void *)heap &&
           lseek(file, 0, SEEK_CUR) == 3;
}

// The program: the failure that was asked for is still to come.
static int be_started(void) {
    return probe_fail(INJECT_NONE, 0) > 0 ? 7 : 8;
}

static void prepare(void) {
    struct sigaction action;
    stack_t stack;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGUSR1, &action, NULL);
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = heap;
    stack.ss_size = sizeof heap;
    sigaltstack(&stack, NULL);
    shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared[0] = 's';
    thread = (pid_t *)(void *)(shared + PAGE / 2);
    memset(heap, 'h', sizeof heap);
    file = open("scratch", O_RDWR | O_CREAT, 0600);
    lseek(file, 3, SEEK_SET);
    make_program("no-room", ET_EXEC, STACK_PLACE, NULL);
}

static void sleep_on(void) {
    for (;;) {
        pause();
    }
}

// In a child that shares its memory and descriptors: execve when the nth allocation fails, 0 for
// none. A caller that is not as before ends with 99.
static int attempt(const char *path, int n) {
    pid_t pid = fork();
    if (pid == 0) {
        *thread = probe_thread(sleep_on, threads_stack + sizeof threads_stack, 1);
        probe_fail(INJECT_ANY, n);
        execve(path, WORDS("rollback", "again"), WORDS("X=Y"));
        int error = errno;
        probe_fail(INJECT_NONE, 0);
        _exit(is_as_before() ? EXEC_FAILED + error : 99);
    }
    int how = outcome(pid);
    kill(*thread, SIGKILL);
    wait(NULL); // an orphan, and this is process 1
    return how;
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 1) {
        return be_started();
    }
    long findings = 0;
    int points = 0;
    int how;
    prepare();
    printf("no room for a stack: %s\n",
           attempt("no-room", 0) == -ENOMEM ? "ENOMEM" : "another answer");
    while ((how = attempt(ITSELF("rollback"), points + 1)) == -ENOMEM && points < LIMIT) {
        points++;
        findings += probe_audit();
    }
    probe_mark(1, points);
    probe_mark(2, findings);
    // If the allocation comes after execve, it is the new program that cannot go on.
    printf("then it succeeds: %s\n", how == 7 || how == KILLED + SIGKILL ? "yes" : "no");
    if (how == 8 || how == 99) {
        puts(how == 8 ? "an allocation failed, and execve did not notice"
                      : "an execve that failed has changed its caller");
    }
    return 0;
}
