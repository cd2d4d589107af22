// SPDX-License-Identifier: MIT
// Memory runs out, in every way there is: in user mode, in a system call, for a signal's frame.
// Whoever needed the next frame dies; pid 1, which this is, goes on. For Tine alone: Linux has more
// memory, and chooses somebody to kill.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#define PAGE 4096UL
#define MUCH (1UL << 30)

enum { HOGS = 4, RESERVE = 64, FEW = 32, FREE_RAM = 5, ALTERNATE_BYTES = 16384 };

static sigset_t go; // SIGUSR1, always blocked

static void await(void) {
    siginfo_t info;
    while (sigtimedwait(&go, &info, NULL) < 0) {
    }
}

static long free_pages(void) {
    long info[16];
    syscall(SYS_sysinfo, info, 0L, 0L, 0L, 0L, 0L);
    return info[FREE_RAM] / (long)PAGE;
}

static char *map(size_t bytes) {
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void touch(volatile char *memory, size_t bytes) {
    for (size_t i = 0; i < bytes; i += PAGE) {
        memory[i] = 1;
    }
}

static void collect(const char *what) {
    int status = 0;
    pid_t pid = wait(&status);
    printf("%s: %s, signal %d\n", what, pid > 0 ? "ended" : "nobody",
           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static pid_t start(void body(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        body();
        puts("still alive");
        _exit(1);
    }
    return pid;
}

static void fill(void) {
    touch(map(MUCH), MUCH);
}

// Takes all but the reserve, says so, and does it again when told.
static void hog(void) {
    volatile char *memory = map(MUCH);
    for (;;) {
        while (free_pages() > RESERVE) {
            *memory = 1;
            memory += PAGE;
        }
        kill(1, SIGUSR1);
        await();
    }
}

static void touch_when_told(void) {
    char *memory = map(PAGE);
    await();
    touch(memory, PAGE);
}

static void read_when_told(void) {
    char *memory = map(PAGE);
    int zero = open("/dev/zero", O_RDONLY);
    await();
    probe_fail(INJECT_HEAP, 1); // no memory for the signal's details either
    read(zero, memory, PAGE);
}

static void ignore(int signal) {
    (void)signal;
}

static void handle_when_told(void) {
    stack_t stack = {.ss_sp = map(ALTERNATE_BYTES), .ss_size = ALTERNATE_BYTES};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignore;
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR2, &action, NULL);
    sigaltstack(&stack, NULL);
    await();
    raise(SIGUSR2);
}

static void together(void) {
    for (int i = 0; i < HOGS; i++) {
        start(fill);
    }
    for (int i = 0; i < HOGS; i++) {
        collect("one of many");
    }
}

static void beside_a_hog(void) {
    static void (*const bodies[])(void) = {touch_when_told, read_when_told, handle_when_told};
    enum { BODIES = sizeof bodies / sizeof bodies[0] };
    pid_t pids[BODIES];
    for (int i = 0; i < BODIES; i++) {
        pids[i] = start(bodies[i]);
    }
    pid_t the_hog = start(hog);
    await();
    for (int i = 0; i < BODIES; i++) {
        printf("free: %s\n", free_pages() == RESERVE ? "the reserve" : "not the reserve");
        kill(pids[i], SIGUSR1);
        int status = 0;
        waitpid(pids[i], &status, 0);
        printf("beside a hog: signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
        kill(the_hog, SIGUSR1);
        await();
    }
    char *memory = map(FEW * PAGE);
    touch(memory, FEW * PAGE);
    printf("pid 1 takes from it: %d\n", free_pages() <= RESERVE - FEW);
    munmap(memory, FEW * PAGE);
    kill(the_hog, SIGTERM);
    collect("the hog");
}

// The reserve ends as well: in a system call, that is an error.
static void too_much(void) {
    char *memory = map(MUCH);
    long got = read(open("/dev/zero", O_RDONLY), memory, MUCH);
    printf("pid 1 reads: %s, free %ld\n", got > 0 && got < (long)MUCH ? "a part" : "not",
           free_pages());
    munmap(memory, MUCH);
}

int main(void) {
    sigemptyset(&go);
    sigaddset(&go, SIGUSR1);
    sigprocmask(SIG_BLOCK, &go, NULL);
    long before = 0;
    for (int round = 0; round < 2; round++) {
        together();
        beside_a_hog();
        too_much();
        close(3);
        printf("all came back: %d\n", before == 0 || free_pages() == before);
        before = free_pages();
    }
    printf("audit: %ld\n", probe_audit());
    return 0;
}
