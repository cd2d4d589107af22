// SPDX-License-Identifier: MIT
// Signals at any instruction: a computation in every register it can use comes out the same,
// whatever its interruptions use; and so do system calls and page faults.
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

enum { RINGS = 12, ROUNDS = 20000, PAGES = 16 };
#define PAGE 4096UL

static volatile int rings;

static double spoil(double x) {
    double a = x + 1;
    double b = x * 2;
    double c = a * b;
    double d = c - a;
    return a + b * c - d;
}

static void ring(int signal) {
    (void)signal;
    static volatile double sum;
    for (int i = 0; i < 100; i++) {
        sum = spoil(sum + i) * 1e-3;
    }
    rings++;
}

static double compute(uint64_t *mix) {
    double a = 1;
    double b = 2;
    double c = 3;
    double d = 4;
    uint64_t state = 88172645463325252UL;
    for (int i = 0; i < ROUNDS; i++) {
        a = a * 0.75 + b * 0.25;
        b = b * 0.5 + c * 0.5;
        c = c * 0.125 + d * 0.875;
        d = d * 0.25 + a * 0.75 + 1e-3;
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    *mix = state;
    return a + b + c + d;
}

// Faults in pages one by one, and asks the kernel something in between.
static int touch(void) {
    char *memory =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int wrong = 0;
    for (int i = 0; i < PAGES; i++) {
        wrong += memory[i * PAGE] != 0;
        memory[i * PAGE] = (char)i;
        wrong += getpid() != 1;
    }
    munmap(memory, PAGES * PAGE);
    return wrong;
}

int main(void) {
    uint64_t expected_mix;
    double expected = compute(&expected_mix);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ring;
    sigaction(SIGALRM, &action, NULL);
    struct itimerval timer = {{0, 10000}, {0, 10000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    int wrong = 0;
    while (rings < RINGS) {
        uint64_t mix;
        wrong += compute(&mix) != expected;
        wrong += mix != expected_mix;
        wrong += touch();
    }
    printf("wrong: %d\n", wrong);
    return 0;
}
